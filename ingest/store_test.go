package ingest_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// The parts that are wired together by interfaces fit.
var (
	_ ingest.Library = (*intercom.Client)(nil)
	_ ingest.Sources = (*intercom.Client)(nil)
	_ verify.Pages   = (*intercom.Client)(nil)
	_ ingest.Ledger  = (*state.Store)(nil)
	_ ingest.Bodies  = (*state.Crawl)(nil)
)

func TestRunsOverAStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fincrawl.db")
	lib := newLibrary()
	site := map[string]string{}
	for i := range 300 {
		site[fmt.Sprintf("%03d", i)] = "first"
	}

	// run does what a sync does after the crawl, in a process of its own.
	run := func() (planned map[ingest.Action]int) {
		t.Helper()
		store, err := state.Open(path, state.Options{})
		if err != nil {
			t.Fatal(err)
		}
		crawl, err := store.BeginCrawl("wiki")
		if err != nil {
			t.Fatal(err)
		}
		for id, text := range site {
			body := &state.Body{HTML: "<p>" + text + "</p>", Markdown: text}
			if err := crawl.Stage(page(id, text), body); err != nil {
				t.Fatal(err)
			}
		}
		plan := mustPlan(t, ingest.Inputs{
			Source: "wiki", Coverage: complete, Pages: crawl.Staged(), Entries: store.Entries("wiki"),
			Outcome: func(url string) (crawler.Outcome, string, bool, error) {
				outcome, detail, known, err := crawl.Outcome(url)
				return crawler.Outcome(outcome), detail, known, err
			},
		})
		plan = policy.Apply(plan)
		if _, err := ingest.Apply(t.Context(), plan, target(lib, store, crawl)); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(store.EndCrawl("wiki"), store.Close()); err != nil {
			t.Fatal(err)
		}
		return plan.Counts()
	}

	for _, step := range []struct {
		what  string
		do    func()
		calls int
		want  map[ingest.Action]int
	}{
		{"first run", func() {}, 300, map[ingest.Action]int{ingest.Create: 300}},
		{"nothing changed", func() {}, 0, map[ingest.Action]int{ingest.Unchanged: 300}},
		{"one text changed", func() { site["007"] = "second" }, 1, map[ingest.Action]int{ingest.Update: 1, ingest.Unchanged: 299}},
		{"one page missing", func() { delete(site, "008") }, 0, map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 299}},
		{"still missing", func() {}, 1, map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 299}},
		{"nothing changed any more", func() {}, 0, map[ingest.Action]int{ingest.Unchanged: 299}},
	} {
		step.do()
		before := lib.calls
		if diff := cmp.Diff(step.want, run()); diff != "" {
			t.Errorf("%s: %s", step.what, diff)
		}
		if got := lib.calls - before; got != step.calls {
			t.Errorf("%s: %d calls, want %d", step.what, got, step.calls)
		}
	}
	if got := lib.pages["remote-007"].HTML; got != "<p>second</p>" || len(lib.pages) != 299 {
		t.Errorf("%d pages, the changed one is %q", len(lib.pages), got)
	}
}
