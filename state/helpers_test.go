package state_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/state"
)

// open opens a state file for writing and closes it at the end of the test.
func open(t testing.TB, path string) *state.Store {
	t.Helper()
	s, err := state.Open(path, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// begin begins a crawl of the source "wiki".
func begin(t testing.TB, s *state.Store) *state.Crawl {
	t.Helper()
	c, err := s.BeginCrawl("wiki")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
