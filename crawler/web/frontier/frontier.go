// Package frontier records the outcome of each URL of a crawl.
package frontier

import (
	"fmt"
	"iter"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Frontier records the outcome of each URL in its store and the log, and reports the progress.
type Frontier struct {
	store    Store
	log      *slog.Logger
	progress func(crawler.Progress)
	own      *secrets.Set // masked in every detail

	mu  sync.Mutex // also serialises calls of progress
	now crawler.Progress
}

// New returns the frontier of a crawl. It masks the secrets in own. progress is called after each step and
// may be nil.
func New(store Store, log *slog.Logger, own *secrets.Set, progress func(crawler.Progress)) *Frontier {
	return &Frontier{store: store, log: log, own: own, progress: progress}
}

// Prepare must be called once, before anything is queued.
func (f *Frontier) Prepare() error {
	if err := f.store.Init(); err != nil {
		return fmt.Errorf("prepare the frontier: %w", err)
	}
	return nil
}

// Outcome returns the outcome of a URL, or "" if it has none yet. known is false if the URL was never
// discovered.
func (f *Frontier) Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error) {
	if outcome, detail, known, err = f.store.Outcome(url); err != nil {
		err = fmt.Errorf("read the frontier: %w", err)
	}
	return outcome, detail, known, err
}

// Settled yields every discovered URL, in order, with its outcome.
func (f *Frontier) Settled() iter.Seq2[Settlement, error] {
	return func(yield func(Settlement, error) bool) {
		for s, err := range f.store.Settled() {
			if err != nil {
				yield(s, fmt.Errorf("read the frontier: %w", err))
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// Claim discovers one URL and reports whether it is new.
func (f *Frontier) Claim(from string, depth int, u *url.URL) (bool, error) {
	fresh, err := f.Add(from, depth, []string{u.String()})
	return len(fresh) == 1, err
}

// Add discovers URLs and returns the new ones, in order.
func (f *Frontier) Add(from string, depth int, urls []string) (fresh []string, err error) {
	fresh, err = f.store.Discover(from, depth, urls)
	if err != nil {
		return nil, fmt.Errorf("remember discovered addresses: %w", err)
	}
	f.mu.Lock()
	f.now.Discovered += len(fresh)
	f.mu.Unlock()
	return fresh, nil
}

// Settle gives a discovered URL its outcome.
func (f *Frontier) Settle(u *url.URL, outcome crawler.Outcome, detail string) error {
	detail = f.own.Mask(detail)
	if err := f.store.Settle(u.String(), outcome, detail); err != nil {
		return fmt.Errorf("remember an outcome: %w", err)
	}
	f.log.Debug("settled", "url", u.String(), "outcome", string(outcome), "detail", detail)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.Settled++
	if outcome == crawler.Paged {
		f.now.Pages++
	}
	if outcome.Failed() {
		f.now.Failed++
	}
	if f.progress != nil {
		f.progress(f.now)
	}
	return nil
}

// Compared counts a page that was compared with the others.
func (f *Frontier) Compared() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.Compared++
	if f.progress != nil {
		f.progress(f.now)
	}
}

// SettleAside settles a failed request for robots.txt or a sitemap. It then counts as discovered.
func (f *Frontier) SettleAside(u *url.URL, outcome crawler.Outcome, detail string) error {
	u = scope.WithoutSecrets(u, f.own)
	if _, err := f.Claim("", 0, u); err != nil {
		return err
	}
	return f.Settle(u, outcome, detail)
}

// Resume adds what the crawl had done before it was interrupted to the progress.
func (f *Frontier) Resume(before crawler.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.Discovered = max(f.now.Discovered, before.Discovered)
	f.now.Settled += before.Settled
	f.now.Pages += before.Pages
}

// Unsettle subtracts n outcomes that will be replaced.
func (f *Frontier) Unsettle(n int) {
	f.mu.Lock()
	f.now.Settled -= n
	f.mu.Unlock()
}

// Retract subtracts n pages that will get other outcomes.
func (f *Frontier) Retract(n int) {
	f.mu.Lock()
	f.now.Settled -= n
	f.now.Pages -= n
	f.mu.Unlock()
}

// Tally returns the coverage by the outcomes. A URL without an outcome counts as interrupted.
func (f *Frontier) Tally() (crawler.Coverage, error) {
	c := crawler.Coverage{Outcomes: make(map[crawler.Outcome]int)}
	for s, err := range f.Settled() {
		if err != nil {
			return c, err
		}
		outcome, detail := s.Outcome, s.Detail
		if outcome == "" {
			outcome, detail = crawler.Interrupted, "the crawl ended first"
		}
		c.Discovered++
		c.Outcomes[outcome]++
		if outcome == crawler.BadSitemap {
			c.BadSitemaps = withGap(c.BadSitemaps, crawler.Gap{URL: s.URL, Outcome: outcome, Detail: detail})
		}
		if outcome.Failed() {
			c.GapsInAll++
			c.Gaps = withGap(c.Gaps, crawler.Gap{URL: s.URL, Outcome: outcome, Detail: detail})
		}
	}
	c.Complete = c.GapsInAll == 0
	return c, nil
}

// withGap inserts a gap and keeps the first MaxGaps by URL.
func withGap(gaps []crawler.Gap, g crawler.Gap) []crawler.Gap {
	i, _ := slices.BinarySearchFunc(gaps, g, func(a, b crawler.Gap) int { return strings.Compare(a.URL, b.URL) })
	gaps = slices.Insert(gaps, i, g)
	return gaps[:min(len(gaps), crawler.MaxGaps)]
}
