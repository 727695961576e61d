package state

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A crawl's file is not synced to the disk: after a power cut it may lack a part
// that nothing would miss, such as a page that was found.
func TestACrawlIsResumedOnlyWhereItsFileIsWhole(t *testing.T) {
	for name, test := range map[string]struct {
		leave  func(t *testing.T, s *Store, c *Crawl)
		resume bool
	}{
		"killed":                {func(*testing.T, *Store, *Crawl) {}, true},
		"killed, and restarted": {func(t *testing.T, _ *Store, c *Crawl) { check(t, c.mark("an earlier start")) }, false},
		"ended in order, and restarted": {func(t *testing.T, s *Store, c *Crawl) {
			check(t, c.mark("an earlier start"))
			check(t, s.Close())
		}, true},
		"damaged": {func(t *testing.T, s *Store, _ *Crawl) {
			check(t, s.Close())
			check(t, os.WriteFile(s.crawlFile("wiki"), []byte("not what it was"), 0o600))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			s, err := Open(path, Options{})
			check(t, err)
			c, err := s.BeginCrawl("wiki")
			check(t, err)
			_, err = c.Discover("", 0, []string{"found"})
			check(t, err)
			check(t, c.SetBeginning(Beginning{At: time.Unix(1, 0).UTC()}))
			check(t, c.Flush())
			test.leave(t, s, c)

			// What a run finds that comes after this one, however it ended.
			next := filepath.Join(t.TempDir(), "state.db")
			after := &Store{path: next}
			copyFile(t, path, next)
			copyFile(t, s.crawlFile("wiki"), after.crawlFile("wiki"))
			check(t, s.Close())
			after, err = Open(next, Options{})
			check(t, err)
			defer func() { check(t, after.Close()) }()
			c, _, ok, err := after.ResumeCrawl("wiki")
			check(t, err)
			if ok != test.resume {
				t.Fatalf("resumed: %t, want %t", ok, test.resume)
			}
			if !ok {
				c, err = after.BeginCrawl("wiki")
				check(t, err)
			}
			_, _, known, err := c.Outcome("found")
			check(t, err)
			if known != ok {
				t.Errorf("resumed: %t, and what was found is there: %t", ok, known)
			}
		})
	}
}

func TestACrawlLeavesNoFileWhenItEnds(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(filepath.Join(folder, "state.db"), Options{})
	check(t, err)
	for _, source := range []string{"wiki", "../Wiki", "a name that is longer than that of any file " + string(make([]byte, 1000))} {
		_, err := s.BeginCrawl(source)
		check(t, err)
		check(t, s.EndCrawl(source))
	}
	check(t, s.Close())
	left, err := os.ReadDir(folder)
	check(t, err)
	if len(left) != 1 {
		t.Errorf("left beside the state file: %v", left)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	check(t, err)
	check(t, os.WriteFile(to, content, 0o600))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
