package ingest_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// library of n recorded pages of which the first gone answer 404, the next
// missing are linked no more, and the rest are crawled unchanged.
func shrunk(n, gone, missing, misses int, coverage crawler.Coverage) ingest.Inputs {
	in := ingest.Inputs{Source: "wiki", Coverage: coverage}
	var pages []state.Staged
	var entries []state.Entry
	ends := map[string]ended{}
	for i := range n {
		id := fmt.Sprintf("%04d", i)
		e := entry(id, "x")
		switch {
		case i < gone:
			ends[address(id)] = ended{crawler.Gone, ""}
		case i < gone+missing:
			e.Misses = misses
		default:
			pages = append(pages, page(id, "x"))
		}
		entries = append(entries, e)
	}
	in.Pages, in.Entries, in.Outcome = values(pages...), values(entries...), outcomes(ends)
	return in
}

func TestDeletesAreHeldUnlessAllFourSayYes(t *testing.T) {
	incomplete := crawler.Coverage{GapsInAll: 2}
	for _, test := range []struct {
		name   string
		in     ingest.Inputs
		policy func(*ingest.Policy)
		want   map[ingest.Action]int
		guard  ingest.Guard
		reason string // of the first change
		misses int    // of the first change
	}{
		{name: "a 404 goes at once", in: shrunk(50, 1, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 49}, reason: "its URL answers 404", misses: 1},
		{name: "missing once is pending", in: shrunk(50, 0, 1, 0, complete),
			want: map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 49}, guard: ingest.GuardConfirmation,
			reason: "nothing leads to its URL any more; missing for 1 of 2 complete crawls", misses: 1},
		{name: "missing twice goes", in: shrunk(50, 0, 1, 1, complete),
			want: map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 49}, reason: "nothing leads to its URL any more", misses: 2},
		{name: "nothing that is only missing goes after an incomplete crawl, and no miss is counted", in: shrunk(50, 0, 1, 1, incomplete),
			want: map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 49}, guard: ingest.GuardCoverage,
			reason: "nothing leads to its URL any more; the crawl was not complete: 2 gaps", misses: 1},
		{name: "a 404 in an incomplete crawl is one look", in: shrunk(50, 1, 0, 0, incomplete),
			want: map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 49}, guard: ingest.GuardConfirmation,
			reason: "its URL answers 404; the crawl was not complete: 2 gaps, so this is look 1 of 2", misses: 1},
		{name: "a 404 in an incomplete crawl after another look goes", in: missedBefore(shrunk(50, 1, 0, 0, incomplete), 1),
			want: map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 49}, reason: "its URL answers 404", misses: 2},
		{name: "an incomplete crawl wants two looks whatever confirm_runs says", in: shrunk(50, 1, 0, 0, incomplete),
			policy: func(p *ingest.Policy) { p.ConfirmRuns = 1 },
			want:   map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 49}, guard: ingest.GuardConfirmation,
			reason: "its URL answers 404; the crawl was not complete: 2 gaps, so this is look 1 of 2", misses: 1},
		// Norconex 278, Elastic crawler 381, Yoko-crawler 102.
		{name: "a crawl that found no page deletes nothing, and counts no miss", in: shrunk(1, 0, 1, 5, complete),
			want: map[ingest.Action]int{ingest.Held: 1}, guard: ingest.GuardZeroPages,
			reason: "nothing leads to its URL any more; the crawl found no page at all", misses: 5},
		{name: "as many as max_count go", in: shrunk(200, 10, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Delete: 10, ingest.Unchanged: 190}, reason: "its URL answers 404", misses: 1},
		// Connapse PR 406.
		{name: "over max_count all are held", in: shrunk(200, 11, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Held: 11, ingest.Unchanged: 189}, guard: ingest.GuardCount,
			reason: "its URL answers 404; 11 deletes at once, deletes.max_count is 10", misses: 1},
		{name: "what is held for confirmation doesn't count against the ceiling", in: shrunk(200, 10, 20, 0, complete),
			want:   map[ingest.Action]int{ingest.Delete: 10, ingest.Held: 20, ingest.Unchanged: 170},
			reason: "its URL answers 404", misses: 1},
		{name: "as many as max_share go", in: shrunk(30, 3, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Delete: 3, ingest.Unchanged: 27}, reason: "its URL answers 404", misses: 1},
		{name: "over max_share all are held", in: shrunk(30, 4, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Held: 4, ingest.Unchanged: 26}, guard: ingest.GuardShare,
			reason: "its URL answers 404; 4 deletes of 30 pages at once, deletes.max_share 0.1 allows 3", misses: 1},
		{name: "one page of a small library may always go", in: shrunk(3, 1, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 2}, reason: "its URL answers 404", misses: 1},
		{name: "max_share is rounded up", in: shrunk(11, 2, 0, 0, complete),
			want: map[ingest.Action]int{ingest.Delete: 2, ingest.Unchanged: 9}, reason: "its URL answers 404", misses: 1},
		{name: "max_count 0 deletes nothing", in: shrunk(50, 1, 0, 0, complete), policy: func(p *ingest.Policy) { p.MaxCount = 0 },
			want: map[ingest.Action]int{ingest.Held: 1, ingest.Unchanged: 49}, guard: ingest.GuardCount,
			reason: "its URL answers 404; 1 delete at once, deletes.max_count is 0", misses: 1},
		{name: "confirm_runs 1 deletes at the first miss", in: shrunk(50, 0, 1, 0, complete), policy: func(p *ingest.Policy) { p.ConfirmRuns = 1 },
			want: map[ingest.Action]int{ingest.Delete: 1, ingest.Unchanged: 49}, reason: "nothing leads to its URL any more", misses: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := policy
			if test.policy != nil {
				test.policy(&p)
			}
			plan := p.Apply(mustPlan(t, test.in))
			if diff := cmp.Diff(test.want, plan.Counts()); diff != "" {
				t.Error(diff)
			}
			if c := plan.Changes[0]; c.Guard != test.guard || c.Reason != test.reason || c.Misses != test.misses {
				t.Errorf("got guard %q, misses %d, reason %q", c.Guard, c.Misses, c.Reason)
			}
		})
	}
}

// Norconex 98, 792 and the audit of sim PR 6757: an outage must not delete. What answered
// twice that it is gone is no outage.
func TestOnlyWhatProvedToBeGoneTwiceGoesWithoutACompleteCrawl(t *testing.T) {
	property := func(seed uint64, p ingest.Policy) bool {
		w := newWorld(seed)
		w.coverage.Complete = false
		plan := p.Apply(mustPlan(t, w.inputs()))
		return !slices.ContainsFunc(plan.Changes, func(c ingest.Change) bool {
			proved := c.Gone && !c.Hint
			return c.Action == ingest.Delete && !(proved && c.Missed >= 1) || c.Misses > c.Missed && !proved
		})
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// A hint deletes nothing by itself, however often it is repeated and whatever else is allowed.
func TestAHintIsForAPerson(t *testing.T) {
	for o, m := range crawler.Meanings() {
		if m.Leaves != crawler.GroundHint {
			continue
		}
		in := missedBefore(shrunk(50, 1, 0, 0, complete), 7)
		in.Outcome = func(string) (crawler.Outcome, string, bool, error) { return o, "", true, nil }
		p := policy
		p.Allow = 50
		c := p.Apply(mustPlan(t, in)).Changes[0]
		if c.Action != ingest.Held || c.Wants != ingest.Delete || c.Guard != ingest.GuardHint || c.Misses != 7 {
			t.Errorf("%s: %+v", o, c)
		}
	}
}

// missedBefore is in with entries that were missed n times already.
func missedBefore(in ingest.Inputs, n int) ingest.Inputs {
	entries := in.Entries
	in.Entries = func(yield func(state.Entry, error) bool) {
		for e, err := range entries {
			e.Misses = n
			if !yield(e, err) {
				return
			}
		}
	}
	return in
}

func TestDeletesStayUnderBothCeilings(t *testing.T) {
	property := func(seed uint64) bool {
		w := newWorld(seed)
		plan := policy.Apply(mustPlan(t, w.inputs()))
		// newWorld has less than 40 entries, so that the share is at most 4.
		return plan.Counts()[ingest.Delete] <= 4
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// Elastic crawler 333: oversize documents were dropped silently.
func TestAPageThatIsTooLargeIsHeldByName(t *testing.T) {
	large := with(page("new", "x"), func(p *state.Staged) { p.Size = 101 })
	larger := with(page("old", "x"), func(p *state.Staged) { p.Size = 500 })
	plan := ingest.Policy{MaxHTML: 100}.Apply(mustPlan(t, ingest.Inputs{
		Coverage: complete,
		Pages:    values(with(page("fits", "x"), func(p *state.Staged) { p.Size = 100 }), large, larger),
		Entries:  values(entry("old", "y")),
	}))
	for i, want := range []struct {
		action, wants ingest.Action
		guard         ingest.Guard
		reason        string
	}{
		{ingest.Create, "", "", "new"},
		{ingest.Held, ingest.Create, ingest.GuardSize, "new; 101 bytes of HTML are more than intercom.max_html (100)"},
		{ingest.Held, ingest.Update, ingest.GuardSize, "text changed; 500 bytes of HTML are more than intercom.max_html (100)"},
	} {
		if c := plan.Changes[i]; c.Action != want.action || c.Wants != want.wants || c.Guard != want.guard || c.Reason != want.reason {
			t.Errorf("got %+v, want %+v", c, want)
		}
	}
}

func TestAPageSentWithoutItsRemoteIDRecordedIsNotDeleted(t *testing.T) {
	ends := outcomes(map[string]ended{address("lost-id"): {crawler.Gone, ""}, address("never-accepted"): {crawler.Gone, ""}})
	plan := ingest.Policy{MaxCount: 10, MaxShare: 1}.Apply(mustPlan(t, ingest.Inputs{
		Coverage: complete,
		Pages:    values(page("z", "x")),
		Entries: values(
			with(entry("lost-id", "x"), func(e *state.Entry) { e.RemoteID = "" }),
			with(entry("never-accepted", ""), func(e *state.Entry) { e.RemoteID = "" }),
		),
		Outcome: ends,
	}))
	if c := plan.Changes[0]; c.Action != ingest.Held || c.Guard != ingest.GuardOwnership {
		t.Errorf("got %+v", c)
	}
	if c := plan.Changes[1]; c.Action != ingest.Delete {
		t.Errorf("an entry that stands for no page in the library should go: %+v", c)
	}
}

func TestPolicyLeavesThePlanItWasGiven(t *testing.T) {
	plan := mustPlan(t, shrunk(30, 5, 5, 0, complete))
	before := slices.Clone(plan.Changes)
	policy.Apply(plan)
	if diff := cmp.Diff(before, plan.Changes); diff != "" {
		t.Error(diff)
	}
}

func TestPolicyAppliedTwiceIsAppliedOnce(t *testing.T) {
	property := func(seed uint64) bool {
		once := policy.Apply(mustPlan(t, newWorld(seed).inputs()))
		return cmp.Equal(once, policy.Apply(once))
	}
	if err := quick.Check(property, nil); err != nil {
		t.Error(err)
	}
}
