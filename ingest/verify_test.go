package ingest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// listing is the external pages of a workspace: what their listing says, and what is
// so, which a listing that shifts while it is read may not say.
type listing struct {
	says iter.Seq2[intercom.ExternalPage, error]
	has  []intercom.ExternalPage

	mu    sync.Mutex
	asked int // for single pages
	found int // for pages by their external ID

	noLookUp bool
}

func listed(pages ...intercom.ExternalPage) *listing {
	return &listing{says: values(pages...), has: pages}
}

func (l *listing) ExternalPages(context.Context) iter.Seq2[intercom.ExternalPage, error] {
	return l.says
}

func (l *listing) ExternalPage(_ context.Context, id string) (intercom.ExternalPage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	for _, p := range l.has {
		if p.ID == id {
			return p, nil
		}
	}
	return intercom.ExternalPage{}, notFound
}

func (l *listing) FindPages(_ context.Context, sourceID int64, externalID string) (found []intercom.ExternalPage, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found++
	if l.noLookUp {
		return nil, intercom.ErrNoLookUp
	}
	for _, p := range l.has {
		if p.SourceID == sourceID && p.ExternalID == externalID {
			found = append(found, p)
		}
	}
	return found, nil
}

// remote is a page as Intercom has it, and its entry once it was sent.
func remote(id, text string) intercom.ExternalPage {
	return intercom.ExternalPage{
		ID: "remote-" + id, ExternalID: id, SourceID: 7, Title: "Title of " + id, URL: address(id), Locale: "en",
		HTML: "<p>" + text + "</p>", AIAgentAvailability: true,
	}
}

func contentHash(p intercom.ExternalPage) string {
	return verify.ContentHash(intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale,
		AIAgentAvailability: p.AIAgentAvailability, AICopilotAvailability: p.AICopilotAvailability,
	})
}

func sentEntry(id, text string) state.Entry {
	return with(entry(id, text), func(e *state.Entry) { e.Remote, e.Misses = contentHash(remote(id, text)), 1 })
}

// everything may be ours.
func everything(string, string) bool { return true }

func compare(t *testing.T, l *listing, entries ...state.Entry) verify.Verification {
	t.Helper()
	r, err := verify.ReadRemote(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify.Verify(t.Context(), l, verify.Comparison{SourceID: 7, Recorded: values(entries...), Remote: r, Claim: everything, Unrecorded: everything, Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// unsketched leaves sketches out of a comparison: see loss_test.go.
func unsketched() cmp.Option { return cmpopts.IgnoreFields(state.Entry{}, "Sketch") }

// Norconex 779: with the state file the ability to delete was lost.
func TestPagesOfTheImportSourceAreAdopted(t *testing.T) {
	ours := remote("a", "x")
	others := []intercom.ExternalPage{with(ours, func(p *intercom.ExternalPage) { p.ID, p.SourceID = "p2", 8 }), {ID: "p3", SourceID: 7}}
	r, err := verify.ReadRemote(t.Context(), listed(append(others, ours)...))
	if err != nil {
		t.Fatal(err)
	}
	want := []state.Entry{with(entry("a", ""), func(e *state.Entry) { e.Remote = contentHash(ours) })}
	if diff := cmp.Diff(want, r.Adopt(7, everything), unsketched()); diff != "" {
		t.Error(diff)
	}
	if _, err := verify.ReadRemote(t.Context(), &listing{says: failing(error(outage), ours)}); !errors.Is(err, outage) {
		t.Errorf("a listing that broke off: %v", err)
	}
}

func TestVerifyFindsWhatIsNotAsItWasSent(t *testing.T) {
	for _, test := range []struct {
		name   string
		remote []intercom.ExternalPage
		entry  *state.Entry
		want   func(*state.Entry) // of the entry; nil: nothing to correct
		counts verify.Verification
		asked  int
	}{
		{name: "as it was sent", remote: []intercom.ExternalPage{remote("a", "x")}, entry: new(sentEntry("a", "x")),
			counts: verify.Verification{Pages: 1}},
		{name: "edited", remote: []intercom.ExternalPage{with(remote("a", "y"), func(p *intercom.ExternalPage) { p.Title, p.URL = "Mine", "https://else.test/" })},
			entry: new(sentEntry("a", "x")),
			want: func(e *state.Entry) {
				now := with(remote("a", "y"), func(p *intercom.ExternalPage) { p.Title, p.URL = "Mine", "https://else.test/" })
				e.Title, e.Hash, e.Remote, e.Drift, e.Owned = "Mine", "", contentHash(now), "drift: edited in Intercom", true
			},
			counts: verify.Verification{Pages: 1, Edited: 1}, asked: 1},
		{name: "deleted", entry: new(sentEntry("a", "x")),
			want:   func(e *state.Entry) { e.RemoteID, e.Hash, e.Remote, e.Drift = "", "", "", "drift: deleted in Intercom" },
			counts: verify.Verification{Deleted: 1}, asked: 1},
		{name: "moved to another import source", remote: []intercom.ExternalPage{with(remote("a", "x"), func(p *intercom.ExternalPage) { p.SourceID = 8 })},
			entry:  new(sentEntry("a", "x")),
			want:   func(e *state.Entry) { e.RemoteID, e.Hash, e.Remote, e.Drift = "", "", "", "drift: deleted in Intercom" },
			counts: verify.Verification{Deleted: 1}, asked: 1},
		{name: "deleted and made again", remote: []intercom.ExternalPage{with(remote("a", "x"), func(p *intercom.ExternalPage) { p.ID = "new" })},
			entry: new(sentEntry("a", "x")), want: func(e *state.Entry) { e.RemoteID = "new" }, counts: verify.Verification{Pages: 1}, asked: 2},
		{name: "sent by a version that remembered no content", remote: []intercom.ExternalPage{remote("a", "x")}, entry: new(entry("a", "x")),
			want: func(e *state.Entry) { e.Remote = contentHash(remote("a", "x")) }, counts: verify.Verification{Pages: 1}},
		{name: "refused, and never there", entry: new(with(entry("a", ""), func(e *state.Entry) { e.RemoteID = "" }))},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := listed(test.remote...)
			v := compare(t, l, *test.entry)
			var want []state.Entry
			if test.want != nil {
				want = append(want, with(*test.entry, test.want))
			}
			if diff := cmp.Diff(want, v.Corrections, unsketched()); diff != "" {
				t.Error(diff)
			}
			v.Corrections = nil
			if diff := cmp.Diff(test.counts, v, cmpopts.IgnoreUnexported(v)); diff != "" || l.asked != test.asked {
				t.Errorf("asked %d times, %s", l.asked, diff)
			}
		})
	}
}

func TestAPageThatStateDoesNotKnowIsAdopted(t *testing.T) {
	v := compare(t, listed(remote("a", "x"), remote("b", "x")), sentEntry("a", "x"))
	want := state.Entry{ExternalID: "b", RemoteID: "remote-b", URL: address("b"), Title: "Title of b", AIAgent: true,
		Remote: contentHash(remote("b", "x")), Drift: "drift: in Intercom, but not known to the state file"}
	if diff := cmp.Diff([]state.Entry{want}, v.Corrections, unsketched()); diff != "" || v.Unknown != 1 {
		t.Errorf("%+v %s", v, diff)
	}
}

func TestAListingThatShiftedLeadsToNoWrongConclusion(t *testing.T) {
	now := []intercom.ExternalPage{remote("a", "x"), remote("b", "x"), remote("c", "x")}
	l := listed(now...)
	l.says = values(remote("a", "x"), remote("a", "x"), remote("c", "of yesterday")) // b passed over
	v := compare(t, l, sentEntry("a", "x"), sentEntry("b", "x"), sentEntry("c", "x"))
	if len(v.Corrections) != 0 || v.Drift() != 0 {
		t.Errorf("got %+v", v)
	}
}

func TestAVerificationThatCannotBeFinishedSaysSo(t *testing.T) {
	l := listed()
	broken := with(sentEntry("a", "x"), func(e *state.Entry) { e.RemoteID = "" })
	for name, entries := range map[string]iter.Seq2[state.Entry, error]{
		"entries that cannot be read": failing(error(outage), broken),
	} {
		if _, err := verify.Verify(t.Context(), l, verify.Comparison{SourceID: 7, Recorded: entries, Claim: everything, Workers: 3}); !errors.Is(err, outage) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.Verify(ctx, l, verify.Comparison{SourceID: 7, Recorded: values(broken), Claim: everything, Workers: 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("after its end: got %v", err)
	}
}

// What a plan makes of what a verification found.
func TestDriftIsItsOwnReasonInThePlan(t *testing.T) {
	v := compare(t, listed(remote("a", "y"), remote("c", "c"), remote("d", "d"), remote("e", "gone")),
		sentEntry("a", "a"), sentEntry("b", "b"))
	crawled := func(id string) state.Staged {
		return with(page(id, id), func(p *state.Staged) { p.Content = contentHash(remote(id, id)) })
	}
	d := crawled("d")
	d.Content = "another"
	plan := mustPlan(t, ingest.Inputs{
		Coverage: crawler.Coverage{Complete: true}, Entries: values(v.Corrections...),
		Pages: values(crawled("a"), crawled("b"), crawled("c"), d),
	})
	var got []string
	for _, c := range plan.Changes {
		got = append(got, string(c.Action)+" "+c.ExternalID+" "+c.Reason)
	}
	want := []string{
		"~ a drift: edited in Intercom",
		"+ b drift: deleted in Intercom",
		"= c as Intercom has it",
		"~ d drift: in Intercom, but not known to the state file",
		"- e drift: in Intercom, but not known to the state file; nothing leads to its URL any more",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}

	// The library is mended, and what needs no sending is only recorded.
	lib, led := newLibrary(), newLedger(v.Corrections...)
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, texts{"a": "a", "b": "b", "d": "d"})); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range led.sorted() {
		ids = append(ids, e.ExternalID)
		if e.Drift != "" || e.Hash != e.ExternalID || e.Remote == "" {
			t.Errorf("recorded: %+v", e)
		}
	}
	if !slices.Equal(ids, []string{"a", "b", "c", "d"}) || lib.calls != 4 {
		t.Errorf("%d calls, recorded %v", lib.calls, ids)
	}
}

func TestHowIntercomWritesHTMLIsNoDrift(t *testing.T) {
	lib, led := newLibrary(), newLedger()
	lib.writes = func(html string) string { return html + "<!-- seen -->" }
	pages := []state.Staged{page("a", "x")}
	plan := mustPlan(t, ingest.Inputs{Coverage: complete, Pages: values(pages...), Entries: led.Entries()})
	if _, err := ingest.Apply(t.Context(), plan, target(lib, led, textsOf(pages))); err != nil {
		t.Fatal(err)
	}
	v := compare(t, listed(with(remote("a", "x"), func(p *intercom.ExternalPage) { p.HTML += "<!-- seen -->" })), led.sorted()...)
	if v.Drift() != 0 {
		t.Errorf("got %+v", v)
	}
}
