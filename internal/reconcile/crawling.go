package reconcile

import (
	"context"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/config"
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

	linter *lint.Linter // of the pages that were read; set by run
	layout *layout      // of the pages in common; set by run
}

// run crawls the source, and notes in rep what was seen.
func (c *crawling) run(ctx context.Context, r *Runner, rep *report.Source) error {
	source, err := NewSource(c.Source)
	if err != nil {
		return err
	}
	source.Content.Template = c.template.known
	screener, err := newScreener(c.Source, r.Secrets)
	if err != nil {
		return err
	}
	split, err := newSplit(c.Content.Split)
	if err != nil {
		return err
	}
	c.linter = newLinter(c.Source, time.Now())
	stage := stager{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent, resend: c.resend,
		room: &r.room, split: split, screener: screener, linter: c.linter, decisions: c.decisions, keepsAll: c.template.known != nil && !c.template.learnt}
	c.layout = &layout{stager: stage, known: c.template.known, memory: c.memory}
	surroundings := web.Surroundings{
		Only:      r.Only[c.Name],
		Frontier:  frontier{c.crawl},
		Pages:     stage,
		Layout:    c.layout,
		Texts:     pageTexts{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent},
		Known:     known(c.Name, c.ledger),
		Secrets:   r.Secrets,
		Before:    stage.before,
		Session:   keeper{source: c.Name, store: r.Ledger, readOnly: !r.Mode.sends()},
		Documents: &r.documents,
		Room:      &r.room,
		Transport: r.Transport,
		Wait:      r.Wait,
		Log:       r.Log.With("source", c.Name),
		Progress:  func(p web.Progress) { r.Show.Crawl(c.Name, p) },
	}
	if c.memory != nil {
		surroundings.Memory = c.memory
		surroundings.Review = review{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent}
		surroundings.Earlier = earlier(c.crawl)
		surroundings.Notes = c.crawl
		surroundings.Flush = r.outliving(c.crawl)
	}
	if surroundings.Only != nil { // a few pages show nothing of what all have in common
		surroundings.Layout, surroundings.Earlier, surroundings.Notes = nil, nil, nil
	}
	coverage, err := web.Crawl(ctx, source, surroundings)
	rep.Plan = &ingest.Plan{Source: c.Name, Coverage: coverage, Changes: []ingest.Change{}}
	return err
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
