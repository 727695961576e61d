package ingest_test

import (
	"iter"
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

// ofWiki is a claim on what is on wiki.test.
func ofWiki(externalID, url string) bool {
	return !strings.Contains(externalID, ":") && strings.HasPrefix(url, address(""))
}

// foreignPage is a page of another tool.
func foreignPage(id string) intercom.ExternalPage {
	return with(remote(id, "x"), func(p *intercom.ExternalPage) { p.URL = "https://help.test/" + id })
}

func TestForeignPagesAreNamedAndNeverAdopted(t *testing.T) {
	known := sentEntry("a", "x")
	for _, listing := range orders([]intercom.ExternalPage{
		remote("a", "x"), remote("b", "x"), foreignPage("c"), foreignPage("tool:7"),
		with(foreignPage("a"), func(p *intercom.ExternalPage) { p.ID = "theirs" }), // with an external ID of ours
	}) {
		l := listed(listing...)
		r, err := verify.ReadRemote(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		var adopted []string
		for _, e := range r.Adopt(7, ofWiki) {
			adopted = append(adopted, e.ExternalID)
		}
		if want := []string{"a", "b"}; !slices.Equal(adopted, want) {
			t.Errorf("adopted %v, want %v", adopted, want)
		}
		v, err := verify.Verify(t.Context(), l, verify.Comparison{SourceID: 7, Recorded: values(known), Remote: r, Claim: ofWiki, Unrecorded: ofWiki, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		if v.Unknown != 1 || v.Surplus != 0 || v.Edited != 0 || len(v.Corrections) != 1 || v.Corrections[0].ExternalID != "b" {
			t.Errorf("got %+v", v)
		}
		want := state.Foreign{Pages: 3, First: []state.ForeignPage{
			{ExternalID: "a", URL: "https://help.test/a", Title: "Title of a"},
			{ExternalID: "c", URL: "https://help.test/c", Title: "Title of c"},
			{ExternalID: "tool:7", URL: "https://help.test/tool:7", Title: "Title of tool:7"},
		}}
		if diff := cmp.Diff(want, v.Foreign); diff != "" {
			t.Error(diff)
		}
		if !v.IsForeign("c") || v.IsForeign("b") || (verify.Verification{}).IsForeign("c") {
			t.Error("what is foreign is not known")
		}
	}
}

// What a state file that is whole does not have is foreign, whatever it looks like.
func TestWhatAWholeStateLacksIsForeign(t *testing.T) {
	never := with(entry("c", ""), func(e *state.Entry) { e.RemoteID, e.Hash, e.Refused = "", "", &state.Refusal{} }) // was refused
	l := listed(remote("a", "x"), remote("b", "x"), remote("c", "x"), remote("d", "x"))
	r, err := verify.ReadRemote(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.Verify(t.Context(), l, verify.Comparison{SourceID: 7, Recorded: values(sentEntry("a", "x"), never), Remote: r, Claim: ofWiki,
		Unrecorded: func(id, _ string) bool { return id == "d" }, Workers: 2})
	if err != nil || v.Unknown != 1 || v.Foreign.Pages != 2 || !v.IsForeign("b") || !v.IsForeign("c") || v.IsForeign("d") {
		t.Errorf("got %+v, %v", v, err)
	}
	none := func() iter.Seq2[string, error] {
		return func(yield func(string, error) bool) { _ = yield("a", nil) && yield("b", nil) }
	}
	for _, unrecorded := range []verify.Claim{nil, ofWiki} {
		found, err := verify.Recall(t.Context(), l, verify.Comparison{SourceID: 7, Claim: ofWiki, Unrecorded: unrecorded}, none(), func(state.Entry) error { return nil })
		if err != nil || found.IsForeign("a") != (unrecorded == nil) || found.IsForeign("b") != (unrecorded == nil) {
			t.Errorf("looked up: %+v, %v", found, err)
		}
	}
}

func TestTheRecordedPageIsOursWhateverBecameOfItsURL(t *testing.T) {
	l := listed(foreignPage("a"))
	r, err := verify.ReadRemote(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.Verify(t.Context(), l, verify.Comparison{SourceID: 7, Recorded: values(sentEntry("a", "x")), Remote: r, Claim: ofWiki, Workers: 2})
	if err != nil || v.Edited != 1 || v.Foreign.Pages != 0 {
		t.Errorf("got %+v, %v", v, err)
	}
}

// A page that was only found in Intercom may be updated at once. It goes only where a crawl
// has shown that it was fincrawl's.
func TestAFoundPageGoesOnlyOnceItIsProvedOurs(t *testing.T) {
	found := with(entry("a", ""), func(e *state.Entry) { e.Remote, e.Misses = "r", 5 })
	seen := with(found, func(e *state.Entry) { e.Owned = true })
	for _, test := range []struct {
		name  string
		entry state.Entry
		ends  map[string]ended
		want  string
	}{
		{name: "nothing leads there", entry: found, want: "? ownership"},
		{name: "noindex", entry: found, ends: map[string]ended{address("a"): {crawler.NoIndex, ""}}, want: "? ownership"},
		{name: "excluded", entry: found, ends: map[string]ended{address("a"): {crawler.Excluded, ""}}, want: "? ownership"},
		{name: "leads elsewhere", entry: found, ends: map[string]ended{address("a"): {crawler.MoveUnverified, address("b")}}, want: "? ownership"},
		{name: "leads to a page that says the same", entry: found, ends: map[string]ended{address("a"): {crawler.Redirected, address("b")}}, want: "-"},
		{name: "is no more", entry: found, ends: map[string]ended{address("a"): {crawler.Gone, "404"}}, want: "-"},
		{name: "a crawl has seen it since", entry: seen, want: "-"},
		{name: "part of a page that is there", want: "? ownership", ends: map[string]ended{address("a"): {crawler.Paged, ""}},
			entry: with(found, func(e *state.Entry) { e.ExternalID, e.URL = "a#x", address("a#x") })},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := policy.Apply(mustPlan(t, ingest.Inputs{
				Coverage: complete, Entries: values(test.entry, entry("b", "x")), Pages: values(page("b", "x")), Outcome: outcomes(test.ends),
			}))
			c := plan.Changes[0]
			if got := strings.TrimSpace(string(c.Action) + " " + string(c.Guard)); got != test.want {
				t.Errorf("got %s (%s), want %s", got, c.Reason, test.want)
			}
		})
	}
}

func TestAFoundPageThatACrawlSawIsOurs(t *testing.T) {
	found := with(entry("a", ""), func(e *state.Entry) { e.Remote = "r" })
	p := with(page("a", "x"), func(p *state.Staged) { p.Size = 2 << 20 }) // so that the update is held
	lib, led := newLibrary(), newLedger(found)
	plan := policy.Apply(mustPlan(t, ingest.Inputs{Coverage: complete, Entries: led.Entries(), Pages: values(p)}))
	if plan.Changes[0].Action != ingest.Held {
		t.Fatalf("got %+v", plan.Changes[0])
	}
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, texts{})); err != nil {
		t.Fatal(err)
	}
	if e := led.sorted()[0]; !e.Ours() || e.Hash != "" {
		t.Errorf("recorded: %+v", e)
	}
	led.writes = 0
	plan = policy.Apply(mustPlan(t, ingest.Inputs{Coverage: complete, Entries: led.Entries(), Pages: values(p)}))
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, texts{})); err != nil || led.writes != 0 {
		t.Errorf("the run after wrote %d times, %v", led.writes, err)
	}
}

func TestAPageOfSomebodyElseIsNotOverwritten(t *testing.T) {
	plan := policy.Apply(mustPlan(t, ingest.Inputs{
		Coverage: complete, Pages: values(page("a", "x"), page("b", "x")), Entries: values[state.Entry](),
		Foreign: func(id string) bool { return id == "a" },
	}))
	if a, b := plan.Changes[0], plan.Changes[1]; a.Guard != ingest.GuardForeign || a.Wants != ingest.Create || b.Action != ingest.Create {
		t.Errorf("got %+v", plan.Changes)
	}
}

// An ID of Intercom's in an old state file may be that of another page by now.
func TestWhatTookThePlaceOfAPageIsNotDeleted(t *testing.T) {
	lib, led := newLibrary(), newLedger(with(entry("a", "x"), func(e *state.Entry) { e.Misses = 1 }), entry("b", "x"))
	lib.pages["remote-a"] = intercom.PageRequest{SourceID: 31, ExternalID: "another"}
	lib.pages["remote-b"] = intercom.PageRequest{SourceID: 31, ExternalID: "b"}
	plan := policy.Apply(mustPlan(t, ingest.Inputs{Coverage: complete, Entries: led.Entries(), Pages: values(page("b", "x"))}))
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, texts{})); err != nil {
		t.Fatal(err)
	}
	if got := lib.ids(); !slices.Equal(got, []string{"remote-a", "remote-b"}) || len(led.sorted()) != 1 {
		t.Errorf("left are %v, recorded %v", got, led.sorted())
	}
}
