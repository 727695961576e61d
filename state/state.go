// Package state keeps what fincrawl must remember between runs, in one bbolt
// file: the import source of each source, an [Entry] for each page that was
// sent, with its Markdown, and the last runs. A crawl in progress (frontier and
// staged pages) has a file of its own beside it: see [Crawl].
//
// Writes that a run makes by the thousand (acknowledgements, staged pages, the
// frontier) are grouped: they return at once, are visible to reads of the same
// Store at once, and reach the disk together within about [Linger] or when
// [Store.Flush] returns. Groups reach it whole and in order, so that after a
// kill the file holds what was written up to some moment and nothing later. An
// error of such a write is returned by every later write and Flush. The rest is
// on disk when its call returns.
//
// Every record bears a checksum, and damage to the file is an error that wraps
// [ErrCorrupt], from Open or from the call that comes upon it.
package state

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
)

// Linger is how long a grouped write may wait for company.
const Linger = 200 * time.Millisecond

// SchemaVersion is the layout this program writes. A file of an older one is
// migrated when it is opened for writing; a newer one is refused.
const SchemaVersion = 1

// Options say how a state file is opened.
type Options struct {
	// ReadOnly never writes to the file, nor beside it; a file that does not
	// exist then reads as an empty store. Writing to the store is an error.
	ReadOnly bool
	// Wait is how long to wait for another process to let go of the file.
	Wait time.Duration
	// Commit is given each commit, to the file or to that of a crawl, to carry out: a test
	// ends its process before or after one. nil: they are just carried out.
	Commit func(commit func() error) error
	// KeepRuns is how many runs are remembered. Defaults to KeptRuns. KeepFor is how much older
	// than the last one they may be. Defaults to any age.
	KeepRuns int
	KeepFor  time.Duration
}

// Store is an open state file. It is safe for use by several goroutines.
type Store struct {
	path      string
	readOnly  bool
	commitBy  func(commit func() error) error // Options.Commit
	temporary bool
	keepRuns  int           // Options.KeepRuns
	keepFor   time.Duration // Options.KeepFor

	db     *bbolt.DB // nil: read-only, and there is no file
	file   *os.File  // the handle that db reads, writes and locks
	note   *os.File  // says who holds the file, and is locked while it is written to; may be nil
	broken atomic.Bool
	views  atomic.Uint64 // reads so far
	// relieved is when relieve did its work last, in Unix nanoseconds.
	relieved atomic.Int64
	turn     sync.Mutex // of transactions that write, and with it the lock of note
	group    *group
	crawls   crawls

	zip   *zstd.Encoder
	unzip *zstd.Decoder
}

// Open opens or creates the state file at path. The error is a *LockedError
// where another process holds it, wraps ErrNewerSchema or ErrCorrupt where that
// is so, and says what to do.
func Open(path string, o Options) (*Store, error) {
	if o.ReadOnly {
		return openToRead(path, o.Wait)
	}
	s, err := openToWrite(path, o.Wait, true)
	if err != nil {
		return nil, err
	}
	s.commitBy, s.keepRuns, s.keepFor = o.Commit, o.KeepRuns, o.KeepFor
	s.note = announce(path)
	return s, nil
}

// OpenTemporary opens a store of its own in the system's folder for temporary
// files, which Close removes: a preview stages its pages there.
func OpenTemporary() (*Store, error) {
	f, err := os.CreateTemp("", "fincrawl-*.db")
	if err != nil {
		return nil, fmt.Errorf("create temporary state file: %w", temporaryError(err))
	}
	path := f.Name()
	if err := f.Close(); err != nil {
		return nil, errors.Join(fmt.Errorf("create temporary state file: %w", err), os.Remove(path))
	}
	s, err := openToWrite(path, 0, false)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	s.temporary = true
	// An open file needs no name, and without one a kill leaves nothing behind.
	// Where the system refuses (Windows), Close removes it.
	_ = os.Remove(path)
	return s, nil
}

// temporaryError says what to do where there can be no temporary file.
func temporaryError(err error) error {
	return fmt.Errorf("%w; set TMPDIR to a folder that this user can write to and that has room", err)
}

// Flush returns when every grouped write made before is on disk; those of a crawl
// outlive a kill then, see [Crawl].
func (s *Store) Flush() error {
	return errors.Join(s.crawls.each((*Crawl).Flush), s.group.flush())
}

// Close flushes and closes the file, and those of crawls that did not end. The store
// is of no use afterwards.
func (s *Store) Close() error {
	if s.group.closed() {
		return nil
	}
	errs := []error{s.crawls.each((*Crawl).park), s.group.close()}
	if s.db != nil {
		if s.note != nil {
			withdraw(s.path) // before the lock goes, lest it remove the next holder's
			_ = s.note.Close()
		}
		errs = append(errs, s.release())
	}
	if s.temporary {
		if err := os.Remove(s.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	errs = append(errs, s.zip.Close())
	s.unzip.Close()
	return errors.Join(errs...)
}

// release closes the file, and with it the lock. A transaction that stumbled
// over damage may have left bbolt's own locks taken, which its Close would wait
// for: then only the handle is closed.
func (s *Store) release() error {
	if s.broken.Load() {
		return s.file.Close()
	}
	return s.db.Close()
}
