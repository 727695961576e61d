//go:build unix

package state

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// noFollow makes open refuse a link, and makes it return at once for a named pipe.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// holdCommits keeps the process that has the file at path open from committing until quiet is called.
func holdCommits(path string) (quiet func(), err error) {
	note, err := os.OpenFile(noteOf(path), os.O_RDWR|noFollow, 0)
	if errors.Is(err, os.ErrNotExist) { // that process has just started or ended
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	if !flock(note, syscall.LOCK_EX, waitForCommit) {
		return nil, errors.Join(fmt.Errorf("copy the state file: %w, who is busy", locked(path)), note.Close())
	}
	return func() { _ = note.Close() }, nil // which releases the lock
}

// committing waits until nobody copies the file, for waitForCopy at most, and keeps
// others from copying it until done is called.
func (s *Store) committing() (done func()) {
	if s.note == nil || !flock(s.note, syscall.LOCK_SH, waitForCopy) {
		return func() {}
	}
	return func() { _ = syscall.Flock(int(s.note.Fd()), syscall.LOCK_UN) }
}

func flock(f *os.File, how int, wait time.Duration) bool {
	for waited := time.Duration(0); ; waited += lockPoll {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil || waited >= wait || !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return err == nil
		}
		time.Sleep(lockPoll)
	}
}
