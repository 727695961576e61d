package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// openToWrite opens or creates a file. One that need not survive a power cut is
// not synced to the disk.
func openToWrite(path string, wait time.Duration, synced bool) (*Store, error) {
	s, err := newStore(path)
	if err != nil {
		return nil, err
	}
	err = s.open(&bbolt.Options{
		Timeout: atOnce(wait),
		NoSync:  !synced,
		// The end of a crawl frees pages by the thousand, among which the
		// list's linear search would be slow.
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		// The rest is left as it is. The list of free pages is kept in the
		// file: without it an open has to search the whole file, and damage
		// met there cannot be caught. The memory map starts at the size of
		// the file: a larger one makes bbolt grow a small file at once.
	})
	if err != nil {
		return nil, err
	}
	if synced {
		s.db.AllocSize = growth
	}
	if err := s.take(s.verify, s.migrate); err != nil {
		return nil, err
	}
	return s, nil
}

// growth is by how many bytes a file grows that is to stay: bbolt's own 16 MB are as much
// as it takes to remember 5,000 pages. Each time it waits for the disk.
const growth = 2 << 20

// openToRead opens a file without changing anything, anywhere.
func openToRead(path string, wait time.Duration) (*Store, error) {
	s, err := newStore(path)
	if err != nil {
		return nil, err
	}
	s.readOnly = true
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return s, nil
	}
	err = s.open(&bbolt.Options{Timeout: atOnce(wait), ReadOnly: true, NoStatistics: true})
	if err != nil {
		return nil, err
	}
	if err := s.take(s.verify); err != nil {
		return nil, err
	}
	return s, nil
}

// atOnce makes of no wait the shortest one: to bbolt, zero is for ever.
func atOnce(wait time.Duration) time.Duration { return max(wait, 1) }

func newStore(path string) (*Store, error) {
	// Pages are small: with a window of their size an encoder needs little memory. The
	// fastest level takes half the time of the next and makes a twentieth more of them.
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderCRC(false), zstd.WithZeroFrames(true))
	if err != nil {
		return nil, fmt.Errorf("prepare compression: %w", err)
	}
	unzip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, fmt.Errorf("prepare decompression: %w", err)
	}
	s := &Store{path: path, zip: zip, unzip: unzip}
	s.group = newGroup(s.commit)
	return s, nil
}

// open opens the file and says in our words what is wrong with it.
func (s *Store) open(o *bbolt.Options) error {
	if info, err := os.Stat(s.path); err == nil && !info.Mode().IsRegular() {
		what := "a special file"
		if info.IsDir() {
			what = "a folder"
		}
		return notOurs(s.path, what)
	}
	o.OpenFile = func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
		s.file, err = os.OpenFile(name, flag, mode)
		return s.file, err
	}
	fresh := !o.ReadOnly && empty(s.path)
	stumbled, err := guard(s.path, func() (err error) {
		s.db, err = bbolt.Open(s.path, 0o600, o)
		return err
	})
	if stumbled {
		return errors.Join(err, s.file.Close())
	}
	if fresh && err != nil && !errors.Is(err, bolterrors.ErrTimeout) && !empty(s.path) {
		// What a full disk took of a new file, the next run would take for damage.
		err = errors.Join(err, os.Truncate(s.path, 0))
	}
	return openError(s.path, err)
}

// openError says what it means that the file at path could not be opened, and what to do.
func openError(path string, err error) error {
	var at *fs.PathError
	var errno syscall.Errno
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return locked(path)
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("lock state file %s: %w; its volume has no locks, and two runs at once would damage it: "+
			"keep it on a disk of this machine or on a volume that has them, and name that one as state in sources.yaml", path, err)
	case errors.Is(err, syscall.ENODEV):
		return fmt.Errorf("map state file %s into memory: %w; its volume cannot do that: name a file on another one as state in sources.yaml", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("create state file: %w; make its folder, or name another one as state in sources.yaml", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("open state file: %w; let this user write to it and its folder, "+
			"or name another one as state in sources.yaml", err)
	case errors.As(err, &at), errors.As(err, &errno):
		return fmt.Errorf("open state file: %w", err)
	default:
		return damaged(path, err)
	}
}

// empty reports whether there is nothing at path yet.
func empty(path string) bool {
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}

// take runs the checks of a file that was opened, and lets go of it where one fails.
func (s *Store) take(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return errors.Join(err, s.release())
		}
	}
	return nil
}

// verify proves the file and checks its schema, so that nothing is ever read from
// a broken one, or written into it. That takes about a second for each gigabyte that the system
// has in memory.
func (s *Store) verify() error {
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("open state file: %w", err)
	}
	structure, records := prove(s.file, int64(s.db.Info().PageSize), info.Size())
	if structure != nil {
		return damaged(s.path, structure)
	}
	if err := s.checkSchema(); err != nil {
		return err
	}
	if records != nil {
		return damaged(s.path, records)
	}
	return nil
}
