package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/state"
)

// remembered is what the state file says of the pages of the world's source, by path, but
// for some.
func (w *world) remembered(but ...string) map[string]state.Entry {
	w.Helper()
	store, err := state.Open(w.path("fincrawl.db"), state.Options{ReadOnly: true})
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	all := map[string]state.Entry{}
	for e, err := range store.Entries("wiki") {
		if err != nil {
			w.Fatal(err)
		}
		if path := strings.TrimPrefix(e.ExternalID, w.site.URL("")); !slices.Contains(but, path) {
			all[path] = e
		}
	}
	return all
}

// standing is what status says that waits, by path.
func (w *world) waiting() (paths []string) {
	w.Helper()
	var status struct {
		Sources []struct {
			Waiting []state.Concern `json:"waiting"`
		} `json:"sources"`
	}
	if err := json.Unmarshal([]byte(w.must("status", "--json")), &status); err != nil {
		w.Fatal(err)
	}
	for _, c := range status.Sources[0].Waiting {
		paths = append(paths, string(c.Kind)+" "+strings.TrimPrefix(c.ID, w.site.URL("")))
	}
	return paths
}

// A single page is brought up to date by asking for it, and for what gets into the source.
// All other pages stay as they are, in the library and in the state file, whatever the site
// makes of them.
func TestASinglePageIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a5", testsite.Page{Text: "CONFIDENTIAL: for us alone."})
	w.site.FailAlways("/a6", testsite.Status(500))
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", screened+"    exclude: [/a7]\n"))
	w.fincrawl(exitHeld, "sync")
	waits := w.waiting()
	if len(waits) != 3 {
		t.Fatalf("waiting: %v", waits)
	}
	before := w.remembered("/a1", "/new")
	others := w.page("/a2")

	w.site.Page("/a1", wordy("another text"))
	w.site.Page("/a2", wordy("what nobody asked for"))
	w.site.Remove("/a3")
	w.site.Page("/new", testsite.Page{Text: "New.", Links: []string{"/newer"}})
	w.site.Page("/newer", testsite.Page{})
	w.site.Forget()
	run := w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"), "--page", w.site.URL("/new#here"))
	w.wantActions(run, "~ /a1", "+ /new")
	w.checkSums(run)
	w.wantText("/a1", "another text")
	w.wantText("/new", "New.")
	if now := w.page("/a2"); now.HTML != others.HTML {
		t.Errorf("/a2 is %s", now.HTML)
	}
	asked := w.site.Paths()
	slices.Sort(asked)
	if want := []string{"/", "/a1", "/new", "/robots.txt"}; !slices.Equal(slices.Compact(asked), want) {
		t.Errorf("the site was asked for %v, want %v", asked, want)
	}
	if diff := cmp.Diff(before, w.remembered("/a1", "/new")); diff != "" {
		t.Errorf("other entries changed:\n%s", diff)
	}
	if diff := cmp.Diff(waits, w.waiting()); diff != "" {
		t.Errorf("what waits changed:\n%s", diff)
	}
	_, out, _ := w.execute(t.Context(), "sync", "--page", w.site.URL("/a1"))
	if !strings.Contains(out, "only what was asked for") {
		t.Errorf("the report says\n%s", out)
	}
	w.fincrawl(exitDone, "preview", "--page", w.site.URL("/a2"))
	w.wantActions(w.fincrawl(exitDone, "preview", "--page", w.site.URL("/a2")), "~ /a2")
}

func TestASinglePageThatIsGoneGoesByTheSecondLook(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	for _, p := range articles {
		w.site.Remove(p)
	}
	run := w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"))
	w.wantActions(run, "? /a1")
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action == ingest.Held && (!c.Pending || !strings.Contains(c.Reason, "only single pages were looked at, so this is look 1 of 2")) {
			t.Errorf("held: %+v", c)
		}
	}
	w.wantLibrary(allPages()...)
	w.wantActions(w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1")), "- /a1")
	w.wantLibrary(without("/a1")...)

	// Many at once are as many as in any run, and no hint is judged here.
	args := []string{"sync"}
	for _, p := range articles[1:] {
		args = append(args, "--page", w.site.URL(p))
	}
	w.fincrawl(exitDone, args...)
	w.fincrawl(exitHeld, args...)
	w.wantLibrary(without("/a1")...)
	w.site.Page("/a2", testsite.Page{Robots: "noindex"})
	w.wantActions(w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a2")))
}

func TestASinglePageIsHeldAndApprovedAsAnyOther(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
	w.fincrawl(exitHeld, "sync", "--page", w.site.URL("/a1"))
	w.wantText("/a1", "Sentence 1 of")
	w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"))
	w.must("approve", w.site.URL("/a1"))
	w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"))
	w.wantText("/a1", "with care")
	w.site.FailAlways("/a2", testsite.Status(500))
	w.fincrawl(exitSomeFailed, "sync", "--page", w.site.URL("/a2"))
}

func TestASinglePageIsBroughtUpToDateWithItsParts(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	w.fincrawl(exitDone, "sync")
	h.sections = append(h.sections[:2:2], "Phones: "+long("Switch off", 900), h.sections[3])
	w.site.Page("/handbook", h.page())
	run := w.fincrawl(exitDone, "sync", "--page", w.site.URL("/handbook#travel"))
	w.wantActions(run, "- /handbook#expenses", "+ /handbook#phones")
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#phones", "/handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// A page that has moved is read where it is now, and keeps its external ID.
func TestASinglePageIsFollowedWhereItHasMoved(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/moved", wordy("/a1"))
	w.site.Redirect("/a1", "/moved")
	w.wantActions(w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1")), "~ /a1")
	w.wantLibrary(allPages()...)
	if p := w.page("/a1"); p.URL != w.site.URL("/moved") {
		t.Errorf("it is at %s", p.URL)
	}
	// To a page that there is already, it is for a crawl to follow.
	w.site.Redirect("/a2", "/a3")
	w.wantActions(w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a2")))
	w.wantLibrary(allPages()...)
}

// Behind a login it gets in as a crawl does, and an answer against a page is proved.
func TestASinglePageOfAPrivateSource(t *testing.T) {
	w := newWorld(t, "", articles...)
	w.site.FormLogin("sam", "s3cret-pass")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
	w.fincrawl(exitDone, "sync")
	w.site.Page("/a1", testsite.Page{Text: "Another text."})
	w.site.Remove("/a2")
	run := w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"), "--page", w.site.URL("/a2"))
	w.wantText("/a1", "Another text.")
	if proved := run.Sources[0].Plan.Coverage.ProvedInAll; proved != 1 {
		t.Errorf("%d answers were proved, want that of /a2", proved)
	}
}

func TestASinglePageThatIsNoneIsAMistake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    exclude: [/private/**]\n    include: [/a*]\n", articles...)
	for says, args := range map[string][]string{
		"belongs to no source": {"--page", "https://elsewhere.example.com/x"},
		"exclude (":            {"--page", w.site.URL("/private/x")},
		"include (":            {"--page", w.site.URL("/b1")},
		"is no web address":    {"--page", "/a1"},
		"leave --page out":     {"--page", w.site.URL("/a1"), "--plan", "plan.json"},
		"url (another site":    {"wiki", "--page", "https://elsewhere.example.com/x"},
		`no source "wikki"`:    {"wikki", "--page", w.site.URL("/a1")},
	} {
		if code, _, logs := w.execute(t.Context(), append([]string{"sync"}, args...)...); code != exitUsage || !strings.Contains(logs, says) {
			t.Errorf("%q: exit code %d, want a word of %q\n%s", args, code, says, logs)
		}
	}
}

// A crawl that was interrupted goes on after it, and sends no text that is older.
func TestASinglePageLeavesAnInterruptedCrawlAlone(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"/a1", "/a20"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			w := newHeldWorld(t)
			w.site.Page("/a1", wordy("the second text"))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.site.Handle("/a20", func(rw http.ResponseWriter, _ *http.Request) {
				cancel()
				rw.WriteHeader(http.StatusServiceUnavailable)
			})
			if code, out, logs := w.execute(ctx, "sync"); code != exitInterrupted {
				t.Fatalf("exit code %d\n%s\n%s", code, out, logs)
			}
			w.site.Page("/a20", wordy("/a20"))
			w.site.Page(page, wordy("the third text"))
			w.fincrawl(exitDone, "sync", "--page", w.site.URL(page))
			w.wantText(page, "the third text")
			run := w.fincrawl(exitDone, "sync")
			w.wantText(page, "the third text")
			if resumed := !run.Sources[0].Resumed.IsZero(); resumed != (page == "/a20") {
				t.Errorf("gone on with the crawl: %t", resumed)
			}
		})
	}
}

// A run of single pages that is killed is done again, and leaves nothing behind.
func TestASinglePageThatIsCutOffIsSentByTheNextRun(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		w := newHeldWorld(t)
		args := []string{"sync"}
		for _, p := range articles[:5] {
			w.site.Page(p, wordy("another text of "+p))
			args = append(args, "--page", w.site.URL(p))
		}
		w.cutOff(answered, args...)
		w.fincrawl(exitDone, args...)
		for _, p := range articles[:5] {
			w.wantText(p, "another text of "+p)
		}
		w.wantActions(w.fincrawl(exitDone, "sync"))
	}
}
