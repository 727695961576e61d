package state

import (
	"encoding/binary"
	"fmt"
	"iter"
	"time"
)

// Visit is a URL of the frontier.
type Visit struct {
	URL     string
	From    string // URL that it was found on; "" for a start address
	Depth   int    // number of links from a start address
	Outcome string // "" until it is settled
	Detail  string // for people
}

// Discover adds the URLs that are new and returns them in order. It implements
// frontier.Store of the web crawl.
func (c *Crawl) Discover(from string, depth int, urls []string) (fresh []string, err error) {
	c.visiting.Lock()
	defer c.visiting.Unlock()
	known := make([]bool, len(urls))
	err = c.store.read(visits(c.source), urls, func(i int, _ []byte) error {
		known[i] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	value := Visit{From: from, Depth: depth}.encode()
	var writes []write
	seen := make(map[string]bool)
	for i, url := range urls {
		if known[i] || seen[url] {
			continue
		}
		seen[url] = true
		fresh = append(fresh, url)
		writes = append(writes, write{visits(c.source), url, value})
	}
	return fresh, c.store.add(writes...)
}

// Settle records the outcome of a discovered URL, with a detail for people. A later call
// for the same URL replaces the outcome.
func (c *Crawl) Settle(url, outcome, detail string) error {
	c.visiting.Lock()
	defer c.visiting.Unlock()
	v, known, err := readOne(c.store, visits(c.source), url, decodeVisit)
	if err != nil {
		return err
	}
	if !known {
		return fmt.Errorf("settle %s: it was never discovered", url)
	}
	v.Outcome, v.Detail = outcome, detail
	return c.store.add(write{visits(c.source), url, v.encode()})
}

// Outcome returns the outcome of a URL, or "" where it has none yet. known is false where
// the URL was never discovered.
func (c *Crawl) Outcome(url string) (outcome, detail string, known bool, err error) {
	v, known, err := readOne(c.store, visits(c.source), url, decodeVisit)
	return v.Outcome, v.Detail, known, err
}

// Visits yields every discovered URL, sorted.
func (c *Crawl) Visits() iter.Seq2[Visit, error] {
	return scan(c.store, visits(c.source), decodeVisit)
}

// SetDate records when a URL changed, according to the sitemap (grouped).
func (c *Crawl) SetDate(url string, changed time.Time) error {
	var f fields
	f.time(changed)
	return c.store.add(write{dates(c.source), url, f})
}

// Date returns the date that SetDate recorded for a URL, or the zero time.
func (c *Crawl) Date(url string) (changed time.Time, err error) {
	changed, _, err = readOne(c.store, dates(c.source), url, func(_ string, value []byte) (time.Time, error) {
		r := read(value)
		return r.time(), r.err
	})
	return changed, err
}

func (v Visit) encode() []byte {
	f := make(fields, 0, 128)
	f.text(v.From)
	f.number(int64(v.Depth))
	f.text(v.Outcome)
	f.text(v.Detail)
	return f
}

func decodeVisit(url string, value []byte) (Visit, error) {
	r := read(value)
	v := Visit{URL: url, From: r.text(), Depth: int(r.number()), Outcome: r.text(), Detail: r.text()}
	return v, r.err
}

// Init does nothing. BeginCrawl prepares the queue.
func (c *Crawl) Init() error { return nil }

// AddRequest adds a request at the end of the queue.
func (c *Crawl) AddRequest(request []byte) error {
	c.queueing.Lock()
	defer c.queueing.Unlock()
	// A copy, because the caller may reuse request. It is never nil, since nil would remove the record.
	value := append([]byte{}, request...)
	if err := c.store.add(write{queue(c.source), number(c.tail), value}); err != nil {
		return err
	}
	c.tail++
	return nil
}

// GetRequest removes the oldest request from the queue and returns it, or nil where the queue is empty.
func (c *Crawl) GetRequest() ([]byte, error) {
	c.queueing.Lock()
	defer c.queueing.Unlock()
	if c.head == c.tail {
		return nil, nil
	}
	request, ok, err := c.store.readRaw(queue(c.source), number(c.head))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, damaged(c.store.path, fmt.Sprintf("request %d of the crawl of %s is missing", c.head, c.source))
	}
	if err := c.store.add(write{queue(c.source), number(c.head), nil}); err != nil {
		return nil, err
	}
	c.head++
	return request, nil
}

// QueueSize returns the number of queued requests.
func (c *Crawl) QueueSize() (int, error) {
	c.queueing.Lock()
	defer c.queueing.Unlock()
	return int(c.tail - c.head), nil
}

// number returns the key of a request. Keys sort as their numbers do.
func number(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }
