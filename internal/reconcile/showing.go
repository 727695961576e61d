package reconcile

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// This file tells a report for the browser what the texts were, and what was left out.

// show tells of the plan, before anything of it is sent.
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
		if after, _, err = r.crawl.Body(c.ExternalID); err == nil && after.Markdown == "" && c.Before != nil && c.After != nil && c.Before.Hash == c.After.Hash {
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
