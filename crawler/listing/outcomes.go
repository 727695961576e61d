package listing

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
)

// Outcomes keeps the outcomes of one reading in memory, for a look at a list and for tests. The zero value is
// empty.
type Outcomes struct {
	frontier.Nowhere // it has no queue

	mu  sync.Mutex
	all map[string]frontier.Settlement
}

// Discover implements [frontier.Store].
func (o *Outcomes) Discover(from string, depth int, urls []string) (fresh []string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = make(map[string]frontier.Settlement)
	}
	for _, u := range urls {
		if _, known := o.all[u]; !known {
			o.all[u] = frontier.Settlement{URL: u, From: from, Depth: depth}
			fresh = append(fresh, u)
		}
	}
	return fresh, nil
}

// Settle implements [frontier.Store].
func (o *Outcomes) Settle(url string, outcome crawler.Outcome, detail string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, known := o.all[url]
	if !known {
		return fmt.Errorf("settle %s: it was never discovered", url)
	}
	s.Outcome, s.Detail = outcome, detail
	o.all[url] = s
	return nil
}

// Outcome implements [frontier.Store].
func (o *Outcomes) Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, known := o.all[url]
	return s.Outcome, s.Detail, known, nil
}

// Settled implements [frontier.Store].
func (o *Outcomes) Settled() iter.Seq2[frontier.Settlement, error] {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := maps.Clone(o.all)
	return func(yield func(frontier.Settlement, error) bool) {
		for _, url := range slices.Sorted(maps.Keys(all)) {
			if !yield(all[url], nil) {
				return
			}
		}
	}
}

// Nowhere is a sink that keeps nothing.
type Nowhere struct{}

// Put implements [crawler.Sink].
func (Nowhere) Put(context.Context, crawler.Page) error { return nil }
