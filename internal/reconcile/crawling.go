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

// crawling is a crawl of one source, with what goes with it.
type crawling struct {
	config.Source
	crawl    *state.Crawl
	ledger   *state.Store // what was sent
	sent     sentUnder
	template knownTemplate
	memory   *memory // of earlier crawls, and of this one until it is through; nil: none
	resend   bool    // the text of every page is wanted

	decisions ingest.Decisions
	phrases   *phrases // that change with each run; nil: all is compared

	linter *lint.Linter // of the pages that were read; set by run
	layout *layout      // of the pages in common; set by run
}

// run reads the source, and notes in rep what was seen.
func (c *crawling) run(ctx context.Context, r *Runner, rep *report.Source) error {
	stage, err := c.stager(r)
	if err != nil {
		return err
	}
	source, err := c.website(r, stage)
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

// stager returns what splits, screens, lints and keeps the pages that are read.
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
	return stager{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent, resend: c.resend, phrases: c.phrases,
		room: &r.room, split: split, screener: screener, linter: c.linter, decisions: c.decisions, shown: r.Shown, keepsAll: c.template.known != nil && !c.template.learnt}, nil
}

// advise notes in rep what is worth mending on the site.
func (c *crawling) advise(rep *report.Source) (err error) {
	if rep.Advice, err = adviceOf(c.linter, c.Name, c.crawl, c.ledger); err != nil {
		return err
	}
	rep.Template = inReport(c.layout.common)
	rep.Advice = append(rep.Advice, wholeAdvice(c.layout.common)...)
	return nil
}
