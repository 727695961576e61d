package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// did returns the changes of a plan as "action external-id", with the guard of a held one.
func did(plan ingest.Plan) (list []string) {
	for _, c := range plan.Changes {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Action, c.ExternalID, c.Guard)))
	}
	return list
}

func TestAPartGoesWhenItsPageIsThereWithoutIt(t *testing.T) {
	for _, test := range []struct {
		name    string
		pages   []state.Staged
		entries []state.Entry
		outcome crawler.Outcome // of a
		policy  func(*ingest.Policy)
		want    []string
	}{
		{name: "at once", pages: []state.Staged{page("a", "x"), page("b", "x")}, entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Paged, want: []string{"= a", "- a#1st", "= b"}},
		{name: "as after a 304", pages: []state.Staged{page("a", "x"), page("b", "x")}, entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.NotModified, want: []string{"= a", "- a#1st", "= b"}},
		{name: "not while the page could not be read", pages: []state.Staged{page("b", "x")}, entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Empty, want: []string{"= a", "= a#1st", "= b"}},
		{name: "with the page", pages: []state.Staged{page("b", "x")}, entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Gone, want: []string{"- a", "- a#1st", "= b"}},
		{name: "not before the page, where its address gives another one now", pages: []state.Staged{page("b", "x")}, entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Paged, want: []string{"? a confirmation", "? a#1st confirmation", "= b"}},
		{name: "not while the page is held back", pages: []state.Staged{with(page("a", "y"), func(p *state.Staged) { p.Size = 2 << 20 }), page("b", "x")},
			entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Paged, want: []string{"? a size", "? a#1st whole-page", "= b"}},
		{name: "nor while another part is, which may be what it is called now", pages: []state.Staged{page("a", "x"), with(page("a#2nd", "y"), func(p *state.Staged) { p.Size = 2 << 20 }), page("b", "x")},
			entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x")},
			outcome: crawler.Paged, want: []string{"= a", "? a#1st whole-page", "? a#2nd size", "= b"}},
		{name: "all parts of one page count as one", pages: []state.Staged{page("a", "x"), page("b", "x")},
			entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("a#2nd", "x"), entry("a#3rd", "x"), entry("b", "x")},
			outcome: crawler.Paged, policy: func(p *ingest.Policy) { p.MaxCount = 1 }, want: []string{"= a", "- a#1st", "- a#2nd", "- a#3rd", "= b"}},
		{name: "and those of two as two", pages: []state.Staged{page("a", "x"), page("b", "x")},
			entries: []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("a#2nd", "x"), entry("b", "x"), entry("b#1st", "x")},
			outcome: crawler.Paged, policy: func(p *ingest.Policy) { p.MaxCount = 1 }, want: []string{"= a", "? a#1st count", "? a#2nd count", "= b", "? b#1st count"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := policy
			p.MaxShare = 1
			if test.policy != nil {
				test.policy(&p)
			}
			plan := p.Apply(mustPlan(t, ingest.Inputs{
				Coverage: complete, Pages: values(test.pages...), Entries: values(test.entries...),
				Outcome: outcomes(map[string]ended{address("a"): {test.outcome, ""}, address("b"): {crawler.Paged, ""}}),
			}))
			if diff := cmp.Diff(test.want, did(plan)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A page that is one again has the text of its parts only once it was sent.
func TestAPartStaysWhereItsPageCouldNotBeSent(t *testing.T) {
	entries := []state.Entry{entry("a", "x"), entry("a#1st", "x"), entry("b", "x"), entry("b#1st", "x")}
	pages := []state.Staged{page("a", "y"), page("b", "y")}
	lib, led := newLibrary(), newLedger(entries...)
	lib.fault = answers(map[string]error{"a": outage})
	plan := mustPlan(t, ingest.Inputs{
		Coverage: complete, Pages: values(pages...), Entries: led.Entries(),
		Outcome: outcomes(map[string]ended{address("a"): {crawler.Paged, ""}, address("b"): {crawler.Paged, ""}}),
	})
	result, err := ingest.Apply(t.Context(), plan, target(lib, led, textsOf(pages)))
	if err != nil {
		t.Fatal(err)
	}
	if result.Applied[ingest.Delete] != 1 || result.Applied[ingest.Update] != 1 || len(result.Failed) != 2 {
		t.Errorf("got %+v", result)
	}
	left := led.sorted()
	if !slices.ContainsFunc(left, func(e state.Entry) bool { return e.ExternalID == "a#1st" }) ||
		slices.ContainsFunc(left, func(e state.Entry) bool { return e.ExternalID == "b#1st" }) {
		t.Errorf("recorded are %+v", left)
	}
}
