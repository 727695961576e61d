package htmlreport_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/browsertest"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

const key = "AKIAQYLPMN5HFIQR7BBB"

// hostile are texts that would do something if any of them were markup.
var hostile = []string{
	`</script><script>document.title = "ran"</script>`,
	`<!--<script>`,
	"]]></script \u2028\u2029 <img src=x onerror='document.title=\"ran\"'>",
	`" onmouseover="document.title='ran'" x="`,
	`javascript:document.title="ran"`,
	"\u202egnp.exe \x1b[31m \u200b",
	`{{.Data}} ${document.title="ran"}`,
}

// example is a preview of one source with a change of each kind.
func example() (report.Run, htmlreport.Seen) {
	version := func(n int, hash string) *ingest.Version {
		return &ingest.Version{URL: fmt.Sprintf("https://wiki.example/p%d", n), Title: fmt.Sprintf("Page %d", n), Hash: hash, AIAgent: n%3 != 0, AICopilot: true}
	}
	long := strings.Repeat("A line that is the same in both of them.\n\n", 12)
	plan := ingest.Plan{Source: "wiki", Coverage: crawler.Coverage{Complete: false, Discovered: 9, GapsInAll: 1,
		Outcomes: map[crawler.Outcome]int{crawler.Paged: 6, crawler.Excluded: 2, crawler.ServerError: 1},
		Gaps:     []crawler.Gap{{URL: "https://wiki.example/broken", Outcome: crawler.ServerError, Detail: "HTTP 500"}}}}
	before := map[string]string{}
	after := map[string]string{}
	add := func(c ingest.Change, old, now string) {
		c.ExternalID = fmt.Sprintf("https://wiki.example/p%d", len(plan.Changes))
		if c.Before != nil {
			c.RemoteID = fmt.Sprint(len(plan.Changes))
		}
		before[c.ExternalID], after[c.ExternalID] = old, now
		plan.Changes = append(plan.Changes, c)
	}
	add(ingest.Change{Action: ingest.Held, Wants: ingest.Update, Guard: ingest.GuardSecret, Before: version(0, "a"), After: version(0, "b"), Reason: "text changed; has what must not be published",
		Findings: []state.Finding{{Rule: "aws-access-key", Kind: "credential", Action: "hold", Where: `under "Keys"`, Excerpt: "AKIA…"}}},
		long+"The key is with Ann.\n", long+"The key is "+key+".\n")
	for n := 1; n < 3; n++ {
		add(ingest.Change{Action: ingest.Held, Wants: ingest.Delete, Guard: ingest.GuardHint, Before: version(n, "a"), Reason: "it asks not to be indexed (noindex)", Since: "2026-11-28"}, long, "")
	}
	add(ingest.Change{Action: ingest.Held, Wants: ingest.Create, Guard: ingest.GuardSize, After: version(3, "b"), Reason: "too large"}, "", "")
	add(ingest.Change{Action: ingest.Update, Before: version(4, "a"), After: version(4, "b"), Reason: "text changed"}, "# Prices\n\n"+long+"The blue pump costs 12 crowns a day.\n", "# Prices\n\n"+long+"The blue pump costs 14 crowns a week.\n")
	add(ingest.Change{Action: ingest.Create, After: version(5, "b"), Reason: "new"}, "", "A new page.\n\n| what | price |\n|---|---|\n| pump | 12 |\n")
	add(ingest.Change{Action: ingest.Delete, Before: version(6, "a"), Reason: "its URL answers 404"}, strings.Repeat("What goes is a long text.\n\n", 40), "")
	add(ingest.Change{Action: ingest.Held, Wants: ingest.Delete, Guard: ingest.GuardConfirmation, Pending: true, Before: version(7, "a"), Reason: "missing"}, "What may go.\n", "")
	seen := htmlreport.Seen{Plan: plan, Audience: []int64{7}, Texts: func(c ingest.Change) (old, now state.Body, err error) {
		return state.Body{Markdown: before[c.ExternalID]}, state.Body{Markdown: after[c.ExternalID]}, nil
	}}
	seen.Screener, _ = screen.New(screen.Config{Credentials: screen.Hold, Injections: screen.Hold, Emails: screen.Warn, Markdown: markdown.FromHTML})
	seen.Leave("https://wiki.example/old", crawler.Excluded, "")
	seen.Leave("https://wiki.example/broken", crawler.ServerError, "HTTP 500")
	run := report.Run{ID: "20261130T220000Z-abcd", Mode: "preview", Version: "v1", Finished: time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC), Workspace: "app-1",
		Sources: []report.Source{{Name: "wiki", URL: "https://wiki.example/", Plan: &plan, ImportSource: &ingest.SourceChange{Action: ingest.Unchanged, Want: state.ImportSource{ID: 33}},
			Advice: []report.Advice{{Kind: "thin", URL: "https://wiki.example/p5", Title: "Page 5", Detail: "9 words", Fix: "Say more."}}}}}
	return run, seen
}

// written is a report as its file has it.
func written(t *testing.T, run report.Run, seen ...htmlreport.Seen) (path, text string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "report.html")
	r, err := htmlreport.Open(path, new(secrets.Set))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seen {
		if err := r.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Write(run); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(file)
}

func TestTheFileIsForItsOwnerAndNothingThatScreeningFoundIsInIt(t *testing.T) {
	run, seen := example()
	seen.Plan.Changes[0].Reason += " " + key // wherever it comes from
	run.Sources[0].Advice[0].Detail = "says " + key
	run.Sources[0].Error = "the site said " + key
	at := "https://wiki.example/?k=" + key // which a page is known by, so that the file cannot name it
	run.Sources[0].Plan.Changes = append(run.Sources[0].Plan.Changes, ingest.Change{Action: ingest.Held, Wants: ingest.Create, Guard: ingest.GuardSecret, ExternalID: at,
		After: &ingest.Version{URL: at, Title: key, Hash: "k"}, Reason: "has what must not be published"})
	seen.Plan = *run.Sources[0].Plan
	path, text := written(t, run, seen)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if strings.Contains(text, key) {
		t.Error("the file has the key in it")
	}
	for _, want := range []string{`"found":"AKIA…"`, `"before":"`, "The key is", `"masked":true`} {
		if !strings.Contains(text, want) {
			t.Errorf("the file has no %s", want)
		}
	}
	if again := func() string { _, text := written(t, run, seen); return text }(); again != text {
		t.Error("the same run gives another file")
	}
}

// A secret whose letters do not stand together in the text is none that can be masked.
func TestATextWhoseSecretCannotBeMaskedIsLeftOut(t *testing.T) {
	run, seen := example()
	seen.Texts = func(c ingest.Change) (old, now state.Body, err error) {
		if c.Guard == ingest.GuardSecret {
			now = state.Body{HTML: "<p>Use AKIA<b>QYLPMN5HF</b>IQR7BBB now</p>", Markdown: "Use AKIA**QYLPMN5HF**IQR7BBB now"}
		}
		return old, now, nil
	}
	_, text := written(t, run, seen)
	if strings.Contains(text, "QYLPMN5HF") {
		t.Error("the file has most of the key in it")
	}
	if !strings.Contains(text, "cannot be masked") {
		t.Error("the file does not say so")
	}
}

// The data are one block, and what pages say cannot end it.
func TestNothingThatAPageSaysIsMarkup(t *testing.T) {
	run, seen := example()
	changes := &run.Sources[0].Plan.Changes
	for i, text := range hostile {
		v := &ingest.Version{URL: text, Title: text, Hash: "h"}
		*changes = append(*changes, ingest.Change{Action: ingest.Held, Wants: ingest.Create, Guard: ingest.GuardMarker, ExternalID: fmt.Sprint("x", i, text), After: v, Reason: text,
			Findings: []state.Finding{{Rule: text, Kind: text, Action: "hold", Where: text, Excerpt: text}}})
		run.Sources[0].Advice = append(run.Sources[0].Advice, report.Advice{Kind: text, URL: text, Title: text, Detail: text, Fix: text})
		run.Sources[0].Plan.Coverage.Gaps = append(run.Sources[0].Plan.Coverage.Gaps, crawler.Gap{URL: text, Outcome: crawler.Outcome(text), Detail: text})
		seen.Leave(text, crawler.Excluded, text)
	}
	run.Error, run.Sources[0].Name, run.ID = hostile[0], hostile[3], hostile[1]
	seen.Plan = *run.Sources[0].Plan
	seen.Plan.Source = run.Sources[0].Name
	texts := seen.Texts
	seen.Texts = func(c ingest.Change) (old, now state.Body, err error) {
		if strings.HasPrefix(c.ExternalID, "x") {
			return state.Body{}, state.Body{Markdown: strings.Join(hostile, "\n")}, nil
		}
		return texts(c)
	}
	path, text := written(t, run, seen)
	if n := strings.Count(strings.ToLower(text), "<script"); n != 2 {
		t.Errorf("%d scripts begin", n)
	}
	_, data, _ := strings.Cut(text, `id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	if !json.Valid([]byte(data)) || strings.ContainsAny(data, "<>&\u2028\u2029") {
		t.Error("the data are no JSON, or have in them what HTML or JavaScript takes for its own")
	}
	tab := browsertest.Open(t)
	tab.Load(path)
	tab.Run(`for (const d of document.querySelectorAll("details")) d.open = true; for (const e of document.querySelectorAll("[onmouseover]")) e.dispatchEvent(new Event("mouseover")); for (const a of document.querySelectorAll("#report a")) if (!/^(https?:|#)/.test(a.getAttribute("href"))) a.click(); for (const b of document.querySelectorAll(".buttons button")) b.click()`)
	tab.Run(`new Promise(done => setTimeout(done, 300))`)
	if title := browsertest.Eval[string](tab, `document.title`); title != "What a sync would do · fincrawl" {
		t.Errorf("a page's text has run: %q", title)
	}
	if n := browsertest.Eval[int](tab, `document.querySelectorAll("#report script, #report img, #report iframe, #report [onmouseover], #report a[href^=javascript]").length`); n > 0 {
		t.Errorf("%d elements are of pages", n)
	}
	if n := browsertest.Eval[int](tab, `document.querySelectorAll("#waiting .item").length`); n < len(hostile) {
		t.Errorf("%d changes are shown", n)
	}
	if shown := browsertest.Eval[string](tab, `document.getElementById("report").textContent`); strings.ContainsAny(shown, "\u202e\u200b\x1b") || !strings.Contains(shown, hostile[0]) {
		t.Error("texts are not shown as text, or turn its direction")
	}
}

// The policy of the file lets its own script and style run, and nothing else.
func TestThePolicyAllowsNothingElse(t *testing.T) {
	run, seen := example()
	path, text := written(t, run, seen)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src &#39;none&#39;") || strings.Contains(policy[1], "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	frame, _, _ := strings.Cut(text, `id="data"`)
	if found := regexp.MustCompile(`(?i)(src|href)="?https?:|@import|url\(|style="`).FindString(frame); found != "" {
		t.Errorf("the file asks for something: %s", found)
	}
	tab := browsertest.Open(t)
	tab.Load(path)
	tab.Run(`const s = document.createElement("script"); s.textContent = "document.title = 'ran'"; document.body.append(s)`)
	if title := browsertest.Eval[string](tab, `document.title + getComputedStyle(document.querySelector(".totals")).display`); title != "What a sync would do · fincrawlgrid" {
		t.Errorf("a script that was added has run, or the style has not: %q", title)
	}
}

// What must be looked at page by page is approved with its passage open, and by no button for all.
func TestApprovingNeedsALook(t *testing.T) {
	run, seen := example()
	path, _ := written(t, run, seen)
	tab := browsertest.Open(t)
	tab.Load(path)
	tab.Run(`window.card = [...document.querySelectorAll("#waiting .item")].find(i => i.textContent.includes("Page 0")); window.radio = card.querySelector("input[value=approve]")`)
	if !browsertest.Eval[bool](tab, `radio.disabled && card.closest(".group").querySelectorAll(".buttons").length === 0`) {
		t.Error("a page with a credential can be approved unseen")
	}
	tab.Run(`card.querySelector("details").open = true; new Promise(done => setTimeout(done, 100))`)
	if !browsertest.Eval[bool](tab, `!radio.disabled && card.querySelector("mark").textContent === "AKIA…"`) {
		t.Error("it cannot be approved with its passage open, or that is not marked")
	}
	if !browsertest.Eval[bool](tab, `![...document.querySelectorAll("#waiting .item")].find(i => i.textContent.includes("Page 3")).querySelector("input[value=approve]")`) {
		t.Error("what cannot be approved has a tick for it")
	}
	tab.Run(`[...document.querySelectorAll("#waiting button")].find(b => b.textContent.startsWith("Approve all 2")).click()`)
	if said := browsertest.Eval[string](tab, `document.querySelector(".said").textContent`); said != "2 approved" {
		t.Errorf("said %q", said)
	}
}

// Nobody is shut out: axe finds nothing, in light and dark, with all of it open; and pictures are
// taken for people to look at.
func TestTheReportIsForEverybody(t *testing.T) {
	run, seen := example()
	path, _ := written(t, run, seen)
	tab := browsertest.Open(t)
	for _, look := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"wide", 1280, 1600, false}, {"narrow", 390, 1600, false}, {"dark", 1280, 1600, true}} {
		tab.Size(look.width, look.height, look.dark)
		tab.Load(path)
		tab.Shoot("report-" + look.name)
		tab.Run(`for (const d of document.querySelectorAll("details")) d.open = true; new Promise(done => setTimeout(done, 100))`)
		tab.Run(`document.querySelectorAll("input[value=approve]").forEach(i => i.click())`)
		tab.Shoot("report-" + look.name + "-open")
		tab.Run(`scrollTo(0, document.querySelector("#changes").offsetTop - 80); document.querySelectorAll("#changes .decide input")[1].click(); new Promise(done => setTimeout(done, 300))`)
		tab.Shoot("report-" + look.name + "-changes")
		tab.Run(`scrollTo(0, document.querySelector("#readers").offsetTop - 80); new Promise(done => setTimeout(done, 300))`)
		tab.Shoot("report-" + look.name + "-readers")
		if n := browsertest.Eval[int](tab, `[...document.querySelectorAll(".columns > p")].filter(p => p.checkVisibility() && p.scrollHeight > p.clientHeight + 1).length`); n > 0 {
			t.Errorf("%s: %d lines side by side are higher than their room", look.name, n)
		}
		for _, b := range tab.Axe() {
			t.Errorf("%s: %s: %s\n\t%s", look.name, b.Rule, b.Help, strings.Join(b.Where, "\n\t"))
		}
		if wide := browsertest.Eval[int](tab, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
			t.Errorf("%s: the page is %d pixels wider than the screen", look.name, wide)
		}
	}
}

// All of it is reached and done by keys alone.
func TestAPersonDecidesByKeys(t *testing.T) {
	run, seen := example()
	path, _ := written(t, run, seen)
	tab := browsertest.Open(t)
	tab.Load(path)
	reach := func(what string) {
		t.Helper()
		for range 60 {
			tab.Press(kb.Tab)
			if browsertest.Eval[bool](tab, `document.activeElement.matches("`+what+`")`) {
				return
			}
		}
		t.Fatalf("no key reaches %s", what)
	}
	reach("#waiting summary")
	tab.Press(kb.Enter)
	tab.Run(`new Promise(done => setTimeout(done, 100))`)
	reach("#waiting .decide input")
	tab.Press(kb.ArrowRight)
	reach(".tray button")
	tab.Press(kb.Tab, kb.Tab, kb.Tab)
	if got := browsertest.Eval[string](tab, `document.querySelector(".said").textContent + "; " + document.activeElement.textContent`); got != "1 approved; As text" {
		t.Errorf("got %q", got)
	}
}

// On paper there is all of the texts that are open, and nothing to click.
func TestTheReportIsPrinted(t *testing.T) {
	run, seen := example()
	path, _ := written(t, run, seen)
	tab := browsertest.Open(t)
	tab.Size(800, 1400, false)
	tab.Load(path)
	tab.Run(`document.querySelector("#waiting summary").click(); new Promise(done => setTimeout(done, 100))`)
	tab.Print()
	tab.Shoot("report-print")
	if n := browsertest.Eval[int](tab, `[...document.querySelectorAll("button, input, .bar nav")].filter(e => e.checkVisibility()).length`); n > 0 {
		t.Errorf("%d things to click are printed", n)
	}
	if !browsertest.Eval[bool](tab, `document.querySelector("#waiting .diff").clientHeight >= document.querySelector("#waiting .diff").scrollHeight - 1`) {
		t.Error("a text is cut off")
	}
}

// Of ten thousand changes, only those near the screen are made.
func TestTenThousandChangesAreShownAsTheyAreLookedAt(t *testing.T) {
	path := tenThousand(t)
	tab := browsertest.Open(t)
	tab.Size(1280, 900, false)
	tab.Load(path)
	timing := browsertest.Eval[map[string]float64](tab, `(async () => {
		const ready = performance.getEntriesByType("navigation")[0].domComplete;
		const frames = [];
		let last = performance.now();
		for (let i = 0; i < 60; i++) {
			scrollBy(0, 700);
			await new Promise(done => { requestAnimationFrame(done); setTimeout(done, 1000); }); // a busy machine may draw none
			const now = performance.now();
			frames.push(now - last);
			last = now;
		}
		frames.sort((a, b) => a - b);
		return {ready, median: frames[30], worst: frames[59], items: document.querySelectorAll("#changes .item").length, height: document.documentElement.scrollHeight};
	})()`)
	t.Logf("ready after %.0f ms; a frame while scrolling takes %.0f ms, at worst %.0f; %.0f rows are made, the page is %.0f pixels high",
		timing["ready"], timing["median"], timing["worst"], timing["items"], timing["height"])
	if timing["items"] > 2500 || timing["height"] < 300_000 {
		t.Errorf("%v", timing)
	}
	tab.Run(`document.querySelector("#changes input[type=search]").value = "number 9876"; document.querySelector("#changes input[type=search]").dispatchEvent(new Event("input")); new Promise(done => setTimeout(done, 400))`)
	if found := browsertest.Eval[string](tab, `document.querySelector(".found").textContent + ": " + document.querySelector("#changes .item .name").textContent`); found != "1 change: Article number 9876" {
		t.Errorf("found %q", found)
	}
}

func tenThousand(t *testing.T) string {
	run, seen := example()
	plan := &ingest.Plan{Source: "wiki", Coverage: crawler.Coverage{Complete: true}}
	for n := range 10_000 {
		url := fmt.Sprintf("https://wiki.example/articles/%d", n)
		c := ingest.Change{Action: ingest.Update, ExternalID: url, RemoteID: fmt.Sprint(n), Reason: "text changed",
			Before: &ingest.Version{URL: url, Title: fmt.Sprintf("Article number %d", n), Hash: "a", AIAgent: true, AICopilot: true},
			After:  &ingest.Version{URL: url, Title: fmt.Sprintf("Article number %d", n), Hash: "b", AIAgent: true, AICopilot: true}}
		if n%50 == 0 {
			c.Action, c.Wants, c.Guard = ingest.Held, ingest.Update, ingest.GuardShrunk
		}
		plan.Changes = append(plan.Changes, c)
	}
	slices.SortFunc(plan.Changes, func(a, b ingest.Change) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	run.Sources[0].Plan, seen.Plan = plan, *plan
	seen.Texts = func(c ingest.Change) (old, now state.Body, err error) {
		text := strings.Repeat("Some words that every article has in it, so that there is something to read. ", 2)
		return state.Body{Markdown: text + "\n\nIt costs 12 crowns.\n\n" + c.ExternalID}, state.Body{Markdown: text + "\n\nIt costs 14 crowns.\n\n" + c.ExternalID}, nil
	}
	path, text := written(t, run, seen)
	t.Logf("%d changes make a file of %d kB", len(plan.Changes), len(text)/1000)
	return path
}
