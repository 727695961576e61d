// Package sample reads a few pages of a source for somebody who sets it up.
package sample

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// Sampler reads a few pages of a source for somebody who sets it up.
type Sampler struct {
	Secrets   *secrets.Set
	Transport http.RoundTripper                          // to the site. Defaults to a real one.
	Wait      func(context.Context, time.Duration) error // between requests. Defaults to sleeping.
	Log       *slog.Logger
}

// sampledFetches is how many URLs are fetched for a sample of pages. Not each URL is a page.
const sampledFetches = 20

// Look logs in as a crawl would and says what it saw.
func (s Sampler) Look(ctx context.Context, source config.Source) ([]string, error) {
	s.Secrets.Add(settings.NewAuth(source.Auth).Credentials()...)
	return kinds.Look(ctx, source, kinds.Place{Surroundings: s.surroundings()})
}

// source returns a source for the crawler and registers its credentials as secrets.
func (s Sampler) source(source config.Source) (web.Source, error) {
	s.Secrets.Add(settings.NewAuth(source.Auth).Credentials()...)
	return settings.NewSource(source)
}

func (s Sampler) surroundings() web.Surroundings {
	return web.Surroundings{Log: s.Log, Secrets: s.Secrets, Transport: s.Transport, Wait: s.Wait}
}

// Pages returns up to n pages of a source, the start page last, and the coverage of the crawl that read
// them. It stores nothing.
func (s Sampler) Pages(
	ctx context.Context, source config.Source, n int,
) (pages []crawler.Page, coverage crawler.Coverage, err error) {
	src, err := s.source(source)
	if err != nil {
		return nil, coverage, err
	}
	src.Discover.MaxPages = sampledFetches
	store, err := state.OpenTemporary()
	if err != nil {
		return nil, coverage, err
	}
	defer func() { err = errors.Join(err, store.EndCrawl(source.Name), store.Close()) }()
	crawl, err := store.BeginCrawl(source.Name)
	if err != nil {
		return nil, coverage, err
	}
	var kept sample
	around := s.surroundings()
	around.Frontier, around.Pages = reconcile.StateFrontier{Crawl: crawl}, &kept
	coverage, err = web.Crawl(ctx, src, around)
	isStart := func(p crawler.Page) bool { return p.URL == source.URL }
	for _, p := range kept.pages {
		if !isStart(p) {
			pages = append(pages, p)
		}
	}
	if at := slices.IndexFunc(kept.pages, isStart); at >= 0 {
		pages = append(pages, kept.pages[at])
	}
	return pages[:min(n, len(pages))], coverage, err
}

// sample collects pages.
type sample struct {
	mu    sync.Mutex
	pages []crawler.Page
}

// Put implements [crawler.Sink].
func (s *sample) Put(_ context.Context, p crawler.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = append(s.pages, p)
	return nil
}
