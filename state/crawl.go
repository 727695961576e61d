package state

import (
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
)

// Crawl is the crawl of one source in progress: its frontier and its staged
// pages. Its methods Init, AddRequest, GetRequest and QueueSize are colly's
// queue.Storage. All its writes are grouped. It is safe for use by several
// goroutines.
type Crawl struct {
	store  *Store
	source string

	visiting sync.Mutex // held from reading a Visit to writing it

	queueing   sync.Mutex
	head, tail uint64 // numbers of the oldest request queued, and of the next one
}

// BeginCrawl starts an empty crawl of a source, dropping what an earlier one left.
func (s *Store) BeginCrawl(source string) (*Crawl, error) {
	if err := s.EndCrawl(source); err != nil {
		return nil, err
	}
	return &Crawl{store: s, source: source}, nil
}

// EndCrawl drops the crawl of a source: frontier, staged pages and bodies.
func (s *Store) EndCrawl(source string) error {
	err := s.update(func(tx *bbolt.Tx) error { return drop(tx, "crawls", source) })
	if err != nil {
		return fmt.Errorf("drop crawl: %w", err)
	}
	return nil
}
