// Package past reports on runs that ended: which runs are recorded, what they did with a page, and the report of one run.
package past

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// Show writes the HTML report of a recorded run to the file at path; the default is a file in the current folder. id is
// the ID of the run or its beginning; "" stands for the last run that ended. The report has the texts that Intercom
// still has. served says that a server shows it.
func Show(c *config.Config, store *state.Store, id, path string, own *secrets.Set, served bool) (written string, err error) {
	if id == "" {
		if id, err = lastEnded(store); err != nil {
			return "", err
		}
	}
	run, err := pastRun(store, id)
	if err != nil {
		return "", err
	}
	if path == "" {
		path = "fincrawl-" + run.ID + ".html"
	}
	shown, err := htmlreport.Past(path, own)
	if err != nil {
		return "", reconcile.Mistaken("--out: %w", err)
	}
	if served {
		shown.ForServer()
	}
	for _, s := range run.Sources {
		if s.Plan == nil {
			continue
		}
		if err := showSource(c, store, s, shown, own); err != nil {
			return "", err
		}
	}
	return path, shown.Write(run)
}

func lastEnded(store *state.Store) (string, error) {
	runs, err := store.Runs()
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if _, ok := reconcile.SummaryOf(r); ok {
			return r.ID, nil
		}
	}
	return "", reconcile.Mistaken("no run is remembered yet; the first `fincrawl sync` is. " +
		"`fincrawl preview --report FILE` shows what that would do")
}

func showSource(c *config.Config, store *state.Store, s report.Source, shown *htmlreport.Report, own *secrets.Set) error {
	seen := htmlreport.Seen{Plan: *s.Plan, Pages: []htmlreport.Page{}}
	if configured, ok := c.Source(s.Name); ok {
		var err error
		if seen.Screener, err = settings.NewScreener(configured, own); err != nil {
			return err
		}
	}
	seen.Texts = func(c ingest.Change) (before, after state.Body, err error) {
		entry, _, err := store.Entry(s.Name, c.ExternalID)
		if err != nil {
			return before, after, err
		}
		text, err := store.SentMarkdown(s.Name, c.ExternalID)
		if c.Before != nil && c.Before.Hash == entry.Hash {
			before.Markdown = text
		}
		if c.After != nil && c.After.Hash == entry.Hash {
			after.Markdown = text
		}
		return before, after, err
	}
	for e, err := range store.Entries(s.Name) {
		if err != nil {
			return err
		}
		if e.RemoteID != "" {
			seen.Pages = append(seen.Pages, htmlreport.Page{ExternalID: e.ExternalID, Ours: e.Ours(), Title: e.Title, URL: e.URL, AIAgent: e.AIAgent, Copilot: e.AICopilot})
		}
	}
	for t, err := range store.Trails(s.Name) {
		if err != nil {
			return err
		}
		seen.Leave(t.URL, crawler.Outcome(t.Last.Outcome), t.Last.Detail)
	}
	is, ok, err := store.ImportSource(s.Name)
	if err != nil {
		return err
	}
	if seen.Audience = is.AudienceIDs; ok {
		defer shown.Settle(s.Name, is)
	}
	return shown.Add(seen)
}
