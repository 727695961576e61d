package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// wordy is a page with so much text that losing most of it is noticed.
func wordy(mark string) testsite.Page {
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "Sentence %d of %s says something of its own. ", i, mark)
	}
	return testsite.Page{Text: text.String()}
}

// holds is what holds each kind of change, and how it comes about. It returns what is
// held, and by what it is approved in one step.
var holds = map[string]func(w *world) (guard ingest.Guard, approve func(w *world) []string, check func(w *world)){
	"a page that shrank": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		for _, p := range articles[:4] {
			w.site.Page(p, testsite.Page{Text: "Little is left of " + p})
		}
		return ingest.GuardShrunk, byGuard(ingest.GuardShrunk), func(w *world) { w.wantText("/a1", "Little is left") }
	},
	"a page with a credential": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
		return ingest.GuardSecret, byURL("/a1"), func(w *world) { w.wantText("/a1", "with care") }
	},
	"too many deletes": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		for _, p := range articles[:8] {
			w.site.Remove(p)
		}
		return ingest.GuardShare, byGuard(ingest.GuardShare), func(w *world) { w.wantLibrary(without(articles[:8]...)...) }
	},
	"a delete after half a crawl": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", screened+"    exclude: [/a1]\n"))
		w.site.FailAlways("/a20", testsite.Status(500))
		return ingest.GuardCoverage, byURL("/a1"), func(w *world) { w.wantLibrary(without("/a1")...) }
	},
	"a page that asks not to be indexed any more": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		w.site.Page("/a1", testsite.Page{Robots: "noindex"})
		w.site.Page("/a2", testsite.Page{Robots: "noindex"})
		return ingest.GuardHint, byGuard(ingest.GuardHint), func(w *world) { w.wantLibrary(without("/a1", "/a2")...) }
	},
	"a document that is redacted badly": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", screened+"    documents: [pdf]\n"))
		text := testsite.Line("F1", 11, 72, 700, "What everybody may read.") + testsite.Line("F1", 11, 72, 600, "The code is Tulip4711.")
		w.site.Page("/a1", testsite.Page{Raw: testsite.PDF("Codes", text+"70 595 200 16 re f"), ContentType: "application/pdf"})
		return ingest.GuardRedaction, byURL("/a1"), func(w *world) { w.wantText("/a1", "everybody may read") }
	},
	"words that mark a page as internal": func(w *world) (ingest.Guard, func(*world) []string, func(*world)) {
		w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: for us alone."})
		return ingest.GuardMarker, byAll, func(w *world) { w.wantText("/a1", "for us alone") }
	},
}

func byGuard(g ingest.Guard) func(*world) []string {
	return func(*world) []string { return []string{"approve", "--guard", string(g)} }
}

func byURL(path string) func(*world) []string {
	return func(w *world) []string { return []string{"approve", "wiki", w.site.URL(path)} }
}

func byAll(*world) []string { return []string{"approve", "--all"} }

func (w *world) wantText(path, text string) {
	w.Helper()
	if html := w.page(path).HTML; !strings.Contains(html, text) {
		w.Errorf("%s does not say %q: %s", path, text, html)
	}
}

// must runs a command that is to end well, and returns what it printed.
func (w *world) must(args ...string) string {
	w.Helper()
	code, out, logs := w.execute(w.Context(), args...)
	if code != exitDone {
		w.Fatalf("fincrawl %s: exit code %d\n%s\n%s", strings.Join(args, " "), code, out, logs)
	}
	return out
}

const screened = "    screen: {markers: [CONFIDENTIAL]}\n"

func newHeldWorld(t *testing.T) *world {
	w := newWorld(t, screened, articles...)
	for _, p := range articles {
		w.site.Page(p, wordy(p))
	}
	w.fincrawl(exitDone, "sync")
	return w
}

// Each kind of hold is told of once, stands in silence, is approved in one step, and that
// is forgotten by nobody.
func TestEachKindOfHoldIsToldOfOnceAndApprovedInOneStep(t *testing.T) {
	t.Parallel()
	for name, make := range holds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHeldWorld(t)
			guard, approve, check := make(w)
			run := w.fincrawl(exitHeld, "sync")
			if !slices.ContainsFunc(run.Sources[0].Plan.Changes, func(c ingest.Change) bool { return c.Guard == guard }) {
				t.Fatalf("nothing is held by %s: %+v", guard, w.actions(run))
			}
			for range 2 {
				w.fincrawl(exitDone, "sync")
			}
			w.fincrawl(exitHeld, "sync", "--strict")
			if out := w.must("status"); !strings.Contains(out, "Held back") || !strings.Contains(out, "fincrawl approve wiki") {
				t.Errorf("status names no hold:\n%s", out)
			}
			out := w.must(append(approve(w), "--by", "anna", "--reason", "looked at it")...)
			if !strings.Contains(out, "The next sync makes") {
				t.Errorf("approve says\n%s", out)
			}
			w.fincrawl(exitDone, "sync")
			check(w)
			w.fincrawl(exitDone, "sync")
			check(w)
		})
	}
}

func TestAnApprovalIsOfOneChange(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: little is left."})
	w.fincrawl(exitHeld, "sync")
	w.must("approve", w.site.URL("/a1"))
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: something else."})
	w.fincrawl(exitHeld, "sync")
	w.wantText("/a1", "Sentence 1 of")
	w.must("approve", w.site.URL("/a1"))
	w.fincrawl(exitDone, "sync")
	w.wantText("/a1", "something else.")
}

func TestARejectedChangeIsHeardOfWhenItIsAnotherOne(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: little is left."})
	w.fincrawl(exitHeld, "sync")
	w.must("reject", "--all")
	w.fincrawl(exitDone, "sync", "--strict")
	if out := w.must("status"); strings.Contains(out, "Held back") {
		t.Errorf("status names it:\n%s", out)
	}
	w.wantText("/a1", "Sentence 1 of")
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: little is left of it."})
	w.fincrawl(exitHeld, "sync")
}

func TestWhatIsToBeLookedAtIsNotApprovedWithOthers(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
	w.site.Page("/a2", testsite.Page{Text: "CONFIDENTIAL: little is left."})
	w.fincrawl(exitHeld, "sync")
	if code, _, logs := w.execute(t.Context(), "approve", "--guard", "secret"); code != exitUsage || !strings.Contains(logs, "page by page") {
		t.Errorf("exit code %d\n%s", code, logs)
	}
	out := w.must("approve", "--all")
	if !strings.Contains(out, "left out") || !strings.Contains(out, "fincrawl approve wiki "+w.site.URL("/a1")) {
		t.Errorf("approve says\n%s", out)
	}
	w.fincrawl(exitDone, "sync")
	w.wantText("/a2", "little is left.")
	w.wantText("/a1", "Sentence 1 of")
	for _, args := range [][]string{{"approve"}, {"approve", "--guard", "nothing"}, {"approve", "--all", "--guard", "shrunk"}, {"approve", "https://elsewhere.example.com/"}} {
		if code, _, logs := w.execute(t.Context(), args...); code != exitUsage {
			t.Errorf("%q: exit code %d\n%s", args, code, logs)
		}
	}
}

func TestAPipelineOfPreviewAndSyncReleasesNothing(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(w *world, plan string){
		"sync --plan": func(w *world, plan string) { w.fincrawl(exitDone, "sync", "--plan", plan) },
		"approve --file": func(w *world, plan string) {
			w.must("approve", "--file", plan)
			w.fincrawl(exitDone, "sync")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHeldWorld(t)
			for _, p := range articles[:8] {
				w.site.Remove(p)
			}
			plan := w.path("plan.json")
			w.fincrawl(exitHeld, "preview", "--out", plan)
			w.fincrawl(exitHeld, "sync", "--plan", plan)
			w.wantLibrary(allPages()...)
			text := string(w.read("plan.json"))
			if n := strings.Count(text, `"approved": false`); n != 8 {
				t.Errorf("%d changes say that they are not approved:\n%s", n, text)
			}
			var file ingest.Approval
			if err := json.Unmarshal([]byte(text), &file); err != nil {
				t.Fatal(err)
			}
			w.write("plan.json", strings.Replace(text, `"approved": false`, `"approved": true`, 3))
			use(w, plan)
			if n := len(w.library()); n != len(allPages())-3 {
				t.Errorf("%d pages are left, want %d", n, len(allPages())-3)
			}
		})
	}
}

// A night that only repeats itself is green, and what must not go quiet does not.
func TestANightThatRepeatsItselfIsGreen(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	night := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	w.now = func() time.Time { return night }
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: little is left."})
	w.site.FailAlways("/a2", testsite.Status(500))
	w.site.Remove("/a3")
	w.fincrawl(exitHeld, "sync")
	for range 6 {
		night = night.Add(24 * time.Hour)
		run := w.fincrawl(exitDone, "sync")
		if a := run.Sources[0].Attention; a.New != 0 || a.Standing == 0 {
			t.Errorf("attention %+v", a)
		}
	}
	// A week later it is told of again, and then not for another week.
	night = night.Add(24 * time.Hour)
	w.fincrawl(exitHeld, "sync")
	night = night.Add(24 * time.Hour)
	w.fincrawl(exitDone, "sync")
	// Another page that fails is new.
	w.site.FailAlways("/a4", testsite.Status(500))
	w.fincrawl(exitSomeFailed, "sync")
	w.fincrawl(exitDone, "sync")
}

func TestSomeThingsNeverGoQuiet(t *testing.T) {
	t.Parallel()
	t.Run("a source that yields next to nothing", func(t *testing.T) {
		t.Parallel()
		w := newHeldWorld(t)
		w.site.Page("/", testsite.Page{})
		for _, p := range articles {
			w.site.FailAlways(p, testsite.Status(500))
		}
		for range 3 {
			if code, out, logs := w.execute(t.Context(), "sync"); code == exitDone {
				t.Errorf("exit code 0\n%s\n%s", out, logs)
			}
		}
	})
	t.Run("a credential in the library", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "    screen: {credentials: off}\n", articles...)
		w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
		w.fincrawl(exitDone, "sync")
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""))
		for range 3 {
			w.fincrawl(exitHeld, "sync")
		}
		// Neither where the page is another one by now, with the credential still in it.
		w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with more care."})
		for range 2 {
			w.fincrawl(exitHeld, "sync")
		}
		w.must("approve", w.site.URL("/a1"), "--reason", "an example")
		w.fincrawl(exitDone, "sync")
		w.fincrawl(exitDone, "sync")
	})
}

func TestADeleteThatWaitsForAnotherCrawlIsPending(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    exclude: [/a1]\n"))
	run := w.fincrawl(exitDone, "sync")
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Wants == ingest.Delete && !c.Pending {
			t.Errorf("not pending: %+v", c)
		}
	}
}

func TestDecisionsNeedNoToken(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: little is left."})
	w.fincrawl(exitHeld, "sync")
	token := w.read("token")
	w.write("token", "")
	calls := len(w.box.Calls())
	w.must("approve", w.site.URL("/a1"))
	if n := len(w.box.Calls()); n != calls {
		t.Errorf("%d calls", n-calls)
	}
	w.write("token", string(token))
	w.fincrawl(exitDone, "sync")
	w.wantText("/a1", "little is left.")
}

// What is approved is not forgotten half-way: not where approve is killed between its two
// records, nor where the sync is that makes the changes.
func TestAnApprovalOutlivesAKill(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		w := newHeldWorld(t)
		for _, p := range articles[:5] {
			w.site.Page(p, testsite.Page{Text: "Little is left of " + p})
		}
		w.fincrawl(exitHeld, "sync")
		commits := 0
		a := newApp(io.Discard, io.Discard)
		a.commit = func(commit func() error) error {
			if commits++; commits > 1 {
				return errors.New("killed")
			}
			return commit()
		}
		a.execute(t.Context(), []string{"approve", "--guard", "shrunk", "--config", w.path("sources.yaml")})
		if commits < 2 {
			t.Fatalf("%d commits", commits)
		}
		w.cutOff(answered, "sync")
		w.fincrawl(exitDone, "sync")
		for _, p := range articles[:5] {
			w.wantText(p, "Little is left of "+p)
		}
		w.fincrawl(exitDone, "sync")
	}
}

// A crawl that was interrupted before a page was approved did not keep its text.
func TestAnApprovalIsHeededByACrawlThatGoesOn(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "CONFIDENTIAL: for us alone."})
	w.fincrawl(exitHeld, "sync")
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
	w.must("approve", w.site.URL("/a1"))
	w.fincrawl(exitDone, "sync")
	w.wantText("/a1", "for us alone")
}

// A command that a report prints can be copied: it names the file that was named.
func TestACommandToCopyNamesTheConfig(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
	_, report, _ := w.execute(t.Context(), "sync")
	for name, out := range map[string]string{
		"sync": report, "status": w.must("status"), "explain": w.must("explain", w.site.URL("/a1")),
	} {
		want := "fincrawl approve wiki " + w.site.URL("/a1") + " --config " + w.path("sources.yaml")
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("%s does not print %q:\n%s", name, want, out)
		}
	}
}
