package reconcile

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// This file passes to the HTML report what it shows of texts and of URLs that did not become a page.
// show adds the plan to the HTML report, before anything is sent.
func (r *sourceRun) show() (err error) {
	if r.Shown == nil {
		return nil
	}
	seen := htmlreport.Seen{Plan: r.plan, Audience: r.change.Want.AudienceIDs}
	if seen.Screener, err = settings.NewScreener(r.Source, r.Secrets); err != nil {
		return err
	}
	seen.Texts = func(c ingest.Change) (before, after state.Body, err error) {
		if before.Markdown, err = r.ledger.SentMarkdown(r.Name, c.ExternalID); err != nil {
			return before, after, err
		}
		after, _, err = r.crawl.Body(c.ExternalID)
		isSame := c.Before != nil && c.After != nil && c.Before.Hash == c.After.Hash
		if err == nil && after.Markdown == "" && isSame {
			after = before
		}
		return before, after, err
	}
	for v, err := range r.crawl.Visits() {
		if err != nil {
			return err
		}
		seen.Leave(v.URL, crawler.Outcome(v.Outcome), v.Detail)
	}
	return r.Shown.Add(seen)
}
