package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/state"
)

// Who is called at two o'clock reads in the status what failed, why, since when, and what to type;
// also while a run goes on.
func TestStatusAnswersWhoIsCalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a", "/b")
	w.fincrawl(exitDone, "sync")
	var down atomic.Bool
	down.Store(true)
	w.site.Before(func(rw http.ResponseWriter, _ *http.Request) bool {
		if down.Load() {
			rw.WriteHeader(http.StatusInternalServerError)
		}
		return down.Load()
	})
	first := w.fincrawl(exitFailed, "sync")
	w.fincrawl(exitFailed, "sync")
	_, out, _ := w.execute(t.Context(), "status")
	said := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"Failed:", "HTTP 500", "2 runs", "fincrawl check --online", "fincrawl sync wiki", "fincrawl history"} {
		if !strings.Contains(said, want) {
			t.Errorf("status does not say %q:\n%s", want, out)
		}
	}
	var s report.Status
	if _, out, _ = w.execute(t.Context(), "status", "--json"); json.Unmarshal([]byte(out), &s) != nil || !strings.Contains(out, `"format_version": 1`) {
		t.Fatalf("no JSON:\n%s", out)
	}
	if f := s.Sources[0].Failure; f == nil || f.Runs != 2 || !f.Since.Equal(first.Started) && f.Since.After(first.Finished) || s.Running != nil {
		t.Errorf("failure %+v, running %+v", f, s.Running)
	}
	store, err := state.Open(w.path("fincrawl.db"), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := w.execute(t.Context(), "status"); !strings.Contains(out, "has been at work since") {
		t.Errorf("it does not say who is at work:\n%s", out)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	down.Store(false)
	w.fincrawl(exitDone, "sync")
	if _, out, _ := w.execute(t.Context(), "status"); strings.Contains(out, "Failed:") {
		t.Errorf("what is mended is told of:\n%s", out)
	}
}

// The runs, what one did, and what became of a page are told from the state file alone.
func TestHistoryTellsOfRunsAndPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a", "/b")
	if _, out, _ := w.execute(t.Context(), "history"); !strings.Contains(out, "No run is remembered yet") {
		t.Errorf("before the first run: %s", out)
	}
	first := w.fincrawl(exitDone, "sync")
	w.site.Page("/a", testsite.Page{Title: "Renamed", Body: "<p>Another text, which is long enough to be one of its own.</p>"})
	second := w.fincrawl(exitDone, "sync")
	w.site.Close()
	w.server.Close()

	for _, c := range []struct {
		args          []string
		want, without []string
	}{
		{[]string{"history"}, []string{first.ID, second.ID, "3 created", "1 updated"}, nil},
		{[]string{"history", first.ID}, []string{"Created (3)", first.ID}, []string{second.ID}},
		{[]string{"history", second.ID[:len(second.ID)-1]}, []string{"Updated (1)", "Renamed"}, nil},
		{[]string{"history", w.site.URL("/a")}, []string{"created", "updated", "Renamed", first.ID, second.ID}, nil},
		{[]string{"history", w.site.URL("/b")}, []string{"created", first.ID}, []string{second.ID}},
		{[]string{"history", "--json"}, []string{`"format_version": 1`, `"applied"`}, nil},
		{[]string{"history", "--json", w.site.URL("/b")}, []string{`"format_version": 1`, `"changes"`}, nil},
	} {
		code, out, logs := w.execute(t.Context(), c.args...)
		if code != exitDone {
			t.Errorf("%v: exit code %d\n%s", c.args, code, logs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not say %q:\n%s", c.args, want, out)
			}
		}
		for _, without := range c.without {
			if strings.Contains(out, without) {
				t.Errorf("%v says %q:\n%s", c.args, without, out)
			}
		}
	}
	for args, want := range map[string]string{
		second.ID + "x": "did you mean", "2": "begins the IDs of 2 runs", "https://elsewhere.example.com/": "belongs to no source",
	} {
		if code, _, logs := w.execute(t.Context(), "history", args); code != exitUsage || !strings.Contains(logs, want) {
			t.Errorf("history %s: exit code %d, and not %q:\n%s", args, code, want, logs)
		}
	}
}
