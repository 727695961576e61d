package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// Where single pages were looked at, nothing else counts as missing, and what only a crawl
// can judge is left to it.
func TestWhatWasNotLookedAtIsNotMissing(t *testing.T) {
	missed := func(id string, times int) state.Entry {
		return with(entry(id, id), func(e *state.Entry) { e.Misses = times })
	}
	entries := []state.Entry{entry("a", "a"), missed("b", 1), missed("c", 0), missed("d", 1), missed("e", 1), missed("f", 1), entry("g", "gh"), entry("g#h", "h")}
	plan := mustPlan(t, ingest.Inputs{
		Coverage: crawler.Coverage{Partial: true}, Pages: values(page("a", "x"), page("g", "gh")), Entries: values(entries...),
		Outcome: outcomes(map[string]ended{
			address("a"): {crawler.Paged, ""}, address("c"): {crawler.Gone, ""}, address("d"): {crawler.Gone, ""},
			address("e"): {crawler.NoIndex, ""}, address("f"): {crawler.Excluded, ""}, address("g"): {crawler.Paged, ""},
		}),
	})
	plan = ingest.Policy{ConfirmRuns: 2, MaxCount: 10, MaxShare: 0.5, MaxShrink: 1}.Apply(plan)
	type change struct {
		Action ingest.Action
		Guard  ingest.Guard
		Misses int
	}
	got := map[string]change{}
	for _, c := range plan.Changes {
		got[c.ExternalID] = change{c.Action, c.Guard, c.Misses}
	}
	want := map[string]change{
		"a": {Action: ingest.Update}, "b": {Action: ingest.Unchanged, Misses: 1},
		"c": {Action: ingest.Held, Guard: ingest.GuardConfirmation, Misses: 1}, "d": {Action: ingest.Delete, Misses: 2},
		"e": {Action: ingest.Unchanged, Misses: 1}, "f": {Action: ingest.Unchanged, Misses: 1},
		"g": {Action: ingest.Unchanged}, "g#h": {Action: ingest.Delete, Misses: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
