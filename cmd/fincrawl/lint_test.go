package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// advised are the issues of a run, each as "kind path".
func (w *world) advised(run report.Run) (list []string) {
	for _, a := range run.Sources[0].Advice {
		list = append(list, a.Kind+" "+strings.TrimPrefix(a.URL, strings.TrimSuffix(w.site.URL("/"), "/")))
	}
	return list
}

func TestLintLooksAtTheSourcesAndWritesNothing(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Open the valve by a quarter turn, listen for the hiss, and close it once the needle rests. ", 4)
	w := newWorld(t, "    lint: {thin_words: 6}\n", "/a1", "/a2", "/a3", "/gone")
	w.site.Page("/", testsite.Page{Text: "Welcome to all the manuals of the house.", Links: []string{"/a1", "/a2", "/a3", "/gone"}})
	w.site.Page("/a1", testsite.Page{Title: "The battery", Text: "It runs for 12 hours on one charge. " + text})
	w.site.Page("/a2", testsite.Page{Title: "How long it runs", Text: "It runs for 15 hours on one charge. " + text})
	w.site.Page("/a3", testsite.Page{Text: "See below."})
	w.site.Page("/gone", testsite.Page{Status: 404})
	want := []string{"contradiction /a2", "thin /a3", "broken-link /"}

	if n := w.writes(func() {
		if diff := cmp.Diff(want, w.advised(w.fincrawl(exitDone, "lint"))); diff != "" {
			t.Error(diff)
		}
	}); n != 0 {
		t.Errorf("lint sent %d writes", n)
	}
	if got := w.files(); len(got) != 3 { // the folder, sources.yaml and the token
		t.Errorf("lint left %v", got)
	}
	_, out, _ := w.execute(t.Context(), "lint")
	for _, part := range []string{"contradiction (1)", "15 hours", "on one charge", "→ Find out which one is right", "nothing was written"} {
		if !strings.Contains(out, part) {
			t.Errorf("lint does not say %q:\n%s", part, out)
		}
	}
	_, out, _ = w.execute(t.Context(), "sync")
	if !strings.Contains(out, "Worth mending on the site (3)") {
		t.Errorf("the report of a sync says nothing of it:\n%s", out)
	}
}

// What is worth mending does not depend on what was read: a page that has not changed is as it was.
func TestPagesThatWereNotReadAreStillWorthMending(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 3)
	w.put("/a1", "It runs for 12 hours on one charge, and longer where nobody turns the wheel. It was last seen at the mill.", "/a2")
	w.put("/a2", "See below.", "/a3")
	first := w.advised(w.sync())
	var second []string
	w.wantBodies(func() { second = w.advised(w.sync()) }, "/")
	if diff := cmp.Diff(first, second); diff != "" || len(first) < 2 {
		t.Errorf("%v, then:\n%s", first, diff)
	}
}
