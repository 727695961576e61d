package reconcile

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
)

// source returns what is read, with the stores that it reads and writes.
func (c *crawling) source(r *Runner, stage stager) (crawler.Source, error) {
	c.layout = &layout{stager: stage, known: c.template.known, memory: c.memory}
	surroundings := web.Surroundings{
		Frontier:  StateFrontier{c.crawl},
		Layout:    c.layout,
		Texts:     pageTexts{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent},
		Secrets:   r.Secrets,
		Before:    stage.before,
		Session:   keeper{source: c.Name, store: r.Ledger, readOnly: !r.Mode.sends()},
		Documents: &r.documents,
		Room:      &r.room,
		Transport: r.Transport,
		Wait:      r.Wait,
		Log:       r.Log.With("source", c.Name),
	}
	place := kinds.Place{Template: c.template.known, Ledger: c.ledger, Preview: !r.Mode.sends()}
	if c.memory != nil {
		surroundings.Memory, surroundings.Sheets = c.memory, keptSheets{c.memory}
		surroundings.Review = review{source: c.Name, crawl: c.crawl, ledger: c.ledger, sent: c.sent}
		surroundings.Earlier = earlier(c.crawl)
		surroundings.Notes = c.crawl
		surroundings.Flush = r.outliving(c.crawl)
		if c.memory.believes {
			place.Cursor = c.memory.last.Cursor
		}
	}
	if r.Only[c.Name] != nil { // a few pages do not show what all pages have in common
		surroundings.Layout, surroundings.Earlier, surroundings.Notes = nil, nil, nil
	}
	place.Surroundings = surroundings
	return kinds.New(c.Source, place)
}

// cursorAfter returns the cursor that the next reading begins with. It moves only if nothing of what was read is
// left to do, since a list of changes names each of them once.
func cursorAfter(read reading, plan ingest.Plan, result ingest.Result) string {
	done := plan.Coverage.SawAll() && len(result.Failed) == 0 && plan.HeldBack() == 0 && plan.Resting() == 0
	switch {
	case done:
		return plan.Coverage.Cursor
	case !read.believes:
		return "" // the last one is of other settings
	}
	return read.last.Cursor
}
