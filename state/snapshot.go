package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A file that another process holds cannot be opened, and a plain copy of it may hold half
// a transaction. So the process that holds a state file locks its note (see lock.go) while
// it commits, and a process that copies the file locks the note meanwhile. Commits then
// wait until the copy is done. The locks are the system's and end with their process.
// Where the system has none, a copy counts only if no commit happened during it. Every
// copy is proved.
const (
	waitForCopy   = 10 * time.Second // the longest that a commit waits for a copy
	waitForCommit = 10 * time.Second // the longest that a copy waits for a commit
	lockPoll      = 5 * time.Millisecond
	copyTries     = 20
	copyPause     = 100 * time.Millisecond
)

// Backup copies the state file at path to a new file, even while another process holds it.
// A run that finds the copy in place of the state file first compares it with what
// Intercom has.
func Backup(path, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("back up to %s: it is there already; name a new file, such as one with the date", to)
	}
	return replace(to, func(temporary string) error {
		if err := snapshot(path, temporary); err != nil {
			return err
		}
		s, err := openToWrite(temporary, 0, true)
		if err != nil {
			return err
		}
		return errors.Join(s.Doubt("the state was restored from a backup"), s.Close())
	})
}

// OpenSnapshot opens a copy of the state file at path for reading, even while another
// process holds the file.
func OpenSnapshot(path string) (*Store, error) {
	f, err := os.CreateTemp("", "fincrawl-*.db")
	if err != nil {
		return nil, fmt.Errorf("create a copy of the state file: %w", temporaryError(err))
	}
	copied := f.Name()
	if err := errors.Join(f.Close(), snapshot(path, copied)); err != nil {
		return nil, errors.Join(err, os.Remove(copied))
	}
	s, err := openToRead(copied, 0)
	if err != nil {
		return nil, errors.Join(err, os.Remove(copied))
	}
	s.temporary = true
	_ = os.Remove(copied) // as in OpenTemporary
	return s, nil
}

// Doubt makes the next run compare the records of each source with what Intercom has. That
// run expects pages that were sent after the records were written.
func (s *Store) Doubt(why string) error {
	names, err := s.Sources()
	if err != nil {
		return err
	}
	for _, name := range names {
		v, err := s.Verification(name)
		if err != nil {
			return err
		}
		v.Due, v.Old = why, true
		if err := s.SetVerification(name, v); err != nil {
			return err
		}
	}
	return nil
}

// snapshot copies the state file at path over the file at to, and proves the copy.
func snapshot(path, to string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copy the state file: there is none at %s", path)
	}
	var err error
	for try := range copyTries {
		if try > 0 {
			time.Sleep(copyPause)
		}
		var s *Store
		s, err = openToRead(path, 0)
		held := (*LockedError)(nil)
		switch {
		case err == nil: // the open file is locked, so nobody writes to it
			return errors.Join(copyWhole(path, to), s.Close())
		case !errors.As(err, &held):
			return err
		}
		var quiet func()
		if quiet, err = holdCommits(path); err != nil {
			return err
		}
		err = copyWhole(path, to)
		quiet()
		if err == nil {
			s, err = openToRead(to, 0)
		}
		if err == nil {
			return s.Close()
		}
	}
	return fmt.Errorf("copy the state file while another process writes to it: %w", err)
}

var errMoved = errors.New("it was written to meanwhile; try again")

// copyWhole copies a file. It returns errMoved where a commit happened meanwhile: each
// commit changes one of the first two pages.
func copyWhole(path, to string) (err error) {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	copied, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()

	before, err := firstPages(from)
	if err != nil {
		return err
	}
	if _, err := io.Copy(copied, from); err != nil {
		return err
	}
	after, err := firstPages(from)
	if err != nil {
		return err
	}
	if !bytes.Equal(before, after) {
		return errMoved
	}
	return copied.Sync()
}

func firstPages(f *os.File) ([]byte, error) {
	pages := make([]byte, 2*os.Getpagesize())
	n, err := f.ReadAt(pages, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return pages[:n], err
}

// replace calls write with the path of a new file beside path, and then renames that file
// to path. So path has either the whole new file or the old one.
func replace(path string, write func(temporary string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	temporary := f.Name()
	err = errors.Join(f.Close(), write(temporary))
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(temporary))
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder makes a rename in folder survive a power cut, where the system can do that.
func syncFolder(folder string) {
	if f, err := os.Open(folder); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
