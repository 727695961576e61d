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

// Crawl is the crawl of one source in progress: its frontier and its staged pages.
// They are in a file of their own, which is removed when the crawl ends. The methods
// Init, AddRequest, GetRequest and QueueSize implement colly's queue.Storage. All
// writes are grouped. A Crawl is safe for use by several goroutines.
//
// The file survives a kill. It is not synced to the disk, so it may be damaged after
// a power cut; such a crawl is not resumed. See docs/adr/0014.
type Crawl struct {
	store  *Store // the crawl's own file
	source string

	visiting sync.Mutex // held from reading a Visit to writing it

	queueing   sync.Mutex
	head, tail uint64 // numbers of the oldest request in the queue, and of the next one to be added
}

// crawlFile returns the path of a source's crawl. The name is hashed, as it may hold any character.
func (s *Store) crawlFile(source string) string {
	sum := sha256.Sum256([]byte(source))
	return s.path + ".crawl-" + hex.EncodeToString(sum[:8])
}

// BeginCrawl starts an empty crawl of a source. It removes an earlier crawl of that source.
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

// BeginAside starts a temporary crawl of a source, which [Store.EndAside] removes. A crawl
// that was interrupted stays as it is.
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

// EndAside removes the crawl that [Store.BeginAside] started.
func (s *Store) EndAside(source string) error {
	if kept := s.crawls.take(source); kept != nil {
		return (&Crawl{store: kept, source: source}).park()
	}
	return nil
}

// Beginning records how a crawl started. A later run compares it before it resumes the crawl.
type Beginning struct {
	At       time.Time `json:"at"`
	Settings string    `json:"settings"` // fingerprint of the settings
}

// SetBeginning records how the crawl started (grouped). Without it the crawl cannot be resumed.
func (c *Crawl) SetBeginning(b Beginning) error {
	value, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("record the beginning of a crawl: %w", err)
	}
	return c.store.add(write{begun(c.source), beginningKey, value})
}

const beginningKey = "crawl"

// SetNote stores opaque data that the crawl needs when it is resumed (grouped).
func (c *Crawl) SetNote(note []byte) error { return c.store.add(write{begun(c.source), noteKey, note}) }

// Note returns the data of the last SetNote, or nil.
func (c *Crawl) Note() ([]byte, error) {
	note, _, err := c.store.readRaw(begun(c.source), noteKey)
	return note, err
}

const noteKey = "note"

// Flush returns when every write made before would survive a kill of this process.
func (c *Crawl) Flush() error { return c.store.group.flush() }

// ResumeCrawl returns the crawl that an earlier run of the source left, and how it
// started. ok is false where there is none, or where a power cut may have damaged it.
// Its queue is empty: the requests that were queued or in flight are the visits
// without an outcome.
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

// leftCrawl returns the file of a crawl that was left, or nil where there is none that can be used.
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

// EndCrawl removes the crawl of a source: its frontier, staged pages and texts.
func (s *Store) EndCrawl(source string) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if kept := s.crawls.take(source); kept != nil {
		_ = kept.Close() // it is removed, so an error does not matter
	}
	if s.temporary {
		return nil
	}
	if err := removeIfThere(s.crawlFile(source)); err != nil {
		return fmt.Errorf("drop a crawl: %w", err)
	}
	return nil
}

// mark records the boot during which the file is written without syncing; "" says that
// it is synced. This write is itself synced, and with it everything before.
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

// isWhole reports whether the file holds everything that was written to it. That is so
// unless the machine was restarted since the file was marked.
func (c *Crawl) isWhole() (bool, error) {
	mark, _, err := c.store.readRaw(begun(c.source), bootKey)
	return len(mark) == 0 || string(mark) == boot(), err
}

// park closes the crawl so that a later run can resume it, on any machine.
func (c *Crawl) park() error {
	if c.store.temporary || c.store.broken.Load() {
		return c.store.Close()
	}
	return errors.Join(c.mark(""), c.store.Close())
}

// crawls holds the open crawls of a store, by source.
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

// get returns the open crawl of a source, or nil.
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

// each calls do for every open crawl.
func (c *crawls) each(do func(*Crawl) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for source, s := range c.open {
		errs = append(errs, do(&Crawl{store: s, source: source}))
	}
	return errors.Join(errs...)
}
