package state_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/state"
)

// What was about to be sent is remembered beyond a kill, until it is acknowledged.
func TestWhatWasNotAnsweredIsRemembered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	left := func() (ids []string) {
		for id, err := range s.Unanswered("wiki") {
			check(t, err)
			ids = append(ids, id)
		}
		return ids
	}
	check(t, s.SetUnanswered("wiki", slices.Values([]string{"a", "b", "c"})))
	check(t, s.Acknowledge("wiki", state.Entry{ExternalID: "b", RemoteID: "r"}))
	check(t, s.Close())
	s = open(t, path)
	if got := left(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("unanswered are %v", got)
	}
	check(t, s.ForgetUnanswered("wiki", "a"))
	if got := left(); !slices.Equal(got, []string{"c"}) {
		t.Errorf("unanswered are %v", got)
	}
	check(t, s.ForgetAll("wiki"))
	if got := left(); len(got) != 0 {
		t.Errorf("unanswered are %v", got)
	}
}

func TestTheWorkspaceIsRememberedAndExported(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "a.db"))
	check(t, s.SetWorkspace("abc"))
	to := filepath.Join(folder, "b.db")
	check(t, state.Import(strings.NewReader(export(t, s)), to, false))
	if got, err := open(t, to).Workspace(); got != "abc" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
