package web_test

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fincrawl/fincrawl/crawler/web"
)

// frontier is a crawler.Frontier in memory.
type frontier struct {
	mu    sync.Mutex
	urls  map[string]*web.Settlement
	queue [][]byte
}

func newFrontier() *frontier { return &frontier{urls: make(map[string]*web.Settlement)} }

func (f *frontier) Discover(from string, depth int, urls []string) (fresh []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range urls {
		if f.urls[u] == nil {
			f.urls[u] = &web.Settlement{URL: u, From: from, Depth: depth}
			fresh = append(fresh, u)
		}
	}
	return fresh, nil
}

func (f *frontier) Settle(url, outcome, detail string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.urls[url].Outcome, f.urls[url].Detail = outcome, detail // panics for one never discovered, as it should
	return nil
}

func (f *frontier) Outcome(url string) (outcome, detail string, known bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.urls[url]
	if s == nil {
		return "", "", false, nil
	}
	return s.Outcome, s.Detail, true, nil
}

func (f *frontier) Settled() iter.Seq2[web.Settlement, error] {
	return func(yield func(web.Settlement, error) bool) {
		f.mu.Lock()
		var all []web.Settlement
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

func (f *frontier) Init() error { return nil }

func (f *frontier) AddRequest(request []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = append(f.queue, slices.Clone(request))
	return nil
}

func (f *frontier) GetRequest() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return nil, nil
	}
	request := f.queue[0]
	f.queue = f.queue[1:]
	return request, nil
}

func (f *frontier) QueueSize() (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.queue), nil
}
