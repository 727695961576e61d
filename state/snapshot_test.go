package state_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/state"
)

// What is backed up while another writes is what was written up to some moment, and
// nothing later.
func TestABackupIsWholeWhileAnotherWrites(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "state.db")
	s := open(t, path)
	entry := func(i int) state.Entry {
		return state.Entry{ExternalID: fmt.Sprintf("%06d", i), Title: strings.Repeat("x", i%5000)}
	}
	check(t, s.PutEntry("wiki", entry(0)), s.Flush())
	var written atomic.Int64 // entries that are in the file
	written.Store(1)
	stop, wrote := make(chan bool), make(chan error, 1)
	flushed := make(chan bool, 1) // something was since the last look
	go func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				wrote <- nil
				return
			default:
			}
			if err := errors.Join(s.PutEntry("wiki", entry(i)), s.Flush()); err != nil {
				wrote <- err
				close(flushed)
				return
			}
			written.Store(int64(i) + 1)
			select {
			case flushed <- true:
			default:
			}
		}
	}()
	for i := range 10 {
		<-flushed // so that each backup has more to find than the one before it
		least := int(written.Load())
		to := filepath.Join(folder, fmt.Sprintf("backup-%d.db", i))
		check(t, state.Backup(path, to))
		copied, err := state.Open(to, state.Options{ReadOnly: true})
		check(t, err)
		n := 0
		for e, err := range copied.Entries("wiki") {
			check(t, err)
			if want := entry(n); e.ExternalID != want.ExternalID || e.Title != want.Title {
				t.Fatalf("entry %d is %s with %d bytes", n, e.ExternalID, len(e.Title))
			}
			n++
		}
		check(t, copied.Close())
		if n < least {
			t.Errorf("backup %d has %d entries, and %d were in the file before it began", i, n, least)
		}
	}
	close(stop)
	check(t, <-wrote)
	left, err := filepath.Glob(filepath.Join(folder, "*.tmp*"))
	check(t, err)
	if len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestABackupKnowsThatItIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	check(t, s.SetImportSource("wiki", state.ImportSource{ID: 7}), s.SetVerification("wiki", state.Verification{Runs: 3}))
	check(t, state.Backup(path, path+".backup"))
	v, err := s.Verification("wiki")
	check(t, err)
	if !reflect.DeepEqual(v, state.Verification{Runs: 3}) {
		t.Errorf("the original changed: %+v", v)
	}
	v, err = open(t, path+".backup").Verification("wiki")
	check(t, err)
	if v.Runs != 3 || v.Due == "" {
		t.Errorf("got %+v", v)
	}
}

func TestABackupReplacesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	open(t, path)
	for _, to := range []string{path, path + ".lock"} {
		before, err := os.ReadFile(to)
		check(t, err)
		if err := state.Backup(path, to); err == nil || !strings.Contains(err.Error(), "there already") {
			t.Errorf("over %s: %v", to, err)
		}
		after, err := os.ReadFile(to)
		check(t, err)
		if !slices.Equal(before, after) {
			t.Errorf("%s changed", to)
		}
	}
	if err := state.Backup(path+".none", path+".backup"); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("of no file: %v", err)
	}
}

func TestADamagedFileIsNotBackedUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	check(t, os.WriteFile(path, damage(sampleFile(t, 100)), 0o600))
	if err := state.Backup(path, path+".backup"); !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path + ".backup"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a backup: %v", err)
	}
}

// damage flips a bit in the middle of each page.
func damage(file []byte) []byte {
	file = slices.Clone(file)
	for i := os.Getpagesize() / 2; i < len(file); i += os.Getpagesize() {
		file[i] ^= 1
	}
	return file
}

func TestASnapshotOfAHeldFileCanBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	check(t, s.PutEntry("wiki", state.Entry{ExternalID: "a"}), s.Flush())
	look, err := state.OpenToLook(path)
	check(t, err)
	if _, ok, err := look.Entry("wiki", "a"); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	if err := look.PutEntry("wiki", state.Entry{ExternalID: "b"}); !errors.Is(err, state.ErrReadOnly) {
		t.Errorf("a snapshot was written to: %v", err)
	}
	check(t, look.Close())
}
