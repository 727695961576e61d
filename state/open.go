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

// openToWrite opens or creates a file. It syncs the file to the disk only where synced is
// set: without that, the file may not survive a power cut.
//
// Somebody may have compacted or imported the file while this process waited for its lock. Then the
// lock is that of a file which has no name any more, and the new one is opened.
func openToWrite(path string, wait time.Duration, synced bool) (*Store, error) {
	for try := 0; ; try++ {
		s, err := openLocked(path, wait, synced)
		if err != nil || try == replacedTries || s.hasItsName() {
			return s, err
		}
		if err := s.release(); err != nil {
			return nil, err
		}
	}
}

// replacedTries is how often a file is opened anew because another one took its place.
const replacedTries = 5

// hasItsName reports whether the file at the store's path is the open one.
func (s *Store) hasItsName() bool {
	held, err := s.file.Stat()
	if err != nil {
		return true // the system does not say
	}
	named, err := os.Stat(s.path)
	return err == nil && os.SameFile(held, named)
}

func openLocked(path string, wait time.Duration, synced bool) (*Store, error) {
	s, err := newStore(path)
	if err != nil {
		return nil, err
	}
	err = s.open(&bbolt.Options{
		Timeout: atOnce(wait),
		NoSync:  !synced,
		// The end of a crawl frees pages by the thousand. The default list of
		// free pages is searched linearly, which would be slow.
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
		// The list of free pages is kept in the file, as is bbolt's default. Without
		// it, opening has to search the whole file, and damage met there cannot
		// be caught. The memory map starts at the size of the file, also by
		// default: with a larger one bbolt grows a small file at once.
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

// growth is by how many bytes a synced file grows at a time. Each growth waits for the
// disk. bbolt's default of 16 MiB would be the size of a state with 5,000 pages.
const growth = 2 << 20

// openToRead opens a file and changes nothing, neither in it nor beside it.
func openToRead(path string, wait time.Duration) (*Store, error) {
	s, err := newStore(path)
	if err != nil {
		return nil, err
	}
	s.readOnly = true
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
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

// atOnce returns the shortest timeout for no wait, because bbolt waits for ever with zero.
func atOnce(wait time.Duration) time.Duration { return max(wait, 1) }

func newStore(path string) (*Store, error) {
	// Pages are small, so a small window is enough and saves memory. The fastest level
	// takes half the time of the next one, and its output is a twentieth larger.
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20),
		zstd.WithLowerEncoderMem(true),
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

// open opens the file. Its errors say what is wrong and what to do.
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
		// A new file that a full disk cut off would look damaged to the next run.
		err = errors.Join(err, os.Truncate(s.path, 0))
	}
	return openError(s.path, err)
}

// openError returns the error for a file at path that could not be opened, with what to do about it.
func openError(path string, err error) error {
	var at *fs.PathError
	var errno syscall.Errno
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrTimeout):
		return locked(path)
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("lock state file %s: %w; its volume has no locks, "+
			"and two runs at once would damage it: keep it on a disk of this machine or on a volume that has them, "+
			"and name that one as state in sources.yaml", path, err)
	case errors.Is(err, syscall.ENODEV):
		return fmt.Errorf("map state file %s into memory: %w; its volume cannot do that: "+
			"name a file on another one as state in sources.yaml", path, err)
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

// empty reports whether there is no file at path, or one without content.
func empty(path string) bool {
	info, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0
}

// take runs checks on an opened file and closes the file where one fails.
func (s *Store) take(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return errors.Join(err, s.release())
		}
	}
	return nil
}

// verify proves the file and checks its schema, so that nothing is read from a damaged
// file or written to it. This takes about a second per gigabyte that is in the system's cache.
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
