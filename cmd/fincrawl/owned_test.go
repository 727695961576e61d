package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// foreign puts a page of another tool into the import source of the world's source, and
// returns it as it is there.
func (w *world) foreign(externalID, url string) intercom.ExternalPage {
	w.Helper()
	p, err := w.client().UpsertPage(w.Context(), intercom.PageRequest{
		Title: "Of another tool", HTML: "<p>Not fincrawl's.</p>", Locale: "en", SourceID: w.box.Sources()[0].ID, ExternalID: externalID, URL: url,
		AIAgentAvailability: true,
	})
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// wantUntouched fails where a page of another tool is not as it was.
func (w *world) wantUntouched(pages ...intercom.ExternalPage) {
	w.Helper()
	for _, p := range pages {
		now, err := w.client().ExternalPage(w.Context(), p.ID)
		if err != nil || now.HTML != p.HTML || now.Title != p.Title || now.URL != p.URL {
			w.Errorf("%s at %s is %+v, %v", p.ExternalID, p.URL, now, err)
		}
	}
}

// Whatever else is in the import source is named, and never touched: night after night,
// with a state file and without.
func TestPagesOfAnotherToolAreNeverTouched(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"known": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "    exclude: [/private/**]\n", articles...)
			w.fincrawl(exitDone, "sync")
			theirs := []intercom.ExternalPage{
				w.foreign("https://help.example.org/faq", "https://help.example.org/faq"),
				w.foreign("kb-17", "https://help.example.org/kb/17"),
				w.foreign("kb-18", w.site.URL("/a1")),                                     // about a page of ours
				w.foreign("kb-19", ""),                                                    // nowhere
				w.foreign(w.site.URL("/private/x"), w.site.URL("/private/x")),             // of this site, beyond our scope
				w.foreign(w.site.URL("/a3?utm_source=x"), w.site.URL("/a3?utm_source=x")), // as no crawl writes it
			}
			if lose {
				w.lose("fincrawl.db")
			}
			for range 4 {
				run := w.fincrawl(exitDone, "sync", "--verify")
				w.wantActions(run)
				if f := run.Sources[0].Foreign; f.Pages != len(theirs) || len(f.First) == 0 {
					t.Errorf("foreign: %+v", f)
				}
				w.wantUntouched(theirs...)
			}
			_, out, _ := w.execute(t.Context(), "sync")
			if said := strings.Join(strings.Fields(out), " "); !strings.Contains(said, "6 pages in the import source that fincrawl did not bring there") ||
				!strings.Contains(said, "Of another tool") {
				t.Errorf("the report says\n%s", out)
			}
		})
	}
}

// After a lost state a page is ours that a crawl has seen, or that answers 404. Others that
// look like ours stay, and are named as held.
func TestAfterALostStateAPageGoesOnlyOnceItIsProvedOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	gone := w.foreign(w.site.URL("/gone"), w.site.URL("/gone"))
	there := w.foreign(w.site.URL("/hidden"), w.site.URL("/hidden"))
	w.site.Page("/hidden", testsite.Page{Robots: "noindex", Text: "Not for search engines."})
	w.lose("fincrawl.db")
	for range 3 {
		run := w.fincrawl(exitHeld, "sync", "--verify", "--strict")
		for _, c := range run.Sources[0].Plan.Changes {
			if c.ExternalID == there.ExternalID && (c.Action != ingest.Held || c.Guard != ingest.GuardOwnership) {
				t.Errorf("got %+v", c)
			}
		}
		w.wantUntouched(there)
	}
	if _, err := w.client().ExternalPage(t.Context(), gone.ID); err == nil {
		t.Error("/gone is there still, although it answers 404")
	}
}

// A page of another tool that has the very external ID of a page of ours is not updated
// with our text.
func TestAPageOfAnotherToolWithOurExternalIDIsNotOverwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    content: {external_id: {regex: '/a([0-9]+)$'}}\n", articles...)
	w.fincrawl(exitDone, "sync")
	theirs := w.foreign("77", "https://help.example.org/kb/77")
	w.site.Pages("/a77")
	w.site.Page("/", testsite.Page{Links: append(articles, "/a77")})
	for range 3 {
		run := w.fincrawl(exitHeld, "sync", "--strict")
		w.wantActions(run, "? 77")
		w.wantUntouched(theirs)
	}
	// Whose page it is, no approval changes.
	_, out, _ := w.execute(t.Context(), "approve", w.site.URL("/a77"))
	if !strings.Contains(out, "no approval lets go of") {
		t.Errorf("approve says\n%s", out)
	}
	w.fincrawl(exitHeld, "sync", "--strict")
	w.wantUntouched(theirs)
	w.must("adopt", "wiki", "--yes")
	w.fincrawl(exitDone, "sync")
	if p, err := w.client().ExternalPage(t.Context(), theirs.ID); err != nil || p.URL != w.site.URL("/a77") {
		t.Errorf("after it was taken over: %+v, %v", p, err)
	}
}

// Two first runs at the same moment, each with a state file of its own, end with one import
// source that has everything once.
func TestTwoFirstRunsAtOnceShareAnImportSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	other := &world{T: t, site: w.site, box: w.box, server: w.server, boxURL: w.boxURL, dir: t.TempDir()}
	other.write("token", worldToken)
	other.configure(other.source("wiki", w.site, "https://wiki.example.com/", ""))
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/content_import_sources" {
			w.fault.Store(nil)
			w.box.AddSource("https://Wiki.example.com", "api") // the other one's, a moment before
		}
		next.ServeHTTP(rw, r)
	})
	_, _, logs := w.execute(t.Context(), "sync")
	if !strings.Contains(logs, "of another process is used") {
		t.Errorf("not said:\n%s", logs)
	}
	other.fincrawl(exitDone, "sync")
	if n := len(w.box.Sources()); n != 1 {
		t.Errorf("%d import sources", n)
	}
	w.wantLibrary(allPages()...)
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// Every run says where the library has another import source for the same URL.
func TestAnotherImportSourceForTheURLIsNamedByEveryRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	other := w.box.AddSource("https://wiki.example.com/", "automatic")
	for range 2 {
		run := w.fincrawl(exitDone, "sync")
		if got := run.Sources[0].ImportSource.Namesakes; len(got) != 1 || got[0] != other.ID {
			t.Errorf("namesakes %v", got)
		}
	}
	_, out, _ := w.execute(t.Context(), "sync")
	if said := strings.Join(strings.Fields(out), " "); !strings.Contains(said, "another import source with this URL (34)") {
		t.Errorf("the report says\n%s", out)
	}
}

// An audience that is unknown is said to be that, and not taken for an import source that
// was deleted.
func TestAnUnknownAudienceIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    audience_ids: [9]\n"))
	if err := w.box.AddFaults(sandbox.Fault{Kind: "audience", Method: http.MethodPut}); err != nil {
		t.Fatal(err)
	}
	code, out, logs := w.execute(t.Context(), "sync")
	if code == exitDone || !strings.Contains(out+logs, "check audience_ids") || strings.Contains(out+logs, "deleted in Intercom") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	if n := len(w.box.Sources()); n != 1 {
		t.Errorf("%d import sources", n)
	}
}
