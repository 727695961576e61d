package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/state"
	"github.com/fincrawl/fincrawl/state/statetest"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		play(role) // a child process of a test
		return
	}
	goleak.VerifyTestMain(m)
}

// store makes a *state.Store what statetest asks for.
type store struct{ *state.Store }

func (s store) BeginCrawl(source string) (statetest.Crawl, error) { return s.Store.BeginCrawl(source) }

func (s store) ResumeCrawl(source string) (statetest.Crawl, state.Beginning, bool, error) {
	return s.Store.ResumeCrawl(source)
}

func TestStore(t *testing.T) {
	statetest.Run(t, func(t *testing.T) func() statetest.Store {
		path := filepath.Join(t.TempDir(), "state.db")
		return func() statetest.Store {
			s, err := state.Open(path, state.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return store{s}
		}
	})
}

func TestGroupedWritesReachTheDiskByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "state.db")
		s := open(t, path)
		if err := s.PutEntry("wiki", state.Entry{ExternalID: "a"}); err != nil {
			t.Fatal(err)
		}
		if onDisk(t, path, "wiki", "a") {
			t.Error("a single write did not wait for company")
		}
		time.Sleep(state.Linger)
		synctest.Wait()
		if !onDisk(t, path, "wiki", "a") {
			t.Error("a write is not on disk after Linger")
		}
	})
}

// onDisk looks into a copy of the file, as a kill would leave it.
func onDisk(t *testing.T, path, source, externalID string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := state.Open(copied, state.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, ok, err := s.Entry(source, externalID)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestRepeatedCrawlsDoNotGrowTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	for i := range 3000 {
		if err := s.PutEntry("wiki", sampleEntry(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	var sizes []int64
	for range 6 {
		c := begin(t, s)
		for i := range 3000 {
			e := sampleEntry(i)
			if _, err := c.Discover("", 1, []string{e.URL}); err != nil {
				t.Fatal(err)
			}
			err := errors.Join(c.AddRequest([]byte(e.URL)), c.Settle(e.URL, "page", ""),
				c.Stage(state.Staged{ExternalID: e.ExternalID, URL: e.URL, Title: e.Title, Hash: e.Hash}, nil))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.GetRequest(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.EndCrawl("wiki"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	if first, last := sizes[0], sizes[len(sizes)-1]; last > first {
		t.Errorf("the file grew from crawl to crawl: %d bytes", sizes)
	}
}

// The owner of the file says how many runs are remembered, and how old they may become.
func TestRunsAreRememberedAsTheOptionsSay(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		o    state.Options
		want int
	}{
		"more than usual": {state.Options{KeepRuns: 60}, 60},
		"few":             {state.Options{KeepRuns: 3}, 3},
		"not that old":    {state.Options{KeepFor: 10 * day}, 11},
	} {
		s, err := state.Open(filepath.Join(t.TempDir(), "state.db"), c.o)
		check(t, err)
		for n := range 70 {
			check(t, s.PutRun(state.Run{ID: fmt.Sprintf("%03d", n), Started: time.Unix(0, 0).Add(time.Duration(n) * day)}))
		}
		kept, err := s.Runs()
		check(t, err)
		if len(kept) != c.want || kept[0].ID != "069" {
			t.Errorf("%s: %d runs are remembered, the last one is %s; want %d", name, len(kept), kept[0].ID, c.want)
		}
		check(t, s.Close())
	}
}

// A run of many sources has a summary of a megabyte, and fifty are remembered.
func TestManyLongRunsAreASmallFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	summary := []byte(`["` + strings.Repeat(`the reason of another change of another page","`, 1<<14) + `"]`)
	for n := range state.KeptRuns + 10 {
		check(t, s.PutRun(state.Run{ID: fmt.Sprintf("%03d", n), Started: time.Unix(int64(n), 0), Summary: summary}))
	}
	kept, err := s.Runs()
	check(t, err)
	if len(kept) != state.KeptRuns || kept[0].ID != "059" || !bytes.Equal(kept[0].Summary, summary) {
		t.Errorf("%d runs, the last one is %s with %d bytes", len(kept), kept[0].ID, len(kept[0].Summary))
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 2<<20 {
		t.Errorf("a file of %d bytes, %v", info.Size(), err)
	}
}

func TestAWriteThatFailsIsToldByEveryLaterOne(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.PutEntry("wiki", state.Entry{ExternalID: "a"}); !errors.Is(err, state.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := s.Flush(); !errors.Is(err, state.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestATemporaryStoreLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	s, err := state.OpenTemporary()
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, s)
	for i := range 5000 {
		if err := c.Stage(state.Staged{ExternalID: fmt.Sprint(i)}, &state.Body{HTML: "<p>text", Markdown: "text"}); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, err := range c.Staged() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 5000 {
		t.Errorf("%d pages staged, want 5000", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
