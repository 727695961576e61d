package reconcile

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// LintOnce lints the sources, one after the other.
func (r *Runner) LintOnce(ctx context.Context, sources []config.Source) report.Run {
	defer r.documents.Close()
	r.makeRoom()
	r.identify()
	run := report.Run{ID: r.ID, Mode: string(r.Mode), Version: version.Build(), Started: time.Now().UTC()}
	for _, s := range sources {
		rep := report.Source{Name: s.Name, URL: s.URL, LibraryURL: s.LibraryURL}
		started := time.Now()
		if err := r.lintSource(ctx, s, &rep); err != nil {
			rep.Error = r.Secrets.Mask(err.Error())
		}
		rep.Seconds = time.Since(started).Seconds()
		rep.LogTo(r.Log)
		run.Sources = append(run.Sources, rep)
	}
	run.Finished = time.Now().UTC()
	run.ExitCode = report.ExitCodeOf(run, ctx.Err() != nil, true)
	run.LogTo(r.Log)
	return run
}

func (r *Runner) lintSource(ctx context.Context, s config.Source, rep *report.Source) error {
	template, err := templateOf(r.Ledger, s)
	if err != nil {
		return err
	}
	crawl, err := r.Staging.BeginCrawl(s.Name)
	if err != nil {
		return fmt.Errorf("begin the crawl: %w", err)
	}
	c := crawling{Source: s, crawl: crawl, ledger: r.Ledger, template: template, resend: true}
	if err := c.run(ctx, r, rep); err != nil {
		return err
	}
	if err := c.advise(rep); err != nil {
		return err
	}
	return r.Staging.EndCrawl(s.Name)
}

// adviceOf returns the advice of a linter after a crawl.
func adviceOf(l *lint.Linter, source string, crawl *state.Crawl, ledger *state.Store) ([]report.Advice, error) {
	text := func(externalID string) (string, error) {
		body, ok, err := crawl.Body(externalID)
		if err != nil || ok {
			return body.Markdown, err
		}
		return ledger.SentMarkdown(source, externalID)
	}
	issues, err := l.Issues(linksOf(crawl), text)
	if err != nil {
		return nil, fmt.Errorf("lint: %w", err)
	}
	var advice []report.Advice
	for _, i := range issues {
		outcome, _, _, err := crawl.Outcome(crawler.Address(i.URL))
		if err != nil {
			return nil, err
		}
		if o := crawler.Outcome(outcome); i.Kind != lint.BrokenLink && o != crawler.Paged && o != crawler.NotModified {
			continue // it later turned out to be no page
		}
		advice = append(advice, report.Advice{
			Kind: string(i.Kind), URL: i.URL, Title: i.Title, Other: i.Other, Detail: i.Detail, Fix: i.Fix,
		})
	}
	return advice, nil
}

// linksOf yields the URLs that a crawl found on pages, each with the page on which it was first
// found.
func linksOf(crawl *state.Crawl) iter.Seq2[lint.Link, error] {
	return func(yield func(lint.Link, error) bool) {
		for v, err := range crawl.Visits() {
			if err == nil && !strings.Contains(v.From, "://") {
				continue // found in a sitemap, or known before the crawl
			}
			if !yield(lint.Link{From: v.From, To: v.URL, Outcome: crawler.Outcome(v.Outcome), Detail: v.Detail}, err) {
				return
			}
		}
	}
}
