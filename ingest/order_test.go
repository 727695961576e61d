package ingest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// said are sentences by their letters: a text "abc" says three.
func said(text string) string {
	var all []string
	for _, letter := range text {
		all = append(all, fmt.Sprintf("This is the sentence that is called %c.", letter))
	}
	return strings.Join(all, "\n")
}

// bothOf gives the texts of pages as crawled, whose hashes are what [said] makes sentences
// of, and those that were sent.
func bothOf(pages []state.Staged, sent map[string]string) func(string) (string, string, error) {
	crawled := map[string]string{}
	for _, p := range pages {
		crawled[p.ExternalID] = said(p.Hash)
	}
	return func(id string) (string, string, error) { return said(sent[id]), crawled[id], nil }
}

// hashes are what entries stand for.
func hashes(entries []state.Entry) map[string]string {
	of := map[string]string{}
	for _, e := range entries {
		of[e.ExternalID] = e.Hash
	}
	return of
}

func TestWhatTakesTextAwayAwaitsWhatIsToHaveIt(t *testing.T) {
	at := func(id, where string) state.Entry {
		return with(entry(id, "abc"), func(e *state.Entry) { e.URL = address(where) })
	}
	for _, test := range []struct {
		name    string
		pages   []state.Staged
		entries []state.Entry
		ends    map[string]ended
		mute    bool // nothing is known of the texts
		want    []string
	}{
		{name: "a page that becomes split", pages: []state.Staged{page("a", "a"), page("a#b", "b"), page("a#c", "c")}, entries: []state.Entry{entry("a", "abc")},
			want: []string{"~ a awaits a#b a#c", "+ a#b", "+ a#c"}},
		{name: "whatever is known of its text", mute: true, pages: []state.Staged{page("a", "a"), page("a#b", "b")}, entries: []state.Entry{entry("a", "abc")},
			want: []string{"~ a awaits a#b", "+ a#b"}},
		{name: "a page that is edited as it becomes split", pages: []state.Staged{page("a", "x"), page("a#b", "y"), page("a#c", "z")}, entries: []state.Entry{entry("a", "abc")},
			want: []string{"~ a awaits a#b a#c", "+ a#b", "+ a#c"}},
		{name: "a part that is split further", pages: []state.Staged{page("a", "a"), page("a#b", "b"), page("a#c", "c")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "bc")},
			want: []string{"= a", "~ a#b awaits a#c", "+ a#c"}},
		{name: "a page that is whole again", pages: []state.Staged{page("a", "abc")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "b"), entry("a#c", "c")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}}, want: []string{"~ a", "- a#b awaits a", "- a#c awaits a"}},
		{name: "a section under another heading", pages: []state.Staged{page("a", "a"), page("a#d", "b")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "b")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}}, want: []string{"= a", "- a#b awaits a#d", "+ a#d"}},
		{name: "a section that moves to another part", pages: []state.Staged{page("a", "ac"), page("a#b", "b")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "bc")},
			want: []string{"~ a", "~ a#b awaits a"}},
		{name: "parts that exchange text", pages: []state.Staged{page("a", "a"), page("a#b", "c"), page("a#c", "b")}, entries: []state.Entry{entry("a", "a"), entry("a#b", "b"), entry("a#c", "c")},
			want: []string{"= a", "~ a#b carries a#c", "~ a#c awaits a#b"}},
		{name: "pages that hand text round", pages: []state.Staged{page("a", "b"), page("b", "c"), page("c", "ad")}, entries: []state.Entry{entry("a", "a"), entry("b", "bd"), entry("c", "c")},
			want: []string{"~ a carries b c", "~ b awaits a", "~ c awaits a"}},
		{name: "a text that moves to another page", pages: []state.Staged{page("a", "a"), page("b", "b")}, entries: []state.Entry{entry("a", "ab")},
			want: []string{"~ a awaits b", "+ b"}},
		{name: "a page that goes into another", pages: []state.Staged{page("a", "ab")}, entries: []state.Entry{entry("a", "a"), entry("b", "b")},
			ends: map[string]ended{address("b"): {crawler.Gone, ""}}, want: []string{"~ a", "- b awaits a"}},
		{name: "a page that redirects to another", pages: []state.Staged{page("a", "x")}, entries: []state.Entry{entry("a", "a"), entry("b", "b")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}, address("b"): {crawler.Redirected, address("a")}}, want: []string{"~ a", "- b awaits a"}},
		{name: "by a detour", pages: []state.Staged{page("a", "x"), page("a#y", "y")}, entries: []state.Entry{entry("b", "b")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}, address("b"): {crawler.Redirected, address("c")}, address("c"): {crawler.Duplicate, address("a")}},
			want: []string{"+ a", "+ a#y", "- b awaits a a#y"}},
		{name: "to one that did not change", pages: []state.Staged{page("a", "a")}, entries: []state.Entry{entry("a", "a"), entry("b", "b")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}, address("b"): {crawler.Redirected, address("a")}}, want: []string{"= a", "- b"}},
		{name: "a page with another identity", pages: []state.Staged{with(page("id-7", "x"), func(p *state.Staged) { p.URL = address("a") })}, entries: []state.Entry{at("a", "a")},
			ends: map[string]ended{address("a"): {crawler.Paged, ""}}, want: []string{"- a awaits id-7", "+ id-7"}},
		{name: "none of what is not related", pages: []state.Staged{page("a", "a"), page("b", "x"), page("c", "y")}, entries: []state.Entry{entry("a", "ab"), entry("c", "c"), entry("d", "d")},
			ends: map[string]ended{address("d"): {crawler.Gone, ""}}, want: []string{"~ a", "+ b", "~ c", "- d"}},
		{name: "what every page loses is no evidence", pages: []state.Staged{page("a", "a"), page("b", "b"), page("c", "c"), page("d", "d"), page("e", "e"), page("f", "ft")},
			entries: []state.Entry{entry("a", "at"), entry("b", "bt"), entry("c", "ct"), entry("d", "dt"), entry("e", "et")},
			want:    []string{"~ a", "~ b", "~ c", "~ d", "~ e", "+ f"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := ingest.Inputs{Coverage: complete, Pages: values(test.pages...), Entries: values(test.entries...), Outcome: outcomes(test.ends),
				Texts: bothOf(test.pages, hashes(test.entries))}
			if test.mute {
				in.Texts = nil
			}
			var got []string
			for _, c := range mustPlan(t, in).Changes {
				line := fmt.Sprintf("%s %s", c.Action, c.ExternalID)
				if len(c.Awaits) > 0 {
					line += " awaits " + strings.Join(c.Awaits, " ")
				}
				if len(c.Carries) > 0 {
					line += " carries " + strings.Join(c.Carries, " ")
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What awaits a page that a guard holds is held with it, whatever is between them.
func TestWhatTakesTextAwayIsHeldWithWhatIsToHaveIt(t *testing.T) {
	large := func(p *state.Staged) { p.Size = 2 << 20 }
	for _, test := range []struct {
		name    string
		pages   []state.Staged
		entries []state.Entry
		want    []string
	}{
		{"a page that becomes split", []state.Staged{page("a", "a"), with(page("a#b", "b"), large), page("a#c", "c")}, []state.Entry{entry("a", "abc")},
			[]string{"? a whole-page", "? a#b size", "+ a#c"}},
		{"a chain", []state.Staged{page("a", "a"), page("b", "b"), with(page("c", "c"), large)}, []state.Entry{entry("a", "ab"), entry("b", "c")},
			[]string{"? a whole-page", "? b whole-page", "? c size"}},
		{"an exchange", []state.Staged{page("a", "b"), with(page("b", "a"), large)}, []state.Entry{entry("a", "a"), entry("b", "b")},
			[]string{"? a whole-page", "? b size"}},
		{"a page that did not change itself, but must not lose its parts",
			[]state.Staged{with(page("a", "a"), func(p *state.Staged) {
				p.Findings = state.KeepFindings([]state.Finding{{Kind: "credential", Rule: "token", Action: "hold"}})
			})}, []state.Entry{entry("a", "a"), entry("a#b", "b")}, []string{"? a secret", "? a#b whole-page"}},
		{"after a refusal", []state.Staged{page("a", "a"), page("a#b", "b")}, []state.Entry{entry("a", "ab"), {ExternalID: "a#b", URL: address("a#b"), Refused: &state.Refusal{Hash: "b"}}},
			[]string{"? a whole-page", "? a#b refused"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := policy.Apply(mustPlan(t, ingest.Inputs{Coverage: complete, Pages: values(test.pages...), Entries: values(test.entries...),
				Outcome: outcomes(map[string]ended{address("a"): {crawler.Paged, ""}}), Texts: bothOf(test.pages, hashes(test.entries))}))
			if diff := cmp.Diff(test.want, did(plan)); diff != "" {
				t.Error(diff)
			}
			if held := plan.HeldBack() + plan.Resting(); held != 1 {
				t.Errorf("%d changes are held for a reason of their own, want 1", held)
			}
		})
	}
}

// tearing is a library that looks after each call whether it has all sentences still that
// it had and that the site has.
type tearing struct {
	*library
	must string // letters
	torn string // the first time that one was missing
}

func (l *tearing) look(call string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, letter := range l.must {
		if l.torn == "" && !l.says(letter) {
			l.torn = fmt.Sprintf("after %s, %c is missing", call, letter)
		}
	}
}

func (l *tearing) says(letter rune) bool {
	for _, p := range l.pages {
		if strings.Contains(p.HTML, said(string(letter))) {
			return true
		}
	}
	return false
}

func (l *tearing) UpsertPage(ctx context.Context, p intercom.PageRequest) (intercom.ExternalPage, error) {
	page, err := l.library.UpsertPage(ctx, p)
	l.look(fmt.Sprintf("an upsert of %s (%v) with %s", p.ExternalID, err, p.HTML))
	return page, err
}

func (l *tearing) DeletePage(ctx context.Context, id string) error {
	err := l.library.DeletePage(ctx, id)
	l.look("a delete of " + id)
	return err
}

// remembering is a ledger that keeps the texts that were acknowledged.
type remembering struct {
	*ledger
	sent, crawled map[string]string
}

func (l *remembering) Acknowledge(source string, e state.Entry, others ...string) error {
	l.mu.Lock()
	l.sent[e.ExternalID] = l.crawled[e.ExternalID]
	for _, id := range others {
		l.sent[e.ExternalID] += l.crawled[id]
	}
	l.mu.Unlock()
	return l.ledger.Acknowledge(source, e)
}

func (l *remembering) Forget(source, id string) error {
	l.mu.Lock()
	delete(l.sent, id)
	l.mu.Unlock()
	return l.ledger.Forget(source, id)
}

// sayings are staged bodies that say what their pages' hashes stand for.
type sayings []state.Staged

func (s sayings) HTML(id string) (string, bool, error) {
	for _, p := range s {
		if p.ExternalID == id {
			return said(p.Hash), true, nil
		}
	}
	return "", false, nil
}

// Promise 10: however sentences move about between pages and parts, with whatever calls
// refused or failing, and the run ended at any of them, the library has each that it had
// and that the site has, after each call; and once nothing fails, it equals the site.
func TestTextIsNeverTorn(t *testing.T) {
	const letters = "abcdefgh"
	ids := []string{"p", "p#1", "p#2", "p#3", "q", "q#1", "r"}
	scatter := func(r *rapid.T, all string, without bool) map[string]string {
		site := map[string]string{"stays": "z"}
		for _, letter := range all {
			if without && rapid.IntRange(0, 9).Draw(r, "left out") == 0 {
				continue
			}
			id := rapid.SampledFrom(ids).Draw(r, "page")
			site[id] += string(letter)
		}
		for id := range site {
			if whole, _, _ := strings.Cut(id, "#"); site[whole] == "" {
				site[whole] = "z" // a page that has parts is there itself
			}
		}
		return site
	}
	staged := func(site map[string]string) (pages []state.Staged) {
		for _, id := range slices.Sorted(maps.Keys(site)) {
			pages = append(pages, page(id, site[id]))
		}
		return pages
	}
	rapid.Check(t, func(r *rapid.T) {
		lib, led := &tearing{library: newLibrary()}, &remembering{ledger: newLedger(), sent: map[string]string{}}
		run := func(pages []state.Staged, ctx context.Context) error {
			led.crawled = map[string]string{}
			for _, p := range pages {
				led.crawled[p.ExternalID] = p.Hash
			}
			ends := map[string]ended{}
			for _, whole := range []string{"p", "q", "r"} {
				ends[address(whole)] = ended{crawler.Gone, ""}
			}
			for _, p := range pages {
				ends[p.URL] = ended{crawler.Paged, ""}
			}
			plan, err := ingest.NewPlan(ingest.Inputs{Coverage: complete, Pages: values(pages...), Entries: led.Entries(), Outcome: outcomes(ends),
				Texts: bothOf(pages, led.sent)})
			if err != nil {
				r.Fatal(err)
			}
			for _, c := range plan.Changes {
				r.Logf("%s %s, which has %q, awaits %q, carries %q", c.Action, c.ExternalID, led.sent[c.ExternalID], c.Awaits, c.Carries)
			}
			to := target(lib, led, sayings(pages))
			to.Workers = rapid.SampledFrom([]int{1, 3}).Draw(r, "workers")
			_, err = ingest.Apply(ctx, ingest.Policy{ConfirmRuns: 2, MaxCount: 100, MaxShare: 1}.Apply(plan), to)
			return err
		}
		before := scatter(r, letters, false)
		if err := run(staged(before), t.Context()); err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(r, "runs") {
			now := scatter(r, letters, true)
			lib.must = ""
			for _, letter := range strings.Join(slices.Collect(maps.Values(now)), "") {
				if lib.says(letter) && letter != 'z' {
					lib.must += string(letter)
				}
			}
			bad := map[string]error{}
			for _, id := range ids {
				switch rapid.SampledFrom([]string{"", "", "", "refused", "fails"}).Draw(r, id) {
				case "refused":
					bad[id] = refusal
				case "fails":
					bad[id], bad["remote-"+id] = outage, outage
				}
			}
			ctx, interrupt := context.WithCancel(t.Context())
			end := lib.calls + rapid.IntRange(1, 20).Draw(r, "end")
			lib.fault = func(call int, id string) error {
				if call == end {
					interrupt()
				}
				return bad[id]
			}
			r.Logf("now %v, %v fail, ends at %d", now, bad, end-lib.calls)
			_ = run(staged(now), ctx)
			interrupt()
			lib.fault = nil
			before = now
			if lib.torn != "" {
				r.Fatal(lib.torn)
			}
		}
		// What was refused rests until it changes.
		for id := range before {
			before[id] += "y"
		}
		for range 2 {
			if err := run(staged(before), t.Context()); err != nil {
				r.Fatal(err)
			}
		}
		got := map[string]string{}
		for _, p := range lib.pages {
			got[p.ExternalID] = p.HTML
		}
		want := map[string]string{}
		for id, text := range before {
			want[id] = said(text)
		}
		if diff := cmp.Diff(want, got); diff != "" || lib.torn != "" {
			r.Errorf("%s\n%s", lib.torn, diff)
		}
	})
}

// After a lost state, what a page loses is known by its sketch alone: it awaits the new page
// that gets it all the same.
func TestAPageThatIsDividedAfterALostStateAwaitsItsOtherHalf(t *testing.T) {
	half := func(n int) string {
		return strings.ReplaceAll("In part N the wheel N is fitted on axle N, and bolt N goes through hole N of frame N before lamp N may be lit.", "N", fmt.Sprint(n))
	}
	whole := with(entry("a", ""), func(e *state.Entry) { e.Remote, e.Sketch = "r", sketch.OfMarkdown(half(1)+" "+half(2)) })
	crawled := map[string]string{"a": half(1), "b": half(2), "c": half(3)}
	var pages []state.Staged
	for _, id := range []string{"a", "b", "c"} {
		pages = append(pages, page(id, id))
	}
	plan := mustPlan(t, ingest.Inputs{Coverage: complete, Entries: values(whole), Pages: values(pages...),
		Texts: func(id string) (string, string, error) { return "", crawled[id], nil }})
	if got := plan.Changes[0].Awaits; !slices.Equal(got, []string{"b"}) {
		t.Errorf("awaits %v", got)
	}
}
