package state

import (
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// relieve gives back the memory that holds what was read of the file. bbolt maps
// the whole of it, and what was once touched stays resident until somebody else
// needs the room, so that a process would seem to grow with its file. It is read
// from the system's cache again where it is needed again.
func (s *Store) relieve() {
	if s.db == nil || s.broken.Load() {
		return
	}
	s.relieved.Store(time.Now().UnixNano())
	_, _ = guard(s.path, func() error {
		return s.db.View(func(tx *bbolt.Tx) error { // which keeps the mapping in its place
			if tx.Size() > smallFile {
				_, _, _ = unix.Syscall(unix.SYS_MADVISE, s.db.Info().Data, uintptr(tx.Size()), unix.MADV_DONTNEED)
			}
			return nil
		})
	})
}

// smallFile is what may stay resident: mapping it again and again costs more than it
// is worth.
const smallFile = 12 << 20

// reliefs is how long what was touched of the file stays mapped while it is written to.
const reliefs = 20 * time.Millisecond

// relieving relieves now and then, and once more when it is stopped, unless it was
// only just done: for what may touch much of the file.
func (s *Store) relieving() (stop func()) {
	if info, err := s.file.Stat(); err == nil && info.Size() <= smallFile {
		return func() {}
	}
	stopped, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		again := time.NewTicker(reliefs)
		defer again.Stop()
		for {
			select {
			case <-again.C:
				s.relieve()
			case <-stopped:
				if time.Since(time.Unix(0, s.relieved.Load())) >= reliefs {
					s.relieve()
				}
				return
			}
		}
	}()
	return func() {
		close(stopped)
		if !s.broken.Load() { // else it may wait for a lock that nobody gives back
			<-ended
		}
	}
}
