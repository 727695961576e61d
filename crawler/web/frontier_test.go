package web_test

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
)

// memoryFrontier is a frontier.Store in memory.
type memoryFrontier struct {
	mu    sync.Mutex
	urls  map[string]*frontier.Settlement
	queue [][]byte
}

func newFrontier() *memoryFrontier {
	return &memoryFrontier{urls: make(map[string]*frontier.Settlement)}
}

func (f *memoryFrontier) Discover(from string, depth int, urls []string) (fresh []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range urls {
		if f.urls[u] == nil {
			f.urls[u] = &frontier.Settlement{URL: u, From: from, Depth: depth}
			fresh = append(fresh, u)
		}
	}
	return fresh, nil
}

func (f *memoryFrontier) Settle(url string, outcome crawler.Outcome, detail string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.urls[url].Outcome, f.urls[url].Detail = outcome, detail // panics for one never discovered, as it should
	return nil
}

func (f *memoryFrontier) Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.urls[url]
	if s == nil {
		return "", "", false, nil
	}
	return s.Outcome, s.Detail, true, nil
}

func (f *memoryFrontier) Settled() iter.Seq2[frontier.Settlement, error] {
	return func(yield func(frontier.Settlement, error) bool) {
		f.mu.Lock()
		var all []frontier.Settlement
		for _, url := range slices.Sorted(maps.Keys(f.urls)) {
			all = append(all, *f.urls[url])
		}
		f.mu.Unlock()
		for _, s := range all {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (f *memoryFrontier) Init() error { return nil }

func (f *memoryFrontier) AddRequest(request []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = append(f.queue, slices.Clone(request))
	return nil
}

func (f *memoryFrontier) GetRequest() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return nil, nil
	}
	request := f.queue[0]
	f.queue = f.queue[1:]
	return request, nil
}

func (f *memoryFrontier) QueueSize() (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue), nil
}
