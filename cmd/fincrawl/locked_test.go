package main

import (
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/state"
)

// Who finds the state file in use is told so by an exit code of its own, in every command that
// needs the file for itself, and by nothing else.
func TestALockedStateFileHasItsOwnExitCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a")
	w.fincrawl(exitDone, "sync")
	store, err := state.Open(w.path("fincrawl.db"), state.Options{Wait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	for _, args := range [][]string{
		{"sync"}, {"preview"}, {"retry"}, {"approve", "--all"}, {"withdraw", "--source", "wiki", "--yes"}, {"state", "compact"},
	} {
		if code, out, logs := w.execute(t.Context(), args...); code != exitLocked {
			t.Errorf("fincrawl %v: exit code %d, want %d\n%s%s", args, code, exitLocked, out, logs)
		}
	}
	for _, args := range [][]string{{"status"}, {"explain", w.site.URL("/a")}, {"state", "check"}} {
		if code, out, logs := w.execute(t.Context(), args...); code != exitDone {
			t.Errorf("fincrawl %v: exit code %d, want %d\n%s%s", args, code, exitDone, out, logs)
		}
	}
}
