package main

import (
	"io"
	"net/http"
	"net/http/httptest"
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

// A state file that is whole has all that fincrawl sent: a page that it lacks is another
// tool's, even one that looks just like a page of ours, whether the site answers 404 there
// or has such a page by now.
func TestAPageThatOnlyLooksLikeOursIsForeignWhileTheStateIsWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	theirs := []intercom.ExternalPage{
		w.foreign(w.site.URL("/gone"), w.site.URL("/gone")),
		w.foreign(w.site.URL("/soon"), w.site.URL("/soon")),
	}
	for range 3 {
		run := w.fincrawl(exitDone, "sync", "--verify")
		w.wantActions(run)
		if f := run.Sources[0].Foreign; f.Pages != len(theirs) {
			t.Errorf("foreign: %+v", f)
		}
	}
	w.site.Pages("/soon")
	w.site.Page("/", testsite.Page{Links: append(articles, "/soon")})
	for range 2 {
		w.wantActions(w.fincrawl(exitHeld, "sync", "--strict"), "? /soon")
	}
	w.wantUntouched(theirs...)
	if code, out, logs := w.execute(t.Context(), "adopt", "wiki", w.site.URL("/soon"), "--yes"); code != exitDone {
		t.Fatalf("adopt: %d\n%s\n%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /soon")
	w.wantUntouched(theirs[0])
}

// A page of which Intercom's answer never came is known to be ours, and goes as any other
// that the site lost. Others that came meanwhile are not taken for such pages.
func TestAPageThatWasSentWithoutAnAnswerIsOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.site.Pages("/unheard")
	w.site.Page("/", testsite.Page{Links: append(articles, "/unheard")})
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(rw, r)
	})
	w.fincrawl(exitSomeFailed, "sync")
	w.fault.Store(nil)
	theirs := w.foreign(w.site.URL("/gone"), w.site.URL("/gone"))
	w.wantLibrary(append(allPages(), "/unheard", "/gone")...)
	w.site.Remove("/unheard")
	w.site.Page("/", testsite.Page{Links: articles})
	w.wantActions(w.fincrawl(exitDone, "sync"), "- /unheard")
	w.wantActions(w.fincrawl(exitDone, "sync", "--verify"))
	w.wantUntouched(theirs)
}

// An old copy that was put back lacks pages that were sent since, however it was made. They
// are ours, as after a lost state.
func TestPagesThatWereSentSinceABackupAreOurs(t *testing.T) {
	t.Parallel()
	for name, backUp := range map[string]func(w *world){
		"copied": func(w *world) { w.write("backup.db", string(w.read("fincrawl.db"))) },
		"backed up": func(w *world) {
			if code, _, logs := w.execute(t.Context(), "state", "backup", w.path("backup.db")); code != exitDone {
				t.Fatal(logs)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.set("verify_every: never")
			w.fincrawl(exitDone, "sync")
			backUp(w)
			w.site.Pages("/since", "/lost")
			w.site.Page("/", testsite.Page{Links: append(articles, "/since", "/lost")})
			w.fincrawl(exitDone, "sync")
			w.site.Remove("/lost")
			w.site.Page("/", testsite.Page{Links: append(articles, "/since")})
			w.write("fincrawl.db", string(w.read("backup.db")))
			if name == "backed up" {
				w.lose("fincrawl.db.run") // put back on another machine
			}
			w.wantActions(w.fincrawl(exitDone, "preview"), "- /lost")
			w.wantActions(w.fincrawl(exitDone, "sync"), "- /lost")
			theirs := w.foreign(w.site.URL("/gone"), w.site.URL("/gone"))
			w.wantActions(w.fincrawl(exitDone, "sync", "--verify"))
			w.wantUntouched(theirs)
			w.wantLibrary(append(allPages(), "/since", "/gone")...)
		})
	}
}

// After a lost state, a page whose address leads to one that says what Intercom has of it is
// ours. One that says something else may be anybody's, and a person settles it.
func TestAfterALostStateAPageThatMovedIsOursByItsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/old", "/part", "/whole")
	const text = "How the red engine is started, warmed, driven, stopped and cleaned, in the order in which a beginner has to learn it all."
	const part = "The blue lamp shines while water runs low, blinks when there is none, and goes out once somebody has filled the tank again."
	const whole = "Green handles are turned to the left before anybody opens the box, and to the right after it was closed with both hands."
	w.site.Page("/old", testsite.Page{Text: text})
	w.site.Page("/part", testsite.Page{Text: part})
	w.site.Page("/whole", testsite.Page{Text: whole})
	w.fincrawl(exitDone, "sync")
	theirs := w.foreign(w.site.URL("/theirs"), w.site.URL("/theirs"))
	w.lose("fincrawl.db")
	w.site.Page("/new", testsite.Page{Text: text})
	w.site.Page("/whole", testsite.Page{Text: whole + " " + part})
	w.site.Page("/", testsite.Page{Links: []string{"/new", "/whole"}})
	w.site.Redirect("/old", "/new")
	w.site.Redirect("/part", "/whole")
	w.site.Redirect("/theirs", "/new")
	for range 3 {
		w.fincrawl(exitHeld, "sync", "--strict")
		w.wantUntouched(theirs)
	}
	w.wantLibrary("/", "/old", "/theirs", "/whole") // by their external IDs
	if p := w.page("/old"); p.URL != w.site.URL("/new") {
		t.Errorf("what moved has the URL %s", p.URL)
	}
	if code, out, logs := w.execute(t.Context(), "approve", w.site.URL("/theirs")); code != exitDone {
		t.Fatalf("approve: %d\n%s\n%s", code, out, logs)
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/old", "/whole")
}

// A state file is for one workspace. A token of another one is refused by each command that
// asks Intercom, before anything is changed.
func TestAStateFileOfAnotherWorkspaceIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	if s := w.status(); s.Workspace != "sandbox" {
		t.Errorf("status has the workspace %q", s.Workspace)
	}
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path != "/me" {
			next.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, `{"type":"admin","app":{"id_code":"another","name":"Another"}}`)
	})
	for _, args := range [][]string{{"sync"}, {"resync"}, {"preview"}, {"adopt", "wiki", "--yes"}, {"forget", "wiki", "--yes"}, {"status", "--online"}} {
		if n := w.writes(func() {
			code, out, logs := w.execute(t.Context(), args...)
			said := strings.Join(strings.Fields(out+logs), " ")
			for _, want := range []string{`the token is for the Intercom workspace "another"`, `in workspace "sandbox"`, "name another file as state", "fincrawl forget"} {
				if code != exitFailed || !strings.Contains(strings.ReplaceAll(said, `\"`, `"`), want) {
					t.Errorf("%v: exit code %d without %q\n%s\n%s", args, code, want, out, logs)
				}
			}
		}); n != 0 {
			t.Errorf("%v made %d writes", args, n)
		}
	}

	// An export carries it.
	for _, args := range [][]string{{"state", "export", w.path("all.jsonl")}, {"state", "import", w.path("all.jsonl"), "--force"}} {
		if code, _, logs := w.execute(t.Context(), args...); code != exitDone {
			t.Fatalf("%v: %s", args, logs)
		}
	}
	w.fincrawl(exitFailed, "sync")

	// Once all is forgotten, the file is nobody's.
	w.fault.Store(nil)
	if code, _, logs := w.execute(t.Context(), "forget", "wiki", "--yes"); code != exitDone {
		t.Fatal(logs)
	}
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/me" {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(rw, `{"type":"admin","app":{"id_code":"another","name":"Another"}}`)
			return
		}
		next.ServeHTTP(rw, r)
	})
	w.fincrawl(exitDone, "sync")
	if s := w.status(); s.Workspace != "another" {
		t.Errorf("status has the workspace %q", s.Workspace)
	}
}
