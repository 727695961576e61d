package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
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

// Beginning is what decides whether a crawl may go on in a later run.
type Beginning struct {
	At       time.Time `json:"at"`
	Settings string    `json:"settings"` // fingerprint of what it was begun with
}

// SetBeginning says how the crawl began, without which it cannot be resumed (grouped).
func (c *Crawl) SetBeginning(b Beginning) error {
	value, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("record the beginning of a crawl: %w", err)
	}
	return c.store.add(write{begun(c.source), beginningKey, value})
}

const beginningKey = "crawl"

// SetNote keeps what a crawl notes for itself, should it be resumed (grouped).
func (c *Crawl) SetNote(note []byte) error { return c.store.add(write{begun(c.source), noteKey, note}) }

// Note returns what SetNote was told last; nil for nothing.
func (c *Crawl) Note() ([]byte, error) {
	note, _, err := c.store.readRaw(begun(c.source), noteKey)
	return note, err
}

const noteKey = "note"

// ResumeCrawl returns the crawl of a source that an earlier run left, and how it
// began; ok is false where there is none. Its queue is empty: what was in it, or in
// flight, are the visits without an outcome.
func (s *Store) ResumeCrawl(source string) (c *Crawl, b Beginning, ok bool, err error) {
	b, ok, err = readOne(s, begun(source), beginningKey, func(_ string, value []byte) (b Beginning, err error) {
		err = json.Unmarshal(value, &b)
		return b, err
	})
	if err != nil || !ok {
		return nil, b, false, err
	}
	err = s.update(func(tx *bbolt.Tx) error {
		err := tx.Bucket([]byte("crawls")).Bucket([]byte(source)).DeleteBucket([]byte("queue"))
		if errors.Is(err, bolterrors.ErrBucketNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, b, false, fmt.Errorf("empty the queue of a crawl: %w", err)
	}
	return &Crawl{store: s, source: source}, b, true, nil
}

// EndCrawl drops the crawl of a source: frontier, staged pages and bodies.
func (s *Store) EndCrawl(source string) error {
	err := s.update(func(tx *bbolt.Tx) error { return drop(tx, "crawls", source) })
	if err != nil {
		return fmt.Errorf("drop crawl: %w", err)
	}
	return nil
}
