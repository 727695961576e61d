package frontier

import (
	"iter"

	"github.com/fincrawl/fincrawl/crawler"
)

// Store keeps every URL of one crawl: the set of discovered ones, the queue of those to fetch, and the
// outcome of each. Several goroutines use it at once, and most of it is on disk. Its URLs are normalised. If
// it already contains URLs, the crawl was interrupted and continues. Its queue is then empty.
type Store interface {
	// Discover adds those of urls that are new and returns them, in order. from is the URL that they were
	// found on, or "", and depth is their distance from a start address in links. They have no outcome yet
	// and are not queued.
	Discover(from string, depth int, urls []string) (fresh []string, err error)
	// Settle sets the outcome of a discovered URL, with a detail for people. It replaces an earlier outcome.
	Settle(url string, outcome crawler.Outcome, detail string) error
	// Outcome returns the last outcome of url, or "" if there is none yet. known is false if url was never
	// discovered.
	Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error)
	// Settled yields every discovered URL, in order, with its outcome or "".
	Settled() iter.Seq2[Settlement, error]

	// Init, AddRequest, GetRequest and QueueSize are colly's queue.Storage, first in, first out. GetRequest
	// returns nil if the queue is empty.
	Init() error
	AddRequest(request []byte) error
	GetRequest() ([]byte, error)
	QueueSize() (int, error)
}

// Settlement is a URL with its outcome.
type Settlement struct {
	URL, From string
	Outcome   crawler.Outcome
	Detail    string
	Depth     int
}

// Nowhere is the store of a crawl of one address. It remembers nothing.
type Nowhere struct{}

// Discover implements [Store].
func (Nowhere) Discover(string, int, []string) ([]string, error) { return nil, nil }

// Settle implements [Store].
func (Nowhere) Settle(string, crawler.Outcome, string) error { return nil }

// Outcome implements [Store].
func (Nowhere) Outcome(string) (outcome crawler.Outcome, detail string, known bool, err error) {
	return "", "", false, nil
}

// Settled implements [Store].
func (Nowhere) Settled() iter.Seq2[Settlement, error] {
	return func(func(Settlement, error) bool) {}
}

// Init implements [Store].
func (Nowhere) Init() error { return nil }

// AddRequest implements [Store].
func (Nowhere) AddRequest([]byte) error { return nil }

// GetRequest implements [Store].
func (Nowhere) GetRequest() ([]byte, error) { return nil, nil }

// QueueSize implements [Store].
func (Nowhere) QueueSize() (int, error) { return 0, nil }
