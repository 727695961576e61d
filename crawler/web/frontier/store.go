package frontier

import (
	"iter"

	"github.com/fincrawl/fincrawl/crawler"
)

// Store keeps every URL of one crawl: the set of the discovered, the queue of those to
// fetch, and the outcome of each. It is used by several goroutines at once and keeps its
// bulk on disk. URLs are normalised before they come here. One that has discovered URLs
// already is that of a crawl which was interrupted, and goes on; its queue is empty then.
type Store interface {
	// Discover adds those of urls that are new and returns them, in order.
	// from is the URL they were found on ("" for none), depth their link steps
	// from a start address. They have no outcome yet and are not queued.
	Discover(from string, depth int, urls []string) (fresh []string, err error)
	// Settle gives a discovered URL its outcome, with a detail for people. A
	// later call for the same URL replaces the earlier one.
	Settle(url string, outcome crawler.Outcome, detail string) error
	// Outcome returns what Settle was told of url; "" where it has none yet.
	// known is false where url was never discovered.
	Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error)
	// Settled yields every discovered URL in order with its outcome ("" for none).
	Settled() iter.Seq2[Settlement, error]

	// Init, AddRequest, GetRequest and QueueSize are colly's queue.Storage,
	// first in, first out; GetRequest returns nil where the queue is empty.
	Init() error
	AddRequest(request []byte) error
	GetRequest() ([]byte, error)
	QueueSize() (int, error)
}

// Settlement is a URL with its outcome, as the store remembers it.
type Settlement struct {
	URL, From string
	Outcome   crawler.Outcome
	Detail    string
	Depth     int
}

// Nowhere is the store of a crawl that looks at one address only: it remembers nothing.
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
