// Package state stores what fincrawl remembers between runs in one bbolt file: the
// import source of each source, an [Entry] and the Markdown for each page that was sent,
// and the last runs. A crawl in progress (its frontier and staged pages) has a file of
// its own beside it: see [Crawl].
//
// Writes that a run makes by the thousand are grouped: acknowledgements, staged pages and
// the frontier. A grouped write returns at once, and later reads of the same Store see
// it at once. It reaches the disk within about [Linger], or when [Store.Flush] returns.
// Groups are written whole and in order: after a kill, the file holds everything up to
// some moment and nothing later. An error of a grouped write is returned by every later
// write and Flush. All other writes are on disk when their call returns.
//
// Every record has a checksum. Damage to the file gives an error that wraps
// [ErrCorrupt], from Open or from the call that meets the damage.
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

// Linger is how long a grouped write waits for others to join it.
const Linger = 200 * time.Millisecond

// SchemaVersion is the layout that this program writes. A file of an older layout is
// migrated when it is opened for writing. A newer one gives ErrNewerSchema.
const SchemaVersion = 1

// Options say how a state file is opened.
type Options struct {
	// ReadOnly opens the file for reading only. Nothing is written beside it either. A file
	// that does not exist reads as an empty store.
	ReadOnly bool
	// Wait is how long Open waits for another process to close the file.
	Wait time.Duration
	// Commit is called with each commit, which it has to carry out. Tests end their process
	// before or after one. Defaults to calling the commit.
	Commit   func(commit func() error) error
	KeepRuns int           // number of runs to keep. Defaults to KeptRuns.
	KeepFor  time.Duration // how much older than the last run they may be. Defaults to any age.
}

// Store is an open state file. It is safe for use by several goroutines.
type Store struct {
	path      string
	readOnly  bool
	commitBy  func(commit func() error) error // Options.Commit
	temporary bool
	keepRuns  int           // Options.KeepRuns
	keepFor   time.Duration // Options.KeepFor

	db     *bbolt.DB // nil for a store that is read-only and has no file
	file   *os.File  // the handle that db uses
	note   *os.File  // says who holds the file, and is locked during commits; may be nil
	broken atomic.Bool
	views  atomic.Uint64 // number of reads
	// relieved is when relieve last ran, in Unix nanoseconds.
	relieved atomic.Int64
	turn     sync.Mutex // serialises transactions that write, and the lock of note
	group    *group
	crawls   crawls

	zip   *zstd.Encoder
	unzip *zstd.Decoder
}

// Open opens or creates the state file at path. The error is a *LockedError where another
// process holds the file. It wraps ErrNewerSchema or ErrCorrupt where that is the cause.
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

// OpenTemporary opens a new store in the system's folder for temporary files. Close
// removes it.
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
	// An open file needs no name, and without a name nothing is left behind by a kill.
	// Where the system refuses to remove it (Windows), Close does.
	_ = os.Remove(path)
	return s, nil
}

// temporaryError adds what to do where no temporary file can be created.
func temporaryError(err error) error {
	return fmt.Errorf("%w; set TMPDIR to a folder that this user can write to and that has room", err)
}

// Flush returns when every grouped write made before is on disk. Those of a crawl survive
// a kill from then on, but not a power cut: see [Crawl].
func (s *Store) Flush() error {
	return errors.Join(s.crawls.each((*Crawl).Flush), s.group.flush())
}

// Close flushes and closes the file and those of crawls in progress. The store must not be
// used afterwards.
func (s *Store) Close() error {
	if s.group.closed() {
		return nil
	}
	errs := []error{s.crawls.each((*Crawl).park), s.group.close()}
	if s.db != nil {
		if s.note != nil {
			withdraw(s.path) // while the lock is held, since the next holder writes a note of the same name
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

// release closes the file, which unlocks it. After damage a transaction may have left
// bbolt's own locks taken, and bbolt's Close would wait for them. Then release closes only
// the handle.
func (s *Store) release() error {
	if s.broken.Load() {
		return s.file.Close()
	}
	return s.db.Close()
}
