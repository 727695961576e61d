package reconcile

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
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
		place.Cursor = c.memory.cursor()
	}
	if r.Only[c.Name] != nil { // a few pages do not show what all pages have in common
		surroundings.Layout, surroundings.Earlier, surroundings.Notes = nil, nil, nil
	}
	place.Surroundings = surroundings
	return kinds.New(c.Source, place)
}
