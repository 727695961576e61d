package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// The promises of the design, each on the whole program.

var articles = []string{
	"/a1", "/a2", "/a3", "/a4", "/a5", "/a6", "/a7", "/a8", "/a9", "/a10",
	"/a11", "/a12", "/a13", "/a14", "/a15", "/a16", "/a17", "/a18", "/a19", "/a20",
}

func allPages() []string { return append([]string{"/"}, articles...) }

// Promise 1, against the ways in which tools like this one deleted what still
// existed; the references are those of the design's list of incidents.
func TestNoFailureDeletes(t *testing.T) {
	t.Parallel()
	faults := map[string]func(*world){
		"a page times out or breaks off (Norconex 126)": func(w *world) { w.site.FailAlways("/a3", testsite.Hangup) },
		"one 403 on a listing (vectara-ingest PR 338)":  func(w *world) { w.site.FailAlways("/", testsite.Status(403)) },
		"the start page is down (Norconex 98, 792)":     func(w *world) { w.site.FailAlways("/", testsite.Status(503)) },
		"every page is down": func(w *world) {
			for _, p := range allPages() {
				w.site.FailAlways(p, testsite.Status(500))
			}
		},
		"robots.txt answers 500": func(w *world) { w.site.FailAlways("/robots.txt", testsite.Status(500)) },
		"the site is unreachable": func(w *world) {
			w.site.Close()
		},
		"a half listing": func(w *world) {
			w.site.Page("/", testsite.Page{Links: []string{"/a1", "/more"}})
			w.site.FailAlways("/more", testsite.Status(502))
		},
		"an empty start page (Elastic crawler 381)": func(w *world) { w.site.Page("/", testsite.Page{Body: " "}) },
		"every page is a login form with status 200": func(w *world) {
			for _, p := range allPages() {
				w.site.Handle(p, testsite.Form(http.StatusOK))
			}
		},
		"pages turn blank": func(w *world) {
			for _, p := range articles {
				w.site.Page(p, testsite.Page{Body: "<nav>menu</nav>"})
			}
		},
		"a broken page, cut off": func(w *world) {
			w.site.Page("/a2", testsite.Page{})
			w.site.Fail("/a2", slices.Repeat([]testsite.Fault{testsite.CutOff}, 9)...)
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.fincrawl(exitDone, "sync")
			w.wantLibrary(allPages()...)
			before := w.pages()
			fault(w)
			for range 3 {
				_, out, _ := w.execute(t.Context(), "sync", "--json")
				w.wantLibrary(allPages()...)
				for i, p := range w.pages() {
					if p.HTML == "" || before[i].HTML != "" && len(p.HTML) < len(before[i].HTML)/2 {
						t.Errorf("%s was blanked by\n%s", p.ExternalID, out)
					}
				}
			}
		})
	}
}

func TestWhatIsGoneGoes(t *testing.T) {
	t.Parallel()

	t.Run("at once where its own URL answers 404", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		w.site.Remove("/a7")
		run := w.fincrawl(exitDone, "sync")
		w.wantActions(run, "- /a7")
		w.wantLibrary(slices.DeleteFunc(allPages(), func(p string) bool { return p == "/a7" })...)
	})

	t.Run("after a second complete crawl where a rule leaves it out", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    exclude: [/a7]\n"))
		w.wantActions(w.fincrawl(exitDone, "sync"), "? /a7")
		w.wantLibrary(allPages()...)

		// An incomplete crawl in between neither confirms nor forgets.
		w.site.Fail("/a1", slices.Repeat([]testsite.Fault{testsite.Status(500)}, 4)...)
		w.wantActions(w.fincrawl(exitHeld, "sync"), "? /a7")
		w.wantLibrary(allPages()...)

		w.wantActions(w.fincrawl(exitDone, "sync"), "- /a7")
		w.wantLibrary(slices.DeleteFunc(allPages(), func(p string) bool { return p == "/a7" })...)
	})

	t.Run("after a second look in crawls that are not complete, where it answers 404", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		w.site.FailAlways("/a1", testsite.Status(500))
		w.site.Remove("/a7")
		w.wantActions(w.fincrawl(exitSomeFailed, "sync"), "? /a7")
		w.wantLibrary(allPages()...)

		// It was a deploy: the page is there again, and the next 404 is the first one.
		w.site.Pages("/a7")
		w.wantActions(w.fincrawl(exitDone, "sync"))
		w.site.Remove("/a7")
		w.wantActions(w.fincrawl(exitDone, "sync"), "? /a7")
		w.wantActions(w.fincrawl(exitDone, "sync"), "- /a7")
		w.wantLibrary(slices.DeleteFunc(allPages(), func(p string) bool { return p == "/a7" })...)
	})

	t.Run("never because of a hint, however often it is given", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		w.site.Page("/a7", testsite.Page{Robots: "noindex"})
		w.site.Redirect("/a6", "https://elsewhere.example.com/")
		w.site.Page("/robots.txt", testsite.Page{Raw: []byte("User-agent: *\nDisallow: /a5\n"), ContentType: "text/plain"})
		for range 4 {
			w.wantActions(w.fincrawl(exitHeld, "sync", "--allow-deletes", "5", "--strict"), "? /a5", "? /a6", "? /a7")
		}
		w.wantLibrary(allPages()...)
	})

	t.Run("not while it can be read, though nothing links to it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		w.site.Page("/", testsite.Page{Links: articles[1:]})
		for range 3 {
			w.fincrawl(exitDone, "sync")
		}
		w.wantLibrary(allPages()...)
	})

	t.Run("not many at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "", articles...)
		w.fincrawl(exitDone, "sync")
		for _, p := range articles[:12] {
			w.site.Remove(p)
		}
		w.site.Page("/new", testsite.Page{})
		w.site.Page("/", testsite.Page{Links: append(articles[12:], "/new")})
		run := w.fincrawl(exitHeld, "sync")
		if n := run.Sources[0].Plan.HeldBack(); n != 12 {
			t.Errorf("%d changes held, want 12", n)
		}
		w.wantLibrary(append(allPages(), "/new")...) // what is harmless is done all the same

		w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    deletes: {max_count: 12, max_share: 0.6}\n"))
		w.fincrawl(exitDone, "sync")
		w.wantLibrary(append([]string{"/", "/new"}, articles[12:]...)...)
	})
}

// Promise 2, with real SIGKILLs at random moments.
func TestWrittenAfterAcknowledged(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "", articles...)
	begun := time.Now()
	w.fincrawl(exitDone, "sync")
	whole := 2 * time.Since(begun) // about what a process takes with its start and the delays below
	for kill := range *kills {
		for _, p := range articles {
			w.site.Page(p, testsite.Page{Text: fmt.Sprintf("%s-as-of-day-%d.", p, kill+1), Delay: 2 * time.Millisecond})
		}
		cmd := exec.Command(program, "sync", "--config", w.path("sources.yaml"))
		cmd.Args[0] = "fincrawl" // lets the test binary be fincrawl: see TestMain
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(whole)) // of real processes, which have no other clock
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		w.wantLibrary(allPages()...)
	}
	w.fincrawl(exitDone, "sync") // goes on where the last one was, with pages as of several days
	w.wantLibrary(allPages()...)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	for _, p := range articles {
		if html := w.page(p).HTML; !strings.Contains(html, fmt.Sprintf("day-%d.", *kills)) {
			t.Errorf("%s is not up to date: %s", p, html)
		}
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("the run after sent %d writes, want none", n)
	}
	if sources := w.box.Sources(); len(sources) != 1 {
		t.Errorf("%d import sources, want one", len(sources))
	}
}

// Promise 3.
func TestPreviewTouchesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)

	run := w.fincrawl(exitDone, "preview")
	if _, err := os.Stat(w.path("fincrawl.db")); !os.IsNotExist(err) {
		t.Errorf("the first preview left a state file: %v", err)
	}
	if n := run.Sources[0].Plan.Counts()[ingest.Create]; n != len(allPages()) {
		t.Errorf("%d pages to create, want %d", n, len(allPages()))
	}
	w.fincrawl(exitDone, "sync")
	w.site.Page("/a1", testsite.Page{Text: "Another text."})
	w.site.Remove("/a2")
	before, files, library := w.read("fincrawl.db"), w.files(), w.pages()
	w.site.Forget()
	writes := w.writes(func() {
		w.wantActions(w.fincrawl(exitDone, "preview"), "~ /a1", "- /a2")
		w.fincrawl(exitChanges, "preview", "--expect-no-changes")
	})
	if writes != 0 {
		t.Errorf("preview sent %d writing calls", writes)
	}
	if !bytes.Equal(before, w.read("fincrawl.db")) {
		t.Error("preview changed the state file")
	}
	if got := w.files(); !slices.Equal(got, files) {
		t.Errorf("preview left files: %v, before %v", got, files)
	}
	if fmt.Sprint(library) != fmt.Sprint(w.pages()) {
		t.Error("preview changed the library")
	}
	for _, r := range w.site.Received() {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			t.Errorf("preview sent %s %s to the site", r.Method, r.Path)
		}
	}
	_, out, _ := w.execute(t.Context(), "preview")
	if !strings.Contains(out, "+ Another text.") {
		t.Errorf("the preview doesn't show what changed:\n%s", out)
	}
}

func (w *world) files() (names []string) {
	_ = filepath.WalkDir(w.dir, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	return names
}

// Promise 4 (Onyx 1335: "processed", but not all pages, and no sums to see it by).
func TestTheSumsAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    include: [\"/a*\"]\n    exclude: [/a9]\n", articles...)
	w.site.Page("/", testsite.Page{Links: append(articles, "/b", "/gone", "/file.pdf", "/moved", "https://elsewhere.example/x", "mailto:x@example.com", "/a1#part")})
	w.site.Page("/b", testsite.Page{Links: []string{"/a20", "/broken"}})
	w.site.Page("/file.pdf", testsite.Page{ContentType: "application/pdf", Raw: []byte("%PDF-1.7")})
	w.site.Redirect("/moved", "/a2")
	w.site.Page("/a5", testsite.Page{Text: "This is what the page at /a4 has to say to its readers.", Canonical: "/a4"})
	w.site.Page("/a6", testsite.Page{Robots: "noindex"})
	w.site.Page("/a7", testsite.Page{Body: " "})
	w.site.FailAlways("/broken", testsite.Status(500))
	run := w.fincrawl(exitSomeFailed, "sync")
	w.checkSums(run)
	got, _ := json.Marshal(run.Sources[0].Plan.Coverage.Outcomes)
	want := `{"canonical":1,"empty":1,"excluded":1,"gone":1,"listing":2,"noindex":1,"not-html":1,"out-of-scope":1,"page":16,"redirected":1,"server-error":1}`
	if string(got) != want {
		t.Errorf("outcomes\n\t%s\nwant\n\t%s", got, want)
	}
	if n := run.Sources[0].Result.Applied[ingest.Create]; n != 16 || len(w.pages()) != 16 {
		t.Errorf("%d pages created, %d in the library, want 16", n, len(w.pages()))
	}
}

// Promise 5 (Genesys knowledge connector PR 18: syncing a second source deleted
// the first one's documents).
func TestOnlyOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	second := testsite.New(t)
	second.Page("/", testsite.Page{Links: []string{"/x"}})
	second.Page("/x", testsite.Page{})
	w.configure(
		w.source("wiki", w.site, "https://wiki.example.com", ""),
		w.source("other", second, "https://other.example.com", ""))
	w.handmade("https://docs.example.com", "by-hand")

	w.fincrawl(exitDone, "sync", "wiki")
	w.fincrawl(exitDone, "sync", "other")
	w.fincrawl(exitDone, "sync")
	w.site.Remove("/a1")
	w.fincrawl(exitDone, "sync", "wiki")

	var counts []string
	for _, s := range w.box.Sources() {
		counts = append(counts, fmt.Sprintf("%s %d", s.URL, len(w.box.Pages(s.ID))))
	}
	slices.Sort(counts)
	want := []string{"https://docs.example.com 1", "https://other.example.com 2", "https://wiki.example.com 20"}
	if !slices.Equal(counts, want) {
		t.Errorf("the library has %v, want %v", counts, want)
	}
}

// Promise 6.
func TestSecretsStayIn(t *testing.T) {
	t.Parallel()
	const user, password = "mara", "pa55-of-mara"
	elsewhere := testsite.New(t)
	elsewhere.Pages("/landing")
	settings := "    auth: {basic: {username: mara, password: \"file:%s\"}}\n"
	w := newWorld(t, "")
	w.write("password", password)
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf(settings, w.path("password"))))
	w.site.BasicAuth(user, password)
	w.site.Page("/", testsite.Page{Links: []string{"/a", "/leaves", elsewhere.URL("/landing")}})
	w.site.Page("/a", testsite.Page{})
	w.site.Redirect("/leaves", elsewhere.URL("/landing"))
	var seen strings.Builder
	for _, args := range [][]string{{"check", "--online"}, {"preview", "-v"}, {"sync", "-v", "--log-format", "json"}, {"sync", "-v"}, {"sync", "--json"}} {
		_, out, logs := w.execute(t.Context(), args...)
		seen.WriteString(out + logs)
	}
	w.site.BasicAuth(user, "another") // refused from now on
	_, out, logs := w.execute(t.Context(), "sync", "-v")
	seen.WriteString(out + logs)
	w.wantLibrary("/", "/a")
	for _, secret := range []string{password, worldToken, "bWFyYTpwYTU1LW9mLW1hcmE="} {
		if strings.Contains(seen.String(), secret) {
			t.Errorf("%q was shown or logged:\n%s", secret, seen.String())
		}
		if bytes.Contains(w.read("fincrawl.db"), []byte(secret)) {
			t.Errorf("%q is in the state file", secret)
		}
	}
	for _, r := range elsewhere.Received() {
		t.Errorf("another host was asked: %s %s %v", r.Method, r.Path, r.Header)
	}
}

// Promise 7.
func TestSameInputSamePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.site.Page("/a1", testsite.Page{Text: "Another text."})
	w.site.Remove("/a2")
	w.site.Page("/a3", testsite.Page{Links: []string{"/b1", "/b2", "/b3"}})
	w.site.Pages("/b1", "/b2", "/b3")
	var first []byte
	for range 5 {
		plan, err := json.Marshal(w.fincrawl(exitDone, "preview").Sources[0].Plan)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = plan
		}
		if !bytes.Equal(first, plan) {
			t.Fatalf("two plans of the same input:\n%s\n%s", first, plan)
		}
	}
}

// Promise 8 (Onyx 4567: 5,400 documents sent again each day).
func TestUnchangedCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	nonce := atomic.Int64{}
	w.site.Handle("/a1", func(rw http.ResponseWriter, _ *http.Request) {
		n := nonce.Add(1)
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(rw, "<title>A1</title><article data-build=%d><!-- %d --><h1>A1</h1><p id=p%d>The same text.</p><script nonce=%d></script></article>", n, n, n, n)
	})
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != len(allPages())+1 {
		t.Errorf("the first run sent %d writes, want one for the import source and each page", n)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("an unchanged run sent %d writes", n)
	}
	w.site.Page("/a2", testsite.Page{Text: "Another text."})
	if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync"), "~ /a2") }); n != 1 {
		t.Errorf("one changed page: %d writes", n)
	}
	settings := "    availability: {rules: [{match: /a3, ai_agent: false}]}\n"
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", settings))
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /a3")
	if p := w.page("/a3"); p.AIAgentAvailability || !p.AICopilotAvailability {
		t.Errorf("flags of /a3: agent %v, copilot %v", p.AIAgentAvailability, p.AICopilotAvailability)
	}
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", settings+"    audience_ids: [7]\n"))
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 1 {
		t.Errorf("a changed audience: %d writes, want one to the import source", n)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "resync") }); n != len(allPages()) {
		t.Errorf("resync sent %d writes, want one a page", n)
	}
}

// Promise 9: twenty times the pages, and not twice the memory. The process is
// one of its own, so that only its memory counts.
func TestFlatMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads VmHWM of /proc")
	}
	t.Parallel()
	small, large := peakMemory(t, 100), peakMemory(t, 2000)
	t.Logf("peak resident memory: %d kB for 100 pages, %d kB for 2,000", small, large)
	if large > 2*small {
		t.Errorf("peak memory grew from %d to %d kB with the site", small, large)
	}
}

func peakMemory(t *testing.T, pages int) int64 {
	t.Helper()
	w := newWorld(t, "")
	links := make([]string, pages)
	for i := range links {
		links[i] = fmt.Sprintf("/p%d", i)
	}
	w.site.Page("/", testsite.Page{Links: links})
	for i, p := range links {
		w.site.Page(p, testsite.Page{Text: strings.Repeat(fmt.Sprintf("Words of page %d. ", i), 200)})
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "sync", "--config", w.path("sources.yaml"))
	cmd.Args[0] = "fincrawl"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sync: %v\n%s", err, out)
	}
	if n := len(w.pages()); n != pages+1 {
		t.Fatalf("%d pages in the library, want %d", n, pages+1)
	}
	return maxRSS(cmd.ProcessState)
}
