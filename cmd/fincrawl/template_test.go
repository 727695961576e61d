package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

const (
	oddMenu   = `<div class="q1 zz"><font><a href="/">Help</a></font> <font><a href="/p1">First</a></font> <font><a href="/p2">Second</a></font></div>`
	oddFooter = `<center>Was this of use to you?</center><center><font size=1>Example Ltd., 1 Harbour Street, all rights reserved</font></center>`
)

// alike is a world whose site puts the same around the text of each of its pages.
type alike struct {
	*world
	mu            sync.Mutex
	before, after string            // each text
	texts         map[string]string // by path
	odd           map[string]string // pages that are otherwise, by path
	forgetful     bool              // it has no ETags
	bodies        int               // answers that had one
}

// newAlike makes a site of n pages and its start page.
func newAlike(t *testing.T, settings string, n int) *alike {
	w := &alike{world: newWorld(t, settings), before: oddMenu, after: oddFooter, texts: map[string]string{}, odd: map[string]string{}}
	w.has(n)
	return w
}

// has makes it n pages.
func (w *alike) has(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range n + 1 {
		path := fmt.Sprintf("/p%d", i)
		if i == 0 {
			path = "/"
		}
		w.texts[path] = fmt.Sprintf("<p>Article %d tells how lamp %d is put together, and which of its %d screws comes first.</p>", i, i*7, i+3)
		w.site.Handle(path, w.serve)
	}
}

func (w *alike) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := r.URL.Path
	page := "<title>Article at " + path + "</title>" + w.before + w.texts[path] + w.after
	if odd, ok := w.odd[path]; ok {
		page = "<title>Article at " + path + "</title>" + odd
	}
	page += `<nav class=nav>`
	for _, to := range slices.Sorted(maps.Keys(w.texts)) {
		page += `<a href="` + to + `">on</a>`
	}
	page += "</nav>"
	sum := sha256.Sum256([]byte(page))
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	if !w.forgetful {
		rw.Header().Set("ETag", etag)
	}
	if r.Header.Get("If-None-Match") == etag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	w.bodies++
	_, _ = rw.Write([]byte(page))
}

// set changes what is the same on each page.
func (w *alike) set(before, after string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before, w.after = before, after
}

// wantTexts fails unless the library has of each page what only that says.
func (w *alike) wantTexts(n int) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	pages := w.pages()
	if len(pages) != n {
		w.Errorf("%d pages in the library, want %d", len(pages), n)
	}
	for _, p := range pages {
		path := strings.TrimPrefix(p.ExternalID, w.site.URL(""))
		if _, odd := w.odd[path]; !odd && p.HTML != w.texts[path] {
			w.Errorf("%s is in the library as\n%s\nwant\n%s", path, p.HTML, w.texts[path])
		}
	}
}

// quiet wants a sync that sends nothing.
func (w *alike) quiet() (run report.Run) {
	w.Helper()
	if n := w.writes(func() { run = w.fincrawl(exitDone, "sync") }); n != 0 {
		w.Errorf("%d writes: %v", n, w.actions(run))
	}
	return run
}

func TestWhatPagesHaveInCommonNeverReachesTheLibrary(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 20)
	preview := w.fincrawl(exitDone, "preview")
	run := w.fincrawl(exitDone, "sync")
	w.wantTexts(21)
	if got, want := run.Sources[0].Template, (report.Template{Blocks: 63, Pages: 21, Of: 21}); got == nil || got.Blocks != want.Blocks || got.Pages != want.Pages || got.Of != want.Of {
		t.Errorf("left out: %+v, want %+v", got, want)
	}
	samePlan(t, preview, run)

	w.bodies = 0
	w.quiet()
	if w.bodies > 1 { // the start page is always read
		t.Errorf("the second run fetched %d pages that had not changed", w.bodies)
	}
	again := w.fincrawl(exitDone, "resync")
	w.wantTexts(21)
	if again.Sources[0].Template == nil || again.Sources[0].Template.Pages != 21 {
		t.Errorf("left out by a resync: %+v", again.Sources[0].Template)
	}
}

// samePlan fails unless two runs wanted the same.
func samePlan(t *testing.T, one, other report.Run) {
	t.Helper()
	versions := func(run report.Run) (list []string) {
		for _, c := range run.Sources[0].Plan.Changes {
			if c.After != nil {
				list = append(list, fmt.Sprint(c.Action, c.ExternalID, c.After.Hash))
			}
		}
		return list
	}
	if a, b := versions(one), versions(other); !slices.Equal(a, b) {
		t.Errorf("%s plans\n%q\n%s\n%q", one.Mode, a, other.Mode, b)
	}
}

func TestABannerOnEveryPageWritesNothing(t *testing.T) {
	t.Parallel()
	banner := `<p>Maintenance on Sunday between two and four o'clock in the morning: some of this may be out of reach.</p>`
	for name, where := range map[string]func(w *alike){
		"above all":         func(w *alike) { w.set(banner+oddMenu, oddFooter) },
		"below the menu":    func(w *alike) { w.set(oddMenu+banner, oddFooter) },
		"above the footer":  func(w *alike) { w.set(oddMenu, banner+oddFooter) },
		"at both ends":      func(w *alike) { w.set(banner+oddMenu, oddFooter+banner) },
		"in another footer": func(w *alike) { w.set(oddMenu, "<p>Example AG, 2 Harbour Street, in its tenth year</p>"+banner) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newAlike(t, "", 12)
			w.fincrawl(exitDone, "sync")
			where(w)
			samePlan(t, w.fincrawl(exitDone, "preview"), w.quiet())
			w.quiet()
			w.set(oddMenu, oddFooter)
			w.quiet()
			w.quiet()
			w.wantTexts(13)
		})
	}
}

func TestOnlyPagesThatChangedAreUpdatedWhileABannerIsThere(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.fincrawl(exitDone, "sync")
	w.set("<p>Maintenance on Sunday</p>"+oddMenu, oddFooter)
	w.texts["/p3"] = "<p>What article 3 tells now is quite another thing, of no lamp and of no screw.</p>"
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /p3")
	w.wantTexts(13)
}

func TestAPageWithNothingElseStaysAndIsNamed(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.odd["/p5"] = oddMenu + oddFooter
	run := w.fincrawl(exitDone, "sync")
	w.wantTexts(13)
	if got := w.page("/p5").HTML; !strings.Contains(got, "Was this of use to you?") || !strings.Contains(got, "Second") {
		t.Errorf("the page that has nothing else is in the library as %s", got)
	}
	if got := run.Sources[0].Template.Whole; !slices.Equal(got, []string{w.site.URL("/p5")}) {
		t.Errorf("named: %v", got)
	}
	if !slices.ContainsFunc(run.Sources[0].Advice, func(a report.Advice) bool { return a.Kind == "template-only" && a.URL == w.site.URL("/p5") }) {
		t.Errorf("advice: %v", run.Sources[0].Advice)
	}
	w.quiet()
}

// A source that was too small to tell grows: what its first pages were sent with goes,
// which is not held back as if their text had been lost.
func TestATemplateThatIsLearntLater(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 3)
	long := strings.Repeat("<p>Example Ltd. is no lamp maker, and takes no part in what is said above about lamps.</p>", 1) +
		"<p>" + strings.Repeat("Some of the terms of use of this site are of great length. ", 20) + "</p>"
	w.set(oddMenu, long+oddFooter)
	w.fincrawl(exitDone, "sync")
	if got := w.page("/p1").HTML; !strings.Contains(got, "terms of use") {
		t.Fatalf("sent at first: %s", got)
	}
	w.quiet()
	w.has(12)
	preview := w.fincrawl(exitDone, "preview")
	run := w.fincrawl(exitDone, "sync")
	samePlan(t, preview, run)
	w.wantTexts(13)
	if n := run.Sources[0].Plan.Counts()[ingest.Held]; n > 0 {
		t.Errorf("%d pages are held", n)
	}
	w.quiet()
}

// The text that goes with the template doesn't count as lost; the rest does.
func TestATextThatShrankIsHeldAlsoWhereATemplateWasLearnt(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.texts["/p4"] = "<p>" + strings.Repeat("Lamp four is a lamp of many parts. ", 60) + "</p>"
	w.fincrawl(exitDone, "sync")
	w.set("<p>"+strings.Repeat("A notice that is long. ", 60)+"</p>"+oddMenu, oddFooter)
	w.texts["/p4"] = "<p>Lamp four is a lamp.</p>"
	w.wantActions(w.fincrawl(exitHeld, "sync"), "? /p4")
}

func TestATemplateIsLeftInWhereThatIsSaid(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "    content: {template: off}\n", 12)
	run := w.fincrawl(exitDone, "sync")
	if got := w.page("/p1").HTML; !strings.Contains(got, "Was this of use") || run.Sources[0].Template != nil {
		t.Errorf("with template: off, the library has %s", got)
	}
	w.configureWith("    content: {body: body}\n")
	run = w.fincrawl(exitDone, "sync")
	if got := w.page("/p1").HTML; !strings.Contains(got, "Was this of use") || run.Sources[0].Template != nil {
		t.Errorf("with a body of its own, the library has %s", got)
	}
	w.configureWith("")
	w.fincrawl(exitDone, "sync")
	w.wantTexts(13)
	w.quiet()
}

// A crawl that is cut off at any page and goes on leaves out the same.
func TestAResumedCrawlLearnsTheSame(t *testing.T) {
	t.Parallel()
	for _, after := range []int{1, 7, 12, 13} {
		w := newAlike(t, "", 12)
		ctx, cut := context.WithCancel(t.Context())
		var served int
		w.site.Before(func(http.ResponseWriter, *http.Request) bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			if served++; served == after+2 {
				cut()
			}
			return false
		})
		w.fincrawlUntil(ctx, exitInterrupted, "sync")
		cut()
		run := w.fincrawl(exitDone, "sync")
		if run.Sources[0].Resumed.IsZero() {
			t.Errorf("cut off after %d requests: not resumed", after)
		}
		w.wantTexts(13)
		w.quiet()
	}
}

// A run that is cut off when it had learnt, and sent some, comes to the same.
func TestARunCutOffWhileItSendsLearnsTheSame(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	ctx, cut := context.WithCancel(t.Context())
	var sent int
	var mu sync.Mutex
	f := fault(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		if r.Method != http.MethodGet {
			if sent++; sent == 6 {
				cut()
			}
		}
		mu.Unlock()
		next.ServeHTTP(rw, r)
	})
	w.fault.Store(&f)
	w.fincrawlUntil(ctx, exitInterrupted, "sync")
	w.fault.Store(nil)
	w.fincrawl(exitDone, "sync")
	w.wantTexts(13)
	w.quiet()
}

// Where the state is lost, or what was learnt of another version, nothing is sent anew.
func TestATemplateThatIsLostIsLearntAgain(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.fincrawl(exitDone, "sync")
	var exported bytes.Buffer
	code, out, logs := w.execute(t.Context(), "state", "export", w.path("all.jsonl"))
	if code != exitDone {
		t.Fatalf("export: %d\n%s\n%s", code, out, logs)
	}
	lines := strings.SplitAfter(string(w.read("all.jsonl")), "\n")
	for _, line := range lines[:len(lines)-2] {
		if !strings.Contains(line, `"kind":"template"`) {
			exported.WriteString(line)
		}
	}
	fmt.Fprintf(&exported, `{"kind":"end","records":%d}`+"\n", bytes.Count(exported.Bytes(), []byte("\n"))-1)
	w.write("all.jsonl", exported.String())
	if code, out, logs := w.execute(t.Context(), "state", "import", w.path("all.jsonl"), "--force"); code != exitDone {
		t.Fatalf("import: %d\n%s\n%s", code, out, logs)
	}
	w.quiet()
	w.wantTexts(13)
}

// A site that is half down teaches nothing, and what it says meanwhile goes when it is up.
func TestASiteThatIsHalfDownTeachesNothing(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.fincrawl(exitDone, "sync")
	w.set("<p>We have a problem, and work on it</p>"+oddMenu, oddFooter)
	for i := range 7 {
		w.site.FailAlways(fmt.Sprintf("/p%d", i+1), testsite.Status(http.StatusServiceUnavailable))
	}
	run := w.fincrawl(exitSomeFailed, "sync")
	if n := run.Sources[0].Plan.Counts()[ingest.Update]; n != 6 {
		t.Errorf("%d updates of the 6 pages that were up: %v", n, w.actions(run))
	}
	for i := range 7 {
		w.site.Handle(fmt.Sprintf("/p%d", i+1), w.serve)
	}
	w.quiet() // learnt from the others, while these have not changed
	if n := w.fincrawl(exitDone, "sync").Sources[0].Plan.Counts()[ingest.Update]; n != 6 {
		t.Errorf("%d updates of the 6 pages when all were up", n)
	}
	w.wantTexts(13)
	w.quiet()
}

// A block that comes slowly goes from pages that did not change one run later, and one
// that is leaving comes back to those that have it still: once.
func TestABlockThatComesOrGoesSlowly(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.forgetful = true // so that each run fetches everything
	notice := "<p>All of our lamps are in white or in black, and none of them is in red or in green.</p>"
	with := func(n int) {
		for i := range n {
			path := fmt.Sprintf("/p%d", i+1)
			w.odd[path] = w.before + w.texts[path] + notice + w.after
		}
	}
	wantNotices := func(when string, want int) {
		t.Helper()
		n := 0
		for _, p := range w.pages() {
			if strings.Contains(p.HTML, "in red") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d pages have the notice, want %d", when, n, want)
		}
	}
	with(5)
	w.fincrawl(exitDone, "sync")
	wantNotices("on few pages", 5)
	w.quiet()
	with(8)
	w.quiet() // the three that have it now
	wantNotices("on most pages", 5)
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /p1", "~ /p2", "~ /p3", "~ /p4", "~ /p5")
	wantNotices("on most pages, a run later", 0)
	w.quiet()
	for i := range 6 {
		delete(w.odd, fmt.Sprintf("/p%d", i+3))
	}
	w.quiet()
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /p1", "~ /p2")
	wantNotices("on two pages", 2)
	w.quiet()
}

func TestExplainShowsWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "    screen: {personal: {emails: redact}}\n", 29)
	w.set(oddMenu, oddFooter+"<p>Write to kim@harbour-lamps.com at any time</p>")
	w.odd["/p7"] = w.texts["/p7"] + oddFooter
	w.odd["/p8"] = oddMenu + oddFooter
	w.fincrawl(exitDone, "sync")
	wanted := []report.LeftOut{
		{Words: "Help First Second", Place: "at the beginning", Pages: 29, Of: 30},
		{Words: "Was this of use to you?", Place: "at the end", Pages: 30, Of: 30},
		{Words: "Example Ltd., 1 Harbour Street, all rights reserved", Place: "at the end", Pages: 30, Of: 30},
		{Words: "[redacted]", Place: "at the end", Pages: 28, Of: 30},
	}
	e := w.explained(exitDone, "/p3", "--fetch")
	if !slices.Equal(e.LeftOut, wanted) || e.Whole {
		t.Errorf("left out of the page: %+v, want %+v", e.LeftOut, wanted)
	}
	wanted[3].Words = "Write to [redacted] at any time"
	for _, block := range wanted {
		if e := w.explained(exitDone, "/p3"); !slices.Contains(e.Template, block) {
			t.Errorf("left out of the pages: %+v, without %+v", e.Template, block)
		}
	}
	if e := w.explained(exitDone, "/p8", "--fetch"); len(e.LeftOut) != 0 || !e.Whole {
		t.Errorf("left out of the page that has nothing else: %+v, all: %t", e.LeftOut, e.Whole)
	}
	for args, want := range map[string]string{
		"--fetch": `"Was this of use to you?" at the end, on 100 % of 30 pages`,
		"-v":      `"Help First Second" at the beginning, on 96 % of 30 pages`,
	} {
		if text := flat(w.explainedText("/p3", args)); !strings.Contains(text, want) {
			t.Errorf("explain %s lacks %s:\n%s", args, want, text)
		}
	}
}

// What was taken out of the template's text, as a secret, before it was known to be
// template, hides no block of it.
func TestATemplateThatIsRedactedIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"redact", "warn", "copilot_only"} {
		w := newAlike(t, "    screen: {personal: {emails: "+action+"}}\n", 12)
		w.set("<p>Write to kim@harbour-lamps.com at any time</p>"+oddMenu, oddFooter)
		w.texts["/p3"] = "<p>Lamp three comes from sam@harbour-lamps.com, who made all of its parts but for the shade.</p>"
		run := w.fincrawl(exitDone, "sync")
		w.odd["/p3"] = ""
		w.wantTexts(13)
		for _, c := range run.Sources[0].Plan.Changes {
			if found, at := len(c.Findings) > 0, strings.HasSuffix(c.ExternalID, "/p3"); found && !at && action != "redact" || !found && at {
				t.Errorf("%s: findings of %s: %v", action, c.ExternalID, c.Findings)
			}
			if c.After.AIAgent != (action != "copilot_only" || strings.HasSuffix(c.ExternalID, "/p3") == false) {
				t.Errorf("%s: %s is for Fin AI Agent: %t", action, c.ExternalID, c.After.AIAgent)
			}
		}
		delete(w.odd, "/p3")
		w.quiet()
	}
}

// A page that is split has its template at the ends of its first and its last part.
func TestABannerOnPagesInPartsWritesNothing(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "    content: {split: {at: h2}}\n", 12)
	for path, text := range w.texts {
		w.texts[path] = text + fmt.Sprintf("<h2>Care</h2><p>Of %s, care is taken with a dry cloth and a lot of patience.</p>", path) +
			fmt.Sprintf("<h2>Repair</h2><p>Whoever repairs %s takes off the shade before anything else.</p>", path)
		w.odd[path] = oddMenu + w.texts[path] + oddFooter
	}
	preview := w.fincrawl(exitDone, "preview")
	samePlan(t, preview, w.fincrawl(exitDone, "sync"))
	pages := w.pages()
	if len(pages) != 3*13 {
		t.Errorf("%d pages in the library, want the three parts of 13", len(pages))
	}
	for _, p := range pages {
		if strings.Contains(p.HTML, "Second") || strings.Contains(p.HTML, "Harbour") {
			t.Errorf("%s is in the library as %s", p.ExternalID, p.HTML)
		}
	}
	w.bodies = 0
	w.quiet()
	if w.bodies > 1 {
		t.Errorf("the second run fetched %d pages that had not changed", w.bodies)
	}
	for path := range w.texts {
		w.odd[path] = "<p>Maintenance on Sunday</p>" + w.odd[path]
	}
	w.quiet()
	w.quiet()
}

func TestLintSeesWhatWouldBeSent(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.set(oddMenu, "<p>Anything else? Please contact our support team at any time.</p>")
	run := w.fincrawl(exitDone, "lint")
	for _, a := range run.Sources[0].Advice {
		if a.Kind == "contact-ending" || a.Kind == "duplicate" {
			t.Errorf("advice on what is left out: %+v", a)
		}
	}
	if got := run.Sources[0].Template; got == nil || got.Pages != 13 {
		t.Errorf("left out: %+v", got)
	}
}

// Pages that differ in their menu alone are one.
func TestPagesThatDifferInTheTemplateAloneAreDuplicates(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "", 12)
	w.site.Handle("/print", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(rw, "<title>Article at /p1</title>", w.texts["/p1"])
	})
	w.texts["/p2"] += `<nav class=nav><a href="/print">print</a></nav>`
	run := w.fincrawl(exitDone, "sync")
	if n := run.Sources[0].Plan.Coverage.Outcomes["duplicate"]; n != 1 {
		t.Errorf("%d duplicates: %v", n, run.Sources[0].Plan.Coverage.Outcomes)
	}
}
