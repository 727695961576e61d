package ingest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// twin is another page in Intercom that has the external ID of remote(id, text).
func twin(id, remoteID, text string, updated int64) intercom.ExternalPage {
	return with(remote(id, text), func(p *intercom.ExternalPage) { p.ID, p.UpdatedAt = remoteID, updated })
}

func TestOfTwinsOneIsKept(t *testing.T) {
	old, young := twin("a", "remote-a", "x", 100), twin("a", "remote-b", "x", 200)
	adopted := func(p intercom.ExternalPage) state.Entry {
		return with(entry("a", ""), func(e *state.Entry) {
			e.RemoteID, e.Remote, e.Drift = p.ID, contentHash(p), "drift: in Intercom, but not known to the state file"
		})
	}
	for _, test := range []struct {
		name     string
		listing  []intercom.ExternalPage
		has      []intercom.ExternalPage // nil: what is listed
		recorded []state.Entry
		want     []state.Entry // corrections
		surplus  []string      // Intercom's IDs, with that of the page that is kept
	}{
		{name: "the recorded one", listing: []intercom.ExternalPage{young, old}, recorded: []state.Entry{sentEntry("a", "x")},
			surplus: []string{"remote-b beside remote-a"}},
		{name: "the recorded one, though edited, of three", recorded: []state.Entry{sentEntry("a", "mine")},
			listing: []intercom.ExternalPage{young, twin("a", "remote-c", "x", 300), old},
			want: []state.Entry{with(sentEntry("a", "x"), func(e *state.Entry) {
				e.Hash, e.Drift, e.Owned = "", "drift: edited in Intercom", true
			})},
			surplus: []string{"remote-b beside remote-a", "remote-c beside remote-a"}},
		{name: "the recorded one, which the listing lacks", listing: []intercom.ExternalPage{young}, has: []intercom.ExternalPage{young, old},
			recorded: []state.Entry{sentEntry("a", "x")}, surplus: []string{"remote-b beside remote-a"}},
		{name: "the one updated last, where none is recorded", listing: []intercom.ExternalPage{old, young},
			want: []state.Entry{adopted(young)}, surplus: []string{"remote-a beside remote-b"}},
		{name: "the first one of the same second", want: []state.Entry{adopted(old)}, surplus: []string{"remote-b beside remote-a"},
			listing: []intercom.ExternalPage{twin("a", "remote-b", "x", 100), old}},
		{name: "the one that is still there", listing: []intercom.ExternalPage{old, young}, has: []intercom.ExternalPage{old},
			want: []state.Entry{adopted(old)}},
		{name: "none that was listed: deleted meanwhile", listing: []intercom.ExternalPage{old, young}, has: []intercom.ExternalPage{}},
		{name: "a page that a shifting listing gives twice", listing: []intercom.ExternalPage{old, old}, recorded: []state.Entry{sentEntry("a", "x")}},
		{name: "not those of other import sources", recorded: []state.Entry{sentEntry("a", "x")},
			listing: []intercom.ExternalPage{old, with(young, func(p *intercom.ExternalPage) { p.SourceID = 8 })}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, listing := range orders(test.listing) {
				l := listed(listing...)
				if test.has != nil {
					l.has = test.has
				}
				v := compare(t, l, test.recorded...)
				var surplus []string
				for _, s := range v.Twins {
					surplus = append(surplus, s.Page.RemoteID+" beside "+s.Kept)
				}
				if diff := cmp.Diff(test.want, v.Corrections, unsketched()); diff != "" {
					t.Error(diff)
				}
				if !slices.Equal(surplus, test.surplus) || v.Surplus != len(test.surplus) {
					t.Errorf("%d surplus: %q, want %q", v.Surplus, surplus, test.surplus)
				}
			}
		})
	}
}

// orders yields pages as they are and the other way round: the order of a listing must
// not matter (promise 7).
func orders(pages []intercom.ExternalPage) [2][]intercom.ExternalPage {
	back := slices.Clone(pages)
	slices.Reverse(back)
	return [2][]intercom.ExternalPage{pages, back}
}

// A plan deletes the surplus pages beside what it does to the page itself.
func TestSurplusPagesGoUnderTheGuards(t *testing.T) {
	twins := func(n int) (list []verify.Surplus) {
		for _, id := range []string{"t3", "t1", "t2"}[:n] {
			list = append(list, verify.Surplus{Page: with(entry("a", ""), func(e *state.Entry) { e.RemoteID = id }), Kept: "remote-a"})
		}
		return list
	}
	incomplete := crawler.Coverage{GapsInAll: 1}
	for _, test := range []struct {
		name     string
		surplus  int
		coverage crawler.Coverage
		policy   ingest.Policy
		want     []string
	}{
		{"at once", 1, complete, policy, []string{"= a remote-a", "- a t3", "= b remote-b"}},
		{"not after half a crawl", 1, incomplete, policy, []string{"= a remote-a", "? a t3 coverage", "= b remote-b"}},
		{"not many at once", 3, complete, policy, []string{"= a remote-a", "? a t1 share", "? a t2 share", "? a t3 share", "= b remote-b"}},
		{"many where a person agreed", 3, complete, with(policy, func(p *ingest.Policy) { p.Allow = 3 }),
			[]string{"= a remote-a", "- a t1", "- a t2", "- a t3", "= b remote-b"}},
		{"those that were approved", 2, complete, ingest.ApprovedSource{Deletes: 1, Changes: []ingest.Change{
			{Action: ingest.Delete, ExternalID: "a", RemoteID: "t1", Surplus: true}, {Action: ingest.Update, ExternalID: "a"},
		}}.Policy(policy), []string{"= a remote-a", "- a t1", "? a t3 approval", "= b remote-b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := test.policy.Apply(mustPlan(t, ingest.Inputs{
				Coverage: test.coverage, Surplus: twins(test.surplus),
				Pages: values(page("a", "x"), page("b", "x")), Entries: values(entry("a", "x"), entry("b", "x")),
			}))
			var got []string
			for _, c := range plan.Changes {
				got = append(got, strings.TrimSpace(string(c.Action)+" "+c.ExternalID+" "+c.RemoteID+" "+string(c.Guard)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASurplusPageGoesBeforeTheOthersAreSent(t *testing.T) {
	for _, test := range []struct {
		name   string
		entry  state.Entry
		kept   bool  // the page that is kept is still there
		fault  error // of the library
		left   []string
		failed string
	}{
		{name: "it goes", entry: entry("a", "old"), kept: true, left: []string{"remote-a"}},
		{name: "but not where the other one is gone", entry: entry("a", "old"), left: []string{"remote-a", "t1"}, failed: "is no more"},
		{name: "nor where it is the one that counts by now", entry: with(entry("a", "old"), func(e *state.Entry) { e.RemoteID = "t1" }), kept: true,
			left: []string{"remote-a", "t1"}, failed: "is not recorded"},
		{name: "nor where Intercom fails", entry: entry("a", "old"), kept: true, fault: outage, left: []string{"remote-a", "t1"}, failed: "try later"},
	} {
		t.Run(test.name, func(t *testing.T) {
			lib, led := newLibrary(), newLedger(test.entry)
			request := intercom.PageRequest{SourceID: 31, ExternalID: "a"}
			lib.pages["t1"] = request
			if test.kept {
				lib.pages["remote-a"] = request
			}
			lib.fault = func(call int, id string) error {
				if id == "t1" {
					if call != 1 {
						t.Error("the surplus page did not go first")
					}
					return test.fault
				}
				return nil
			}
			pages := []state.Staged{page("a", "new")}
			plan := mustPlan(t, ingest.Inputs{Coverage: complete, Pages: values(pages...), Entries: led.Entries(),
				Surplus: []verify.Surplus{{Page: with(entry("a", ""), func(e *state.Entry) { e.RemoteID = "t1" }), Kept: "remote-a"}}})
			result, err := ingest.Apply(t.Context(), plan, target(lib, led, textsOf(pages)))
			if err != nil {
				t.Fatal(err)
			}
			if got := lib.ids(); !slices.Equal(got, test.left) {
				t.Errorf("left are %v, want %v", got, test.left)
			}
			if e := led.sorted(); len(e) != 1 || e[0].Hash != "new" {
				t.Errorf("recorded: %+v", e)
			}
			switch {
			case test.failed == "" && len(result.Failed) > 0:
				t.Errorf("failed: %+v", result.Failed)
			case test.failed != "" && (len(result.Failed) != 1 || !result.Failed[0].Surplus || !strings.Contains(result.Failed[0].Message, test.failed)):
				t.Errorf("failed: %+v, want one that says %q", result.Failed, test.failed)
			}
		})
	}
}

func TestATokenThatIsRevokedEndsTheRunAtASurplusPageToo(t *testing.T) {
	lib, led := newLibrary(), newLedger(entry("a", "x"))
	lib.pages["remote-a"] = intercom.PageRequest{SourceID: 31, ExternalID: "a"}
	lib.fault = answers(map[string]error{"t1": revoked})
	plan := mustPlan(t, ingest.Inputs{Coverage: complete, Pages: values(page("a", "x")), Entries: led.Entries(),
		Surplus: []verify.Surplus{{Page: with(entry("a", ""), func(e *state.Entry) { e.RemoteID = "t1" }), Kept: "remote-a"}}})
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, texts{})); !errors.Is(err, error(revoked)) {
		t.Errorf("got %v", err)
	}
}
