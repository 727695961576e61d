package reconcile

import (
	"context"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// crawling is a crawl of one source with everything that it needs.
type crawling struct {
	config.Source
	crawl     *state.Crawl
	ledger    *state.Store // what was sent
	sent      sentUnder
	template  knownTemplate
	memory    *memory // of earlier crawls; nil for none
	resend    bool    // the text of every page is needed
	decisions ingest.Decisions
	phrases   *phrases     // lines that change with each run; nil where everything is compared
	linter    *lint.Linter // set by run: has seen the pages that were read
	layout    *layout      // set by run: has learnt what the pages have in common
}

// run reads the source and sets the coverage in rep.
func (c *crawling) run(ctx context.Context, r *Runner, rep *report.Source) error {
	stage, err := c.stager(r)
	if err != nil {
		return err
	}
	source, err := c.source(r, stage)
	if err != nil {
		return err
	}
	coverage, err := source.Read(ctx, crawler.Reading{
		Sink:     stage,
		Only:     r.Only[c.Name],
		Known:    known(c.Name, c.ledger),
		Progress: func(p crawler.Progress) { r.Show.Crawl(c.Name, p) },
	})
	rep.Plan = &ingest.Plan{Source: c.Name, Coverage: coverage, Changes: []ingest.Change{}}
	return err
}

// stager returns the stage that splits, screens, lints and stores the pages that are read.
func (c *crawling) stager(r *Runner) (stager, error) {
	screener, err := settings.NewScreener(c.Source, r.Secrets)
	if err != nil {
		return stager{}, err
	}
	split, err := settings.NewSplit(c.Content.Split)
	if err != nil {
		return stager{}, err
	}
	c.linter = settings.NewLinter(c.Source, time.Now())
	if c.memory != nil {
		c.memory.linter = c.linter
	}
	return stager{
		source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent, resend: c.resend, phrases: c.phrases,
		room: &r.room, split: split, screener: screener, linter: c.linter, decisions: c.decisions, shown: r.Shown,
		keepsAll: c.template.known != nil && !c.template.learnt,
	}, nil
}

// advise sets the advice on the site in rep.
func (c *crawling) advise(rep *report.Source) (err error) {
	if rep.Advice, err = adviceOf(c.linter, c.Name, c.crawl, c.ledger); err != nil {
		return err
	}
	rep.Template = inReport(c.layout.common)
	rep.Advice = append(rep.Advice, wholeAdvice(c.layout.common)...)
	return nil
}
