package main

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// client calls the library as somebody else does: a person in Intercom's pages, or
// another app.
func (w *world) client() *intercom.Client {
	return intercom.New(intercom.Config{BaseURL: w.boxURL, Token: worldToken, Version: "2.15", Share: 1})
}

// edit changes a page in the library behind fincrawl's back.
func (w *world) edit(path string, change func(*intercom.PageRequest)) {
	w.Helper()
	p := w.page(path)
	request := intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale, SourceID: p.SourceID, ExternalID: p.ExternalID,
		AIAgentAvailability: p.AIAgentAvailability, AICopilotAvailability: p.AICopilotAvailability,
	}
	change(&request)
	if _, err := w.client().UpsertPage(w.Context(), request); err != nil {
		w.Fatal(err)
	}
}

// drop deletes a page in the library behind fincrawl's back.
func (w *world) drop(path string) {
	w.Helper()
	if err := w.client().DeletePage(w.Context(), w.page(path).ID); err != nil {
		w.Fatal(err)
	}
}

// reasons returns the reasons of the changes of a run's only source by path, without
// those that change nothing.
func (w *world) reasons(run report.Run) map[string]string {
	w.Helper()
	reasons := map[string]string{}
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action != ingest.Unchanged {
			reasons[strings.TrimPrefix(c.ExternalID, w.site.URL(""))] = c.Reason
		}
	}
	return reasons
}

func TestVerifyMendsWhatWasChangedInIntercom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.set("verify_every: never")
	w.fincrawl(exitDone, "sync")
	before := w.pages()

	w.edit("/a1", func(p *intercom.PageRequest) { p.HTML = "<p>Edited by hand.</p>" })
	w.edit("/a2", func(p *intercom.PageRequest) { p.AIAgentAvailability = false })
	w.edit("/a3", func(p *intercom.PageRequest) { p.Title = "My title" })
	w.drop("/a4")
	w.edit("/a5", func(p *intercom.PageRequest) { p.ExternalID = w.site.URL("/old-one") })

	// Without a look nothing is noticed; with one, a preview shows it and touches nothing.
	w.wantActions(w.fincrawl(exitDone, "preview"))
	state := w.read("fincrawl.db")
	preview := w.fincrawl(exitDone, "preview", "--verify")
	if !slices.Equal(state, w.read("fincrawl.db")) {
		t.Error("the preview changed the state file")
	}
	w.wantActions(preview, "~ /a1", "~ /a2", "~ /a3", "+ /a4")

	// A page that somebody else put there stays, although the site answers 404 for it.
	sync := w.fincrawl(exitDone, "sync", "--verify")
	w.wantActions(sync, "~ /a1", "~ /a2", "~ /a3", "+ /a4")
	for path, want := range map[string]string{
		"/a1": "drift: edited in Intercom", "/a4": "drift: deleted in Intercom",
	} {
		if got := w.reasons(sync)[path]; !strings.HasPrefix(got, want) {
			t.Errorf("%s: reason %q, want %q", path, got, want)
		}
	}
	if v := sync.Sources[0].Verification; v == nil || v.Edited != 3 || v.Deleted != 1 || v.Unknown != 0 || v.Foreign.Pages != 1 {
		t.Errorf("verification %+v", v)
	}

	w.wantActions(w.fincrawl(exitDone, "sync"))
	w.wantLibrary(append(allPages(), "/old-one")...)
	for _, p := range before {
		now := w.page(strings.TrimPrefix(p.ExternalID, w.site.URL("")))
		if now.HTML != p.HTML || now.Title != p.Title || now.AIAgentAvailability != p.AIAgentAvailability {
			t.Errorf("%s is %+v, was %+v", p.ExternalID, now, p)
		}
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
		t.Errorf("%d writes though nothing drifted any more", n)
	}
}

func TestDriftIsLookedForAsOftenAsConfigured(t *testing.T) {
	t.Parallel()
	for setting, looks := range map[string][]bool{
		"verify_every: auto":  {true, true, true},
		"verify_every: 3":     {false, false, true, false, false, true},
		"verify_every: never": {false, false, false},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.set(setting)
			w.fincrawl(exitDone, "sync")
			for i, want := range looks {
				if got := w.fincrawl(exitDone, "sync").Sources[0].Verification != nil; got != want {
					t.Errorf("run %d: compared %v, want %v", i+2, got, want)
				}
			}
		})
	}
}

// Norconex 779: wiping the state file lost the ability to delete.
func TestALostStateIsRebuiltWithoutSendingAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.lose("fincrawl.db")
	if n := w.writes(func() { w.fincrawl(exitDone, "preview") }); n != 0 {
		t.Errorf("a preview sent %d writes", n)
	}
	if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync")) }); n != 0 {
		t.Errorf("%d writes for pages that Intercom has as they are", n)
	}
	w.wantLibrary(allPages()...)

	// What changed meanwhile is sent, what is gone goes.
	w.lose("fincrawl.db")
	w.site.Page("/a1", testsite.Page{Text: "Another text."})
	w.site.Remove("/a2")
	run := w.fincrawl(exitDone, "sync")
	w.wantActions(run, "~ /a1", "- /a2")
	w.wantLibrary(slices.DeleteFunc(allPages(), func(p string) bool { return p == "/a2" })...)
}

func TestAnOldBackupIsHealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	backup := w.read("fincrawl.db")

	// After the backup one page came, one changed and changed back, one went and came again.
	w.site.Pages("/new")
	w.site.Page("/", testsite.Page{Links: append(articles, "/new")})
	w.site.Page("/a1", testsite.Page{Text: "For a day."})
	w.site.Remove("/a2")
	w.fincrawl(exitDone, "sync")
	w.site.Pages("/a1", "/a2")
	w.site.Remove("/new")
	w.write("fincrawl.db", string(backup))

	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	if html := w.page("/a1").HTML; strings.Contains(html, "For a day.") {
		t.Errorf("/a1 is still %s", html)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("%d writes by the run after", n)
	}
}

// A page that was made by a run which was cut off, and that the site lost before the
// next one, is nobody's: neither crawled nor recorded.
func TestAPageThatOnlyIntercomKnowsOfIsFoundAfterARunThatWasCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.set("verify_every: never")
	w.fincrawl(exitDone, "sync")
	w.site.Pages("/new")
	w.site.Page("/", testsite.Page{Links: append(articles, "/new")})
	ctx, interrupt := context.WithCancel(t.Context())
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(rw, r)
		if r.Method == http.MethodPost {
			interrupt()
			panic(http.ErrAbortHandler) // committed, and never answered
		}
	})
	w.fincrawlUntil(ctx, exitInterrupted, "sync")
	w.wantLibrary(append(allPages(), "/new")...)

	w.fault.Store(nil)
	w.site.Remove("/new")
	w.site.Page("/", testsite.Page{Links: articles})
	w.fincrawl(exitDone, "sync") // sends what the run that was cut off had read
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	if w.fincrawl(exitDone, "sync").Sources[0].Verification != nil {
		t.Error("compared again though all had been well")
	}
}

func TestAComparisonThatFailsIsMadeUpFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.set("verify_every: never")
	w.fincrawl(exitDone, "sync")
	w.drop("/a1")
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodGet && r.URL.Path == "/ai/external_pages" {
			http.Error(rw, "<html>no</html>", http.StatusBadRequest)
			return
		}
		next.ServeHTTP(rw, r)
	})
	run := w.fincrawl(exitDone, "sync", "--verify")
	if v := run.Sources[0].Verification; v == nil || v.Error == "" {
		t.Errorf("verification %+v", v)
	}
	w.fault.Store(nil)
	w.wantActions(w.fincrawl(exitDone, "sync"), "+ /a1")
	w.wantLibrary(allPages()...)
}

// set adds a line to intercom in sources.yaml.
func (w *world) set(line string) {
	w.intercom = line
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""))
}

// interfere puts f between fincrawl and the library.
func (w *world) interfere(f fault) { w.fault.Store(&f) }

func (w *world) lose(name string) {
	w.Helper()
	if err := os.Remove(w.path(name)); err != nil {
		w.Fatal(err)
	}
}

// A page that is in Intercom twice is answered from twice, and only one of the two is kept
// up to date: the other one goes, under the guards, whichever of them the state knows.
func TestAPageThatIsThereTwiceIsCleanedUp(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"known": false, "adopted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "    deletes: {max_count: 1}\n", articles...)
			w.fincrawl(exitDone, "sync")
			known := w.page("/a1").ID
			w.twin("/a1")
			if lose {
				w.lose("fincrawl.db")
			}
			preview := w.fincrawl(exitDone, "preview", "--verify")
			w.wantActions(preview, "- /a1")
			w.checkSums(preview)
			run := w.fincrawl(exitDone, "sync", "--verify")
			w.wantActions(run, "- /a1")
			w.checkSums(run)
			if c := run.Sources[0].Plan.Changes; !slices.ContainsFunc(c, func(c ingest.Change) bool { return c.Surplus && strings.HasPrefix(c.Reason, "surplus: ") }) {
				t.Errorf("not said: %+v", c)
			}
			w.wantLibrary(allPages()...)
			if got := w.page("/a1").ID; got != known {
				t.Errorf("kept is %s, want %s", got, known)
			}
			if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
				t.Errorf("the run after sent %d writes", n)
			}

			// Too many at once are held, and named by each run until somebody agrees.
			w.twin("/a2")
			w.twin("/a3")
			w.wantActions(w.fincrawl(exitHeld, "sync", "--verify"), "? /a2", "? /a3")
			_, out, _ := w.execute(t.Context(), "sync")
			if said := strings.Join(strings.Fields(out), " "); !strings.Contains(said, "2 there twice") || !strings.Contains(said, "would delete: surplus: page") {
				t.Errorf("the report says\n%s", out)
			}
			w.fincrawl(exitDone, "sync", "--allow-deletes", "2")
			w.wantLibrary(allPages()...)
		})
	}
}

// twin makes a second page of one in the library, as another client may that sends the
// same page in the same moment.
func (w *world) twin(path string) {
	w.Helper()
	if err := w.box.AddFaults(sandbox.Fault{Kind: "twins", Next: 1}); err != nil {
		w.Fatal(err)
	}
	w.edit(path, func(*intercom.PageRequest) {})
}

// A preview that compares works on a copy of what is recorded, which must lack nothing
// that a plan is made of, such as the texts that were sent.
func TestAPreviewThatComparesPlansWhatASyncDoes(t *testing.T) {
	t.Parallel()
	long := func(p string) testsite.Page {
		return testsite.Page{Text: strings.Repeat("What there is to know of "+p+". ", 40)}
	}
	w := newWorld(t, "", "/moves", "/shrinks", "/stays")
	for _, p := range []string{"/moves", "/shrinks", "/stays"} {
		w.site.Page(p, long(p))
	}
	w.fincrawl(exitDone, "sync")
	w.site.Page("/", testsite.Page{Links: []string{"/moved", "/shrinks", "/stays"}})
	w.site.Remove("/moves")
	w.site.Page("/moved", testsite.Page{Title: "Page /moves", Text: strings.Repeat("What there is to know of /moves. ", 40)})
	w.site.Page("/shrinks", testsite.Page{Text: "Soon more of this."})
	w.edit("/stays", func(p *intercom.PageRequest) { p.HTML += "<p>By hand.</p>" })
	want := []string{"~ /moves", "? /shrinks", "~ /stays"}
	w.wantActions(w.fincrawl(exitHeld, "preview", "--verify"), want...)
	w.wantActions(w.fincrawl(exitHeld, "sync", "--verify"), want...)
}
