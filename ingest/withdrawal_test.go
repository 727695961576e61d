package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// What a person takes out awaits nothing, and nothing awaits what does not come.
func TestAWithdrawnPageIsAwaitedByNobodyAndAwaitsNobody(t *testing.T) {
	out := func(ids ...string) ingest.Decisions {
		var list []state.Withdrawal
		for _, id := range ids {
			list = append(list, state.Withdrawal{Page: id, Delete: true, By: "anna"})
		}
		return ingest.Decisions{}.Withdrawn(list...)
	}
	for _, test := range []struct {
		name    string
		pages   []state.Staged
		entries []state.Entry
		ends    map[string]ended
		out     ingest.Decisions
		want    []string
	}{
		{name: "a page whose text another one gets", pages: []state.Staged{page("a", "a"), page("b", "bc")}, entries: []state.Entry{entry("a", "a"), entry("b", "b"), entry("c", "c")},
			out: out("a", "c"), ends: map[string]ended{address("c"): {crawler.Gone, ""}}, want: []string{"- a", "~ b", "- c"}},
		{name: "a page that became split", pages: []state.Staged{page("a", "a"), page("a#b", "b")}, entries: []state.Entry{entry("a", "ab")},
			out: out("a"), want: []string{"- a", "? a#b"}},
		{name: "a page that has parts", pages: []state.Staged{page("a", "a"), page("a#b", "b"), page("a#c", "c")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "bc")},
			out: out("a"), want: []string{"- a", "- a#b", "? a#c"}},
		{name: "a page that gets the text of another one", pages: []state.Staged{page("a", "a"), page("b", "b")}, entries: []state.Entry{entry("a", "ab")},
			out: out("b"), want: []string{"~ a", "? b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := mustPlan(t, ingest.Inputs{Coverage: complete, Pages: values(test.pages...), Entries: values(test.entries...), Outcome: outcomes(test.ends),
				Texts: bothOf(test.pages, hashes(test.entries)), Decisions: test.out})
			plan = ingest.Policy{ConfirmRuns: 2, MaxCount: 1, MaxShare: 0.5, MaxShrink: 1}.ApplyDecided(plan, test.out)
			var got []string
			for _, c := range plan.Changes {
				line := fmt.Sprintf("%s %s", c.Action, c.ExternalID)
				if len(c.Awaits) > 0 {
					line += " awaits " + strings.Join(c.Awaits, " ")
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
