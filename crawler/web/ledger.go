package web

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// ledger writes down what becomes of each URL: in the frontier, the log and the
// progress.
type ledger struct {
	frontier Frontier
	log      *slog.Logger
	progress func(crawler.Progress)
	own      *secrets.Set // no detail has one of them in it

	mu  sync.Mutex // also keeps calls of progress apart
	now crawler.Progress
}

// claim discovers one URL and reports whether nobody had before.
func (l *ledger) claim(from string, v visit) (bool, error) {
	fresh, err := l.add(from, v.depth, []string{v.url.String()})
	return len(fresh) == 1, err
}

func (l *ledger) add(from string, depth int, urls []string) (fresh []string, err error) {
	fresh, err = l.frontier.Discover(from, depth, urls)
	if err != nil {
		return nil, fmt.Errorf("remember discovered addresses: %w", err)
	}
	l.mu.Lock()
	l.now.Discovered += len(fresh)
	l.mu.Unlock()
	return fresh, nil
}

// settle gives a discovered URL its outcome.
func (l *ledger) settle(u *url.URL, outcome crawler.Outcome, detail string) error {
	detail = l.own.Mask(detail)
	if err := l.frontier.Settle(u.String(), string(outcome), detail); err != nil {
		return fmt.Errorf("remember an outcome: %w", err)
	}
	l.log.Debug("settled", "url", u.String(), "outcome", string(outcome), "detail", detail)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Settled++
	if outcome == crawler.Paged {
		l.now.Pages++
	}
	if l.progress != nil {
		l.progress(l.now)
	}
	return nil
}

// compared counts a page that was compared with the others.
func (l *ledger) compared() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Compared++
	if l.progress != nil {
		l.progress(l.now)
	}
}

// settleAside settles what is no document of the site, robots.txt or a sitemap,
// where it went wrong; it counts as discovered then.
func (l *ledger) settleAside(u *url.URL, outcome crawler.Outcome, detail string) error {
	u = scope.WithoutSecrets(u, l.own)
	if _, err := l.claim("", visit{url: u}); err != nil {
		return err
	}
	return l.settle(u, outcome, detail)
}

// wasAt says how far the crawl had come when it was interrupted.
func (l *ledger) wasAt(before crawler.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Discovered = max(l.now.Discovered, before.Discovered)
	l.now.Settled += before.Settled
	l.now.Pages += before.Pages
}

// unsettle takes back n outcomes that will be given anew.
func (l *ledger) unsettle(n int) {
	l.mu.Lock()
	l.now.Settled -= n
	l.mu.Unlock()
}

// retract takes back n pages that will be settled otherwise.
func (l *ledger) retract(n int) {
	l.mu.Lock()
	l.now.Settled -= n
	l.now.Pages -= n
	l.mu.Unlock()
}

// tally sums up what became of the URLs. One without an outcome was interrupted.
func tally(f Frontier) (crawler.Coverage, error) {
	c := crawler.Coverage{Outcomes: make(map[crawler.Outcome]int)}
	for s, err := range f.Settled() {
		if err != nil {
			return c, fmt.Errorf("read the frontier: %w", err)
		}
		outcome, detail := crawler.Outcome(s.Outcome), s.Detail
		if outcome == "" {
			outcome, detail = crawler.Interrupted, "the crawl ended first"
		}
		c.Discovered++
		c.Outcomes[outcome]++
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
