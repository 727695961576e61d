package state_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/state"
)

// crowd writes pages and removes all but the first of them, so that most of the file is free.
func crowd(t *testing.T, s *state.Store) {
	t.Helper()
	const pages = 120
	id := func(i int) string { return fmt.Sprintf("%04d", i) }
	for i := range pages {
		sheets := map[string]string{id(i): random(120_000, i)}
		check(t, s.SetStyleSheets(id(i), sheets), s.PutEntry("wiki", state.Entry{ExternalID: id(i)}))
	}
	check(t, s.Flush())
	for i := 1; i < pages; i++ {
		check(t, s.SetStyleSheets(id(i), nil), s.Forget("wiki", id(i)))
	}
	check(t, s.Flush())
}

// random returns text that does not compress.
func random(length, seed int) string {
	x := uint32(seed)*2654435761 + 1
	b := make([]byte, length)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(' ' + x%90)
	}
	return string(b)
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	check(t, err)
	return info.Size()
}

func TestARunCompactsAFileThatIsHalfFree(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	open := func() *state.Store {
		s, err := state.Open(path, state.Options{})
		check(t, err)
		return s
	}
	s := open()
	crowd(t, s)
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	check(t, s.CloseAfterRun(interrupted, slog.New(slog.DiscardHandler)))
	large := size(t, path)
	if large < 10<<20 {
		t.Fatalf("only %d bytes were written", large)
	}

	var logs bytes.Buffer
	check(t, open().CloseAfterRun(t.Context(), slog.New(slog.NewTextHandler(&logs, nil))))
	small := size(t, path)
	if small > large/2 || !strings.Contains(logs.String(), "compacted") {
		t.Errorf("%d bytes after %d: %s", small, large, logs.String())
	}
	s = open()
	if _, ok, err := s.Entry("wiki", "0000"); !ok || err != nil {
		t.Errorf("what was not removed is %v, %v", ok, err)
	}
	logs.Reset()
	check(t, s.CloseAfterRun(t.Context(), slog.New(slog.NewTextHandler(&logs, nil))))
	if logs.Len() > 0 {
		t.Errorf("it was compacted again: %s", logs.String())
	}
	left, err := filepath.Glob(path + ".*")
	check(t, err)
	if len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// A process that waits for the lock holds a handle on the file as it was. If another file takes its
// place meanwhile, what that process writes must be in the new file.
func TestWhoWaitedForAFileThatWasReplacedHasTheNewOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	first, err := state.Open(path, state.Options{})
	check(t, err)
	crowd(t, first)
	waited := make(chan error)
	go func() {
		s, err := state.Open(path, state.Options{Wait: time.Minute})
		if err == nil {
			err = s.PutEntry("wiki", state.Entry{ExternalID: "late"})
		}
		if err == nil {
			err = s.Close()
		}
		waited <- err
	}()
	waitForHandle(t, path)
	check(t, first.CloseAfterRun(t.Context(), slog.New(slog.DiscardHandler)), <-waited)
	s := open(t, path)
	for _, id := range []string{"0000", "late"} {
		if _, ok, err := s.Entry("wiki", id); !ok || err != nil {
			t.Errorf("%s is %v, %v", id, ok, err)
		}
	}
}
