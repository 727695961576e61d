// Package frontier writes down what becomes of each URL of a crawl.
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

// Frontier writes down what becomes of each URL: in its store, the log and the
// progress.
type Frontier struct {
	store    Store
	log      *slog.Logger
	progress func(crawler.Progress)
	own      *secrets.Set // no detail has one of them in it

	mu  sync.Mutex // also keeps calls of progress apart
	now crawler.Progress
}

// New returns the frontier of a crawl. What it writes down has none of own in it. progress is
// told of each step, and may be nil.
func New(store Store, log *slog.Logger, own *secrets.Set, progress func(crawler.Progress)) *Frontier {
	return &Frontier{store: store, log: log, own: own, progress: progress}
}

// Prepare is called once, before anything is queued.
func (f *Frontier) Prepare() error {
	if err := f.store.Init(); err != nil {
		return fmt.Errorf("prepare the frontier: %w", err)
	}
	return nil
}

// Outcome returns how a URL ended; "" where that is still open. known is false where it was
// never discovered.
func (f *Frontier) Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error) {
	if outcome, detail, known, err = f.store.Outcome(url); err != nil {
		err = fmt.Errorf("read the frontier: %w", err)
	}
	return outcome, detail, known, err
}

// Settled yields every discovered URL in order with its outcome.
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

// Claim discovers one URL and reports whether nobody had before.
func (f *Frontier) Claim(from string, depth int, u *url.URL) (bool, error) {
	fresh, err := f.Add(from, depth, []string{u.String()})
	return len(fresh) == 1, err
}

// Add discovers URLs and returns those that are new, in order.
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

// SettleAside settles what is no document of the site, robots.txt or a sitemap,
// where it went wrong; it counts as discovered then.
func (f *Frontier) SettleAside(u *url.URL, outcome crawler.Outcome, detail string) error {
	u = scope.WithoutSecrets(u, f.own)
	if _, err := f.Claim("", 0, u); err != nil {
		return err
	}
	return f.Settle(u, outcome, detail)
}

// Resume counts what the crawl had done when it was interrupted.
func (f *Frontier) Resume(before crawler.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.Discovered = max(f.now.Discovered, before.Discovered)
	f.now.Settled += before.Settled
	f.now.Pages += before.Pages
}

// Unsettle takes back n outcomes that will be given anew.
func (f *Frontier) Unsettle(n int) {
	f.mu.Lock()
	f.now.Settled -= n
	f.mu.Unlock()
}

// Retract takes back n pages that will be settled otherwise.
func (f *Frontier) Retract(n int) {
	f.mu.Lock()
	f.now.Settled -= n
	f.now.Pages -= n
	f.mu.Unlock()
}

// Tally sums up what became of the URLs. One without an outcome was interrupted.
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

// withGap adds a gap and keeps the first MaxGaps by URL.
func withGap(gaps []crawler.Gap, g crawler.Gap) []crawler.Gap {
	i, _ := slices.BinarySearchFunc(gaps, g, func(a, b crawler.Gap) int { return strings.Compare(a.URL, b.URL) })
	gaps = slices.Insert(gaps, i, g)
	return gaps[:min(len(gaps), crawler.MaxGaps)]
}
