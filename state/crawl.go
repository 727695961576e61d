package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Crawl is the crawl of one source in progress: its frontier and its staged
// pages, in a file of their own that goes when the crawl ends. Its methods Init,
// AddRequest, GetRequest and QueueSize are colly's queue.Storage. All its writes
// are grouped. It is safe for use by several goroutines.
//
// The file outlives a kill, but is written without waiting for the disk: what a
// power cut leaves of it is not resumed. See docs/adr/0014.
type Crawl struct {
	store  *Store // of its own
	source string

	visiting sync.Mutex // held from reading a Visit to writing it

	queueing   sync.Mutex
	head, tail uint64 // numbers of the oldest request queued, and of the next one
}

// crawlFile is where the crawl of a source is kept, whatever the source is called.
func (s *Store) crawlFile(source string) string {
	sum := sha256.Sum256([]byte(source))
	return s.path + ".crawl-" + hex.EncodeToString(sum[:8])
}

// BeginCrawl starts an empty crawl of a source, dropping what an earlier one left.
func (s *Store) BeginCrawl(source string) (*Crawl, error) {
	if err := s.EndCrawl(source); err != nil {
		return nil, err
	}
	var kept *Store
	var err error
	if s.temporary {
		kept, err = OpenTemporary()
	} else {
		kept, err = openToWrite(s.crawlFile(source), 0, boot() == "")
	}
	if err != nil {
		return nil, fmt.Errorf("begin a crawl: %w", err)
	}
	kept.commitBy = s.commitBy
	s.crawls.put(source, kept)
	c := &Crawl{store: kept, source: source}
	return c, c.mark(boot())
}

// BeginAside starts a crawl of a source that goes with [Store.EndAside], and leaves alone what
// an interrupted one left.
func (s *Store) BeginAside(source string) (*Crawl, error) {
	if s.readOnly {
		return nil, ErrReadOnly
	}
	if err := s.EndAside(source); err != nil {
		return nil, err
	}
	kept, err := OpenTemporary()
	if err != nil {
		return nil, fmt.Errorf("begin a crawl: %w", err)
	}
	kept.commitBy = s.commitBy
	s.crawls.put(source, kept)
	return &Crawl{store: kept, source: source}, nil
}

// EndAside drops what [Store.BeginAside] began.
func (s *Store) EndAside(source string) error {
	if kept := s.crawls.take(source); kept != nil {
		return (&Crawl{store: kept, source: source}).park()
	}
	return nil
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

// Flush returns when every write made before outlives a kill of this process.
func (c *Crawl) Flush() error { return c.store.group.flush() }

// ResumeCrawl returns the crawl of a source that an earlier run left, and how it
// began; ok is false where there is none, or none that is whole. Its queue is empty:
// what was in it, or in flight, are the visits without an outcome.
func (s *Store) ResumeCrawl(source string) (c *Crawl, b Beginning, ok bool, err error) {
	kept, err := s.leftCrawl(source)
	if err != nil || kept == nil {
		return nil, b, false, err
	}
	c = &Crawl{store: kept, source: source}
	b, ok, err = readOne(kept, begun(source), beginningKey, func(_ string, value []byte) (b Beginning, err error) {
		err = json.Unmarshal(value, &b)
		return b, err
	})
	if err == nil && ok {
		ok, err = c.isWhole()
	}
	if err != nil || !ok {
		return nil, b, false, err
	}
	err = kept.update(func(tx *bbolt.Tx) error {
		err := tx.Bucket([]byte("crawls")).Bucket([]byte(source)).DeleteBucket([]byte("queue"))
		if errors.Is(err, bolterrors.ErrBucketNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, b, false, fmt.Errorf("empty the queue of a crawl: %w", err)
	}
	return c, b, true, c.mark(boot())
}

// leftCrawl returns what is kept of the crawl of a source; nil for nothing that could
// be used.
func (s *Store) leftCrawl(source string) (*Store, error) {
	if s.readOnly {
		return nil, ErrReadOnly
	}
	if kept := s.crawls.get(source); kept != nil {
		return kept, nil
	}
	path := s.crawlFile(source)
	if s.temporary || empty(path) {
		return nil, nil
	}
	kept, err := openToWrite(path, 0, boot() == "")
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNewerSchema) {
		return nil, s.EndCrawl(source)
	}
	if err != nil {
		return nil, fmt.Errorf("resume a crawl: %w", err)
	}
	kept.commitBy = s.commitBy
	s.crawls.put(source, kept)
	return kept, nil
}

// EndCrawl drops the crawl of a source: frontier, staged pages and bodies.
func (s *Store) EndCrawl(source string) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if kept := s.crawls.take(source); kept != nil {
		_ = kept.Close() // whatever it could not write is not wanted any more
	}
	if s.temporary {
		return nil
	}
	if err := removeIfThere(s.crawlFile(source)); err != nil {
		return fmt.Errorf("drop a crawl: %w", err)
	}
	return nil
}

// mark says since which start of the machine the file is written to without waiting
// for the disk; "" for not any more. This write does wait, and with it all before it.
func (c *Crawl) mark(boot string) error {
	s := c.store
	err := s.update(func(tx *bbolt.Tx) error {
		before := s.db.NoSync
		s.db.NoSync = s.temporary
		tx.OnCommit(func() { s.db.NoSync = before })
		return write{begun(c.source), bootKey, []byte(boot)}.do(tx)
	})
	if err != nil {
		return fmt.Errorf("mark the file of a crawl: %w", err)
	}
	return nil
}

const bootKey = "boot"

// isWhole reports whether all that was written to the file is in it: since it was
// marked, the machine was not started again.
func (c *Crawl) isWhole() (bool, error) {
	mark, _, err := c.store.readRaw(begun(c.source), bootKey)
	return len(mark) == 0 || string(mark) == boot(), err
}

// park leaves the crawl to a later run, on whatever machine.
func (c *Crawl) park() error {
	if c.store.temporary || c.store.broken.Load() {
		return c.store.Close()
	}
	return errors.Join(c.mark(""), c.store.Close())
}

// crawls are the open files of a store's crawls, by source.
type crawls struct {
	mu   sync.Mutex
	open map[string]*Store
}

func (c *crawls) put(source string, s *Store) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = make(map[string]*Store)
	}
	c.open[source] = s
}

// get returns the file of a source's crawl, nil where none is open.
func (c *crawls) get(source string) *Store {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[source]
}

func (c *crawls) take(source string) *Store {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.open[source]
	delete(c.open, source)
	return s
}

// each calls do for all of them.
func (c *crawls) each(do func(*Crawl) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for source, s := range c.open {
		errs = append(errs, do(&Crawl{store: s, source: source}))
	}
	return errors.Join(errs...)
}
