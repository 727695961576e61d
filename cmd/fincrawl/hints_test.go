package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// validated is a world whose site tells what has changed, as a web server for files does.
type validated struct {
	*world
	mu    sync.Mutex
	texts map[string]string
	links map[string][]string
	at    map[string]time.Time
	etags map[string]string // "-" for none; by default one of the text
	sent  map[string]int    // how often a page was answered with its body
}

// newValidated makes a site with a start page that links to /a1, which links to /a2,
// and so on, so that a page is found only if the links of the one before are.
func newValidated(t *testing.T, fetch string, n int) *validated {
	w := &validated{world: newWorld(t, ""), texts: map[string]string{}, links: map[string][]string{},
		at: map[string]time.Time{}, etags: map[string]string{}, sent: map[string]int{}}
	w.fetchWith(fetch, "")
	w.put("/", "Where it starts.", "/a1")
	for i := 1; i <= n; i++ {
		next := []string{fmt.Sprintf("/a%d", i+1)}
		if i == n {
			next = nil
		}
		w.put(fmt.Sprintf("/a%d", i), fmt.Sprintf("What page %d has to say.", i), next...)
	}
	return w
}

func (w *validated) fetchWith(fetch, settings string) {
	w.configure(strings.Replace(w.source("wiki", w.site, "https://wiki.example.com", settings), "{rate: unlimited", "{rate: unlimited"+fetch, 1))
}

// put puts a page at a path, or changes it.
func (w *validated) put(path, text string, links ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts[path], w.links[path] = text, links
	w.at[path] = time.Date(2026, 1, 1, 0, 0, len(w.at), 0, time.UTC)
	w.site.Handle(path, func(rw http.ResponseWriter, r *http.Request) { w.serve(rw, r, path) })
}

func (w *validated) serve(rw http.ResponseWriter, r *http.Request, path string) {
	w.mu.Lock()
	var page strings.Builder
	fmt.Fprintf(&page, "<title>Page %s</title><main><h1>Page %s</h1><p>%s</p><aside class=note>A note on %s.</aside></main>", path, path, w.texts[path], path)
	for _, link := range w.links[path] {
		fmt.Fprintf(&page, "<a href=%q>on</a>", link)
	}
	etag, at := w.etags[path], w.at[path]
	w.mu.Unlock()
	if etag == "" {
		etag = fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(page.String())))
	}
	if etag != "-" {
		rw.Header().Set("ETag", etag)
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	counted := &bodies{ResponseWriter: rw}
	http.ServeContent(counted, r, "", at, strings.NewReader(page.String()))
	if counted.any {
		w.mu.Lock()
		w.sent[path]++
		w.mu.Unlock()
	}
}

// bodies notices whether an answer has a body.
type bodies struct {
	http.ResponseWriter
	any bool
}

func (b *bodies) Write(p []byte) (int, error) {
	b.any = b.any || len(p) > 0
	return b.ResponseWriter.Write(p)
}

// bodiesOf returns which pages were sent with their body while do ran.
func (w *validated) bodiesOf(do func()) (paths []string) {
	w.mu.Lock()
	clear(w.sent)
	w.mu.Unlock()
	do()
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.sent {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func (w *validated) wantBodies(do func(), want ...string) {
	w.Helper()
	if got := w.bodiesOf(do); !slices.Equal(got, want) {
		w.Errorf("bodies of %v, want those of %v", got, want)
	}
}

// all are the paths of the site, sorted.
func (w *validated) all() (paths []string) {
	for path := range w.texts {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

func (w *validated) sync() (run report.Run) {
	w.Helper()
	run = w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	if c := run.Sources[0].Plan.Coverage; !c.Complete || c.Discovered != len(w.texts) {
		w.Errorf("complete: %v; %d of %d pages found: %v", c.Complete, c.Discovered, len(w.texts), c.Outcomes)
	}
	return run
}

// Elastic crawler 105, Onyx 10495: incremental runs.
func TestOnlyWhatChangedIsFetchedAgain(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 20)
	w.sync()
	size := func() int64 {
		info, err := os.Stat(w.path("fincrawl.db"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	var run report.Run
	for range 3 {
		// The start address is always read: it tells whether the login still holds.
		w.wantBodies(func() { run = w.sync() }, "/")
		w.wantActions(run)
		if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.NotModified]; n != 20 {
			t.Errorf("%d not modified, want 20", n)
		}
		if n := len(run.Sources[0].Plan.Changes); n != 21 {
			t.Errorf("%d pages in the plan, want 21", n)
		}
	}
	if after := size(); after != before {
		t.Errorf("unchanged runs made the state file grow from %d to %d bytes", before, after)
	}

	w.put("/a7", "Page 7 has changed.", "/a8", "/new")
	w.put("/new", "A new page.")
	w.wantBodies(func() { run = w.sync() }, "/", "/a7", "/new")
	w.wantActions(run, "~ /a7", "+ /new")
	w.wantBodies(func() { w.sync() }, "/")
}

// The library is not as it was when the page was seen: then its text is wanted.
func TestAPageThatIsNotAsSentIsFetched(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 6)
	w.sync()
	is := w.box.Sources()[0]
	w.call(http.MethodPut, "/ai/external_pages/"+w.page("/a3").ID, fmt.Sprintf(
		`{"title":"By hand","html":"<p>By hand.</p>","url":%q,"fin_availability":true,"source_id":%d,"external_id":%q,"locale":"en"}`,
		w.site.URL("/a3"), is.ID, w.site.URL("/a3")))
	run := w.fincrawl(exitDone, "sync", "--verify")
	w.wantActions(run, "~ /a3")
	if html := w.page("/a3").HTML; !strings.Contains(html, "What page 3 has to say.") {
		t.Errorf("/a3 was not sent again: %s", html)
	}
}

// vectara-ingest PR 350: what was made of a page depends on the settings too.
func TestNothingIsBelievedOnceTheSettingsChange(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 6)
	w.sync()
	for _, settings := range []string{
		"    content: {remove: [.note]}\n",
		"    content: {remove: [.note]}\n    availability: {ai_copilot: false}\n",
		"    content: {remove: [.note]}\n    exclude: [/nothing]\n",
		"",
	} {
		w.fetchWith("", settings)
		w.wantBodies(func() { w.fincrawl(exitDone, "preview") }, w.all()...)
		w.wantBodies(func() { w.sync() }, w.all()...)
		w.wantBodies(func() { w.sync() }, "/")
	}
	w.wantBodies(func() { w.fincrawl(exitDone, "resync") }, w.all()...)
}

func TestAPreviewSaysWhatAChangeOfSettingsDoes(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 9)
	w.sync()
	w.put("/a10", "Without a note, but new.")
	w.put("/a9", "With a link.", "/a10")
	w.sync()
	w.fetchWith("", "    content: {remove: [.note]}\n    exclude: [/a10]\n")
	run := w.fincrawl(exitDone, "preview")
	want := []report.Setting{{Key: "content.remove", After: `[".note"]`}, {Key: "exclude", After: `["/a10"]`}}
	if got := run.Sources[0].Settings; !slices.Equal(got, want) {
		t.Errorf("settings %v, want %v", got, want)
	}
	_, out, _ := w.execute(t.Context(), "preview")
	if !strings.Contains(out, "these settings changed since the last run: 10 of 11 pages change, 1 are no longer found") ||
		!strings.Contains(out, `content.remove: (none) → [".note"]`) {
		t.Errorf("the preview does not say what the settings do:\n%s", out)
	}
	w.fetchWith("", "    content: {remove: [.note]}\n")
	if _, out, _ = w.execute(t.Context(), "preview"); !strings.Contains(out, "content.remove changed since the last run: 11 of 11 pages change") {
		t.Errorf("the preview does not say what the selector does:\n%s", out)
	}
	w.fincrawl(exitDone, "sync")
	if run := w.fincrawl(exitDone, "preview"); run.Sources[0].Settings != nil {
		t.Errorf("the settings are said to have changed since they were used: %v", run.Sources[0].Settings)
	}
}

func TestEachNthRunFetchesEverything(t *testing.T) {
	t.Parallel()
	w := newValidated(t, ", verify_every: 3", 4)
	for run := 1; run <= 9; run++ {
		want := []string{"/"}
		if run%3 == 1 {
			want = w.all()
		}
		w.wantBodies(func() { w.sync() }, want...)
	}
	w.fetchWith(", verify_every: 1", "")
	w.wantBodies(func() { w.sync() }, w.all()...)
}

// Onyx 4567: what proxies say of changes is not always so.
func TestASiteThatWasWrongOnceIsNotBelievedAgain(t *testing.T) {
	t.Parallel()
	for name, etag := range map[string]string{"an ETag that never changes": `"v1"`, "a weak one": `W/"v1"`, "a date that never changes": "-"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newValidated(t, ", verify_every: 3", 4)
			for path := range w.texts {
				w.etags[path] = etag
			}
			w.sync()
			w.mu.Lock()
			w.texts["/a2"] = "Page 2 has changed, and the site does not say so."
			w.mu.Unlock()
			w.wantActions(w.sync())
			w.wantActions(w.sync())
			w.wantActions(w.sync(), "~ /a2") // everything was fetched
			for range 4 {
				w.wantBodies(func() { w.sync() }, w.all()...)
			}
		})
	}
}

func TestAPreviewUsesHintsAndWritesNone(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 5)
	w.sync()
	before := w.read("fincrawl.db")
	w.put("/a2", "Another text.", "/a3")
	w.wantBodies(func() { w.wantActions(w.fincrawl(exitDone, "preview"), "~ /a2") }, "/", "/a2")
	w.wantBodies(func() { w.wantActions(w.fincrawl(exitDone, "preview"), "~ /a2") }, "/", "/a2")
	if !bytes.Equal(before, w.read("fincrawl.db")) {
		t.Error("preview changed the state file")
	}
}

func TestAPageThatIsGoneGoesThoughOthersAreNotFetched(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 6)
	w.sync()
	w.site.Remove("/a6")
	run := w.fincrawl(exitDone, "sync")
	w.wantActions(run, "- /a6")
	// It comes back as it was, and its validators tell nothing of what the library has.
	w.put("/a6", "What page 6 has to say.")
	w.wantActions(w.sync(), "+ /a6")
}

func TestSitemapDatesAreBelievedOnlyWhereConfigured(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 4)
	for path := range w.texts {
		w.etags[path] = "-" // no validators at all
		w.at[path] = time.Time{}
	}
	dates := map[string]string{}
	for path := range w.texts {
		dates[path] = "2026-01-05"
	}
	w.site.Handle("/sitemap.xml", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(rw, "<urlset>")
		for path, date := range dates {
			fmt.Fprintf(rw, "<url><lastmod>%s</lastmod><loc>%s</loc></url>", date, w.site.URL(path))
		}
		fmt.Fprint(rw, "</urlset>")
	})
	w.sync()
	w.wantBodies(func() { w.sync() }, w.all()...)
	w.fetchWith(", trust_lastmod: true", "")
	w.wantBodies(func() { w.sync() }, w.all()...) // nothing was kept to compare dates with
	var run report.Run
	w.site.Forget()
	w.wantBodies(func() { run = w.sync() }, "/")
	if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.NotModified]; n != 4 || w.site.Count("/a3") != 0 {
		t.Errorf("%d not modified; /a3 was asked for %d times", n, w.site.Count("/a3"))
	}
	w.put("/a3", "Page 3 has changed.", "/a4")
	w.at["/a3"], w.etags["/a3"], dates["/a3"] = time.Time{}, "-", time.Now().UTC().Format(time.RFC3339)
	delete(dates, "/a4") // of which nothing is known then
	w.wantBodies(func() { w.wantActions(w.sync(), "~ /a3") }, "/", "/a3", "/a4")
}

// A session that ends unnoticed: the form to log in is a file that has not changed for
// years, and the server says so to whoever asks by date.
func TestAnOldLoginFormIsNoUnchangedPage(t *testing.T) {
	t.Parallel()
	for name, moved := range map[string]bool{"in place of the page": false, "where it redirects to": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newValidated(t, "", 6)
			w.write("password", "secret")
			w.fetchWith("", fmt.Sprintf("    auth: {form: {url: %s, fields: {username: \"file:%s\", password: \"file:%s\"}}}\n",
				w.site.URL("/login"), w.path("password"), w.path("password")))
			sessions := w.site.FormLogin("secret", "secret")
			form := testsite.Form(http.StatusOK)
			old := func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Last-Modified", "Mon, 05 Jan 2015 00:00:00 GMT")
				if since := r.Header.Get("If-Modified-Since"); since != "" {
					rw.WriteHeader(http.StatusNotModified)
					return
				}
				form(rw, r)
			}
			if moved {
				w.site.Handle("/members/login", old)
				w.site.Public("/members/login")
				sessions.Wall(func(rw http.ResponseWriter, r *http.Request) {
					http.Redirect(rw, r, "/members/login", http.StatusFound)
				})
			} else {
				sessions.Wall(old)
			}
			w.fincrawl(exitDone, "sync")
			for i := 1; i <= 6; i++ {
				w.put(fmt.Sprintf("/a%d", i), "Changed behind the login.", fmt.Sprintf("/a%d", i%6+1))
			}
			sessions.Last(4)
			run := w.fincrawl(exitDone, "sync")
			if n := run.Sources[0].Plan.Counts()[ingest.Update]; n != 6 || sessions.Opened() < 3 {
				t.Errorf("%d pages were updated, want 6; %d sessions; %v", n, sessions.Opened(), run.Sources[0].Plan.Coverage)
			}
		})
	}
}
