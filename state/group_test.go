package state

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	bolterrors "go.etcd.io/bbolt/errors"
)

// A full disk: what was on it stays, reads keep seeing what was written, and
// nobody is left believing that it was kept.
func TestADiskThatIsFullIsToldByEveryLaterWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.PutEntry("wiki", Entry{ExternalID: "kept"}), s.Flush()); err != nil {
		t.Fatal(err)
	}
	s.db.MaxSize = 1 << 16
	for i := range 2000 {
		if err := s.PutEntry("wiki", Entry{ExternalID: fmt.Sprint(i), Title: "a title of some length, for there are many"}); err != nil {
			t.Fatal(err)
		}
	}
	for what, err := range map[string]error{
		"Flush": s.Flush(), "PutEntry": s.PutEntry("wiki", Entry{ExternalID: "late"}),
		"PutRun": s.PutRun(Run{ID: "1"}), "Close": s.Close(),
	} {
		if !errors.Is(err, bolterrors.ErrMaxSizeReached) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s, err = Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, ok, err := s.Entry("wiki", "kept"); !ok || err != nil {
		t.Errorf("what was on disk is gone: %v", err)
	}
	if _, ok, err := s.Entry("wiki", "0"); ok || err != nil {
		t.Errorf("a part of the failed group is on disk: %v", err)
	}
}

func TestWritersWaitWhileTooMuchIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := make(chan struct{})
		g := newGroup(func(*batch) error { <-disk; return nil })
		var added atomic.Int64
		go func() {
			for i := range 10 {
				if err := g.add(write{entries("wiki"), fmt.Sprint(i), make([]byte, fullBytes)}); err != nil {
					t.Error(err)
				}
				added.Add(1)
			}
		}()
		synctest.Wait()
		if n := added.Load(); n != 5 { // one batch being written, and four times as much waiting
			t.Errorf("%d writes were taken while the disk was busy", n)
		}
		close(disk)
		synctest.Wait()
		if n := added.Load(); n != 10 {
			t.Errorf("%d writes were taken once the disk was free", n)
		}
		if err := g.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCompanyIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		g := newGroup(func(b *batch) error { sizes = append(sizes, b.records); return nil })
		for range 10 { // a write each 50 ms, which must not put the commit off
			if err := g.add(write{entries("wiki"), "a", []byte("v")}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(Linger / 4)
		}
		if err := g.close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		total := 0
		for _, n := range sizes {
			total += n
			if n > 5 {
				t.Errorf("a write waited too long: batches of %v", sizes)
			}
		}
		if total != 10 || len(sizes) > 4 {
			t.Errorf("batches of %v, of 10 writes", sizes)
		}
	})
}

func TestWhatBelongsTogetherIsInOneBatch(t *testing.T) {
	g := newGroup(func(b *batch) error {
		if len(b.tables[entries("wiki")]) != len(b.tables[sent("wiki")]) {
			t.Errorf("a batch has %d entries and %d texts", len(b.tables[entries("wiki")]), len(b.tables[sent("wiki")]))
		}
		return nil
	})
	done := make(chan error)
	for w := range 4 {
		go func() {
			for i := range 5000 {
				key := fmt.Sprint(w, i)
				if err := g.add(write{entries("wiki"), key, []byte{}}, write{sent("wiki"), key, []byte{}}); err != nil {
					done <- err
					return
				}
			}
			done <- g.flush()
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
}
