package state

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// copiedAtOnce is how many bytes compaction copies in one transaction.
const copiedAtOnce = 4 << 20

// leastGain is how many bytes must be free before a file is compacted at the end of a run.
// A file grows by growth at a time, so that a small one is always largely free.
const leastGain = 8 << 20

// Compact replaces the state file at path by a copy without the space that bbolt keeps of
// removed records. It returns the size before and after.
func Compact(path string, wait time.Duration) (before, after int64, err error) {
	if _, err := os.Stat(path); err != nil {
		return 0, 0, fmt.Errorf("compact the state file: %w", err)
	}
	s, err := Open(path, Options{Wait: wait})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.compact()
}

// CloseAfterRun closes the store as Close does. Where half of the file or more is free, and ctx has
// not ended, it first replaces the file by a compacted copy. A failure to do so is logged, since the
// file is as good as before.
func (s *Store) CloseAfterRun(ctx context.Context, log *slog.Logger) error {
	if s.db != nil && !s.readOnly && !s.temporary && !s.broken.Load() && ctx.Err() == nil {
		if err := s.compactHalfFree(log); err != nil {
			log.Warn("the state file was not compacted", "error", err)
		}
	}
	return s.Close()
}

func (s *Store) compactHalfFree(log *slog.Logger) error {
	if err := s.Flush(); err != nil {
		return err
	}
	free, size, err := s.free()
	if err != nil || free < leastGain || free < size/2 {
		return err
	}
	before, after, err := s.compact()
	if err == nil {
		log.Info("the state file was compacted, since half of it was free", "bytes_before", before, "bytes_after", after)
	}
	return err
}

// free returns how many bytes of the file no record uses, and its size.
func (s *Store) free() (free, size int64, err error) {
	s.turn.Lock() // Tx.Page wants no commit meanwhile
	defer s.turn.Unlock()
	info, err := s.file.Stat()
	if err != nil {
		return 0, 0, err
	}
	used := int64(0)
	err = s.view(func(tx *bbolt.Tx) error {
		for id := 0; ; id++ {
			page, err := tx.Page(id)
			if page == nil || err != nil {
				return err
			}
			if page.Type != "free" {
				used += int64(1 + page.OverflowCount)
				id += page.OverflowCount
			}
		}
	})
	return info.Size() - used*int64(s.db.Info().PageSize), info.Size(), err
}

// compact replaces the file by a compacted copy. The store still has the old file afterwards, and
// can only be closed.
func (s *Store) compact() (before, after int64, err error) {
	info, err := s.file.Stat()
	if err != nil {
		return 0, 0, fmt.Errorf("compact the state file: %w", err)
	}
	err = replace(s.path, func(temporary string) error {
		small, err := bbolt.Open(temporary, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType})
		if err != nil {
			return err
		}
		small.AllocSize = growth
		_, copyErr := guard(s.path, func() error { return bbolt.Compact(small, s.db, copiedAtOnce) })
		if err := errors.Join(copyErr, small.Sync(), small.Close()); err != nil {
			return err
		}
		proved, err := openToRead(temporary, 0)
		if err != nil {
			return err
		}
		return proved.Close()
	})
	if err != nil {
		return 0, 0, fmt.Errorf("compact the state file: %w", err)
	}
	now, err := os.Stat(s.path)
	if err != nil {
		return 0, 0, err
	}
	return info.Size(), now.Size(), nil
}
