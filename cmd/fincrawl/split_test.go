package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// handbook is a page of sections, each with a heading and a text; a first one without a
// heading comes before them.
type handbook struct {
	title    string
	sections []string // "Heading: text"; the first is text alone
}

func (h handbook) page() testsite.Page {
	var b strings.Builder
	fmt.Fprintf(&b, "<main><article><h1>%s</h1><p>%s</p>", h.title, h.sections[0])
	for _, s := range h.sections[1:] {
		heading, text, _ := strings.Cut(s, ": ")
		fmt.Fprintf(&b, "<h2>%s</h2><p>%s</p>", heading, text)
	}
	return testsite.Page{Title: h.title, Body: b.String() + "</article></main>"}
}

// long makes a text of about n bytes that begins with words.
func long(words string, n int) string {
	return words + strings.Repeat(" and so on, as "+words+" says", n/(len(words)+20)+1)
}

// newHandbook makes a world with a page /handbook that is split, and another one.
func newHandbook(t *testing.T, settings string) (*world, *handbook) {
	t.Helper()
	w := newWorld(t, settings, "/handbook", "/other")
	h := &handbook{title: "Handbook", sections: []string{"How we work.", "Travel: " + long("Book early", 900), "Expenses: " + long("Keep receipts", 900), "Leave: " + long("Ask first", 900)}}
	w.site.Page("/handbook", h.page())
	return w, h
}

const splitOver = "    content: {split: {over: 2kB}}\n"

func TestALongPageIsSplitAtItsHeadings(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave")
	lead, part := w.page("/handbook"), w.page("/handbook#travel")
	if lead.Title != "Handbook" || lead.URL != w.site.URL("/handbook") || !strings.Contains(lead.HTML, "How we work") || strings.Contains(lead.HTML, "Book early") {
		t.Errorf("the page itself: %+v", lead)
	}
	if part.Title != "Handbook › Travel" || part.URL != w.site.URL("/handbook#travel") || !strings.Contains(part.HTML, "Book early") || strings.Contains(part.HTML, "receipts") {
		t.Errorf("its part: %+v", part)
	}
	if n := w.site.Count("/handbook"); n != 1 {
		t.Errorf("asked %d times for one page", n)
	}

	// Nothing to do the second time, whether it is read or known.
	w.site.Forget()
	if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync")) }); n != 0 {
		t.Errorf("%d writes for what has not changed", n)
	}
	if n := w.site.Count("/handbook"); n != 1 {
		t.Errorf("asked %d times for one page", n)
	}

	// An edit in one section is one update.
	h.sections[2] = strings.Replace(h.sections[2], "Keep receipts", "Keep all receipts", 1)
	w.site.Page("/handbook", h.page())
	if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook#expenses") }); n != 1 {
		t.Errorf("%d writes for one edit", n)
	}

	// One that is renamed is another part; one that is added or removed leaves the others.
	h.sections[1] = strings.Replace(h.sections[1], "Travel:", "Travelling:", 1)
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "- /handbook#travel", "+ /handbook#travelling")
	h.sections = append(h.sections[:2:2], "Phones: "+long("Switch off", 900), h.sections[3])
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "- /handbook#expenses", "+ /handbook#phones")
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travelling", "/handbook#phones", "/handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

func TestAPageGrowsUntilItIsSplitAndShrinksAgain(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	whole := h.sections
	h.sections = whole[:2]
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "+ /", "+ /handbook", "+ /other")

	// Most of the text leaves the page itself for its parts, which is no loss.
	h.sections = whole
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook", "+ /handbook#expenses", "+ /handbook#leave", "+ /handbook#travel")

	// A little shorter, it stays as it is, so that it does not go back and forth.
	h.sections = whole[:3]
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "- /handbook#leave")

	// Much shorter, it is one page again: its parts go, without being missed first, and
	// together count as one delete.
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", splitOver+"    updates: {max_shrink: 1}\n    deletes: {max_count: 1}\n"))
	h.sections = []string{whole[0], "Travel: Book.", "Expenses: Keep receipts."}
	w.site.Page("/handbook", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook", "- /handbook#expenses", "- /handbook#travel")
	w.wantLibrary("/", "/other", "/handbook")
	if html := w.page("/handbook").HTML; !strings.Contains(html, "receipts") {
		t.Errorf("the page lacks what its parts said: %s", html)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// incidents.md: a broken template must not blank the library, of a page in parts either.
func TestAPageInPartsThatShrinksIsHeldWithItsParts(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	w.fincrawl(exitDone, "sync")
	h.sections = []string{h.sections[0], "Travel: Book."}
	w.site.Page("/handbook", h.page())
	run := w.fincrawl(exitHeld, "sync")
	w.wantActions(run, "? /handbook", "? /handbook#expenses", "? /handbook#leave", "? /handbook#travel")
	w.wantGuards(run, map[string]ingest.Guard{"/handbook": ingest.GuardShrunk, "/handbook#expenses": ingest.GuardWhole, "/handbook#leave": ingest.GuardWhole, "/handbook#travel": ingest.GuardWhole})
	if html := w.page("/handbook#leave").HTML; !strings.Contains(html, "Ask first") {
		t.Errorf("a part that was held has changed: %s", html)
	}
}

// Promise 1, of a page in parts.
func TestThePartsOfAPageStayAndGoWithIt(t *testing.T) {
	t.Parallel()
	all := []string{"/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave"}
	for _, answer := range []http.HandlerFunc{status(403), status(500), siteFaults["blank"]} {
		w, _ := newHandbook(t, splitOver)
		w.fincrawl(exitDone, "sync")
		w.site.Handle("/handbook", answer)
		for range 3 {
			code, out, _ := w.execute(t.Context(), "sync")
			if w.wantLibrary(all...); t.Failed() {
				t.Fatalf("exit code %d\n%s", code, out)
			}
		}
	}

	w, h := newHandbook(t, splitOver+"    deletes: {max_count: 1}\n")
	w.fincrawl(exitDone, "sync")
	w.site.Page("/", testsite.Page{Links: []string{"/other"}}) // nothing leads to it any more, and it is there
	for range 3 {
		w.site.Forget()
		w.wantActions(w.fincrawl(exitDone, "sync"))
		if n := w.site.Count("/handbook"); n != 1 {
			t.Errorf("asked %d times for one page", n)
		}
	}
	w.site.Remove("/handbook") // one page goes, in its parts
	w.wantActions(w.fincrawl(exitDone, "sync"), "- /handbook", "- /handbook#expenses", "- /handbook#leave", "- /handbook#travel")
	w.wantLibrary("/", "/other")

	w.site.Page("/", testsite.Page{Links: []string{"/handbook", "/other"}})
	w.site.Page("/handbook", h.page())
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(all...)
}

func TestAPageInPartsMovesWithThem(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	w.fincrawl(exitDone, "sync")
	w.site.Page("/guide", h.page())
	w.site.Redirect("/handbook", "/guide")
	run := w.fincrawl(exitDone, "sync")
	w.wantActions(run, "~ /handbook", "~ /handbook#expenses", "~ /handbook#leave", "~ /handbook#travel")
	if url := w.page("/handbook#leave").URL; url != w.site.URL("/guide#leave") {
		t.Errorf("its part leads to %s", url)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"))

	// It takes them along once more, without a redirect, as it says the same.
	w.site.Remove("/guide")
	w.site.Remove("/handbook")
	w.site.Page("/rules", h.page())
	w.site.Page("/", testsite.Page{Links: []string{"/rules", "/other"}})
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook", "~ /handbook#expenses", "~ /handbook#leave", "~ /handbook#travel")
	w.wantActions(w.fincrawl(exitDone, "sync"))

	// And an edit of one section is still one update.
	h.sections[1] = strings.Replace(h.sections[1], "Book early", "Book very early", 1)
	w.site.Page("/rules", h.page())
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook#travel")
}

func TestPartsAreKnownByTheIdentityOfTheirPage(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, "    content: {split: {over: 2kB}, external_id: {meta: number}}\n")
	numbered := func() testsite.Page {
		p := h.page()
		p.Head = "<meta name=number content=KB-12>"
		return p
	}
	w.site.Page("/handbook", numbered())
	run := w.fincrawl(exitDone, "sync")
	w.wantActions(run, "+ KB-12", "+ KB-12#expenses", "+ KB-12#leave", "+ KB-12#travel", "+ /", "+ /other")
	w.wantActions(w.fincrawl(exitDone, "sync"))
	w.site.Page("/guide", numbered())
	w.site.Redirect("/handbook", "/guide")
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ KB-12", "~ KB-12#expenses", "~ KB-12#leave", "~ KB-12#travel")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

func TestTheSamePageInPartsUnderTwoAddressesIsOne(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	w.site.Page("/handbook/copy", h.page())
	w.site.Page("/", testsite.Page{Links: []string{"/handbook/copy", "/handbook", "/other"}})
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// A 304 says that all of the page is as it was.
func TestAPageInPartsThatIsNotModifiedKeepsThem(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	version, full := 1, 0
	w.site.Handle("/handbook", func(rw http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"v%d"`, version)
		rw.Header().Set("ETag", tag)
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		full++
		_, _ = rw.Write([]byte("<!doctype html><title>Handbook</title><body>" + h.page().Body))
	})
	w.fincrawl(exitDone, "sync")
	for range 2 {
		w.wantActions(w.fincrawl(exitDone, "sync"))
	}
	if full != 1 {
		t.Errorf("sent in full %d times", full)
	}
	h.sections[1], version = "Travel: "+long("Book late", 900), 2
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /handbook#travel")
	w.wantActions(w.fincrawl(exitDone, "sync"))
	if full != 2 {
		t.Errorf("sent in full %d times", full)
	}

	// A part that was deleted in Intercom comes back.
	w.drop("/handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync", "--verify"), "+ /handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

func TestPartsAreAdoptedWhereTheStateIsLost(t *testing.T) {
	t.Parallel()
	w, _ := newHandbook(t, splitOver)
	w.fincrawl(exitDone, "sync")
	w.lose("fincrawl.db")
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("%d writes for what Intercom has", n)
	}
	w.site.Remove("/handbook")
	w.site.Page("/", testsite.Page{Links: []string{"/other"}})
	w.lose("fincrawl.db")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/other")
}

func TestWhatIsFoundInOnePartHoldsThatPartAlone(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	h.sections[2] += " The password is: hunter2-Zq9!x and the key AKIAQ3EGRIL5MAHKZQHB."
	w.site.Page("/handbook", h.page())
	run := w.fincrawl(exitHeld, "sync")
	w.wantGuards(run, map[string]ingest.Guard{"/handbook#expenses": ingest.GuardSecret})
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#leave")
}

// Elastic crawler 333: oversize documents were dropped silently.
func TestAPageThatIsTooLargeForIntercomIsSplitByItself(t *testing.T) {
	t.Parallel()
	w, _ := newHandbook(t, "")
	w.intercom = "max_html: 2kB"
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""))
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    content: {split: {over: never}}\n"))
	run := w.fincrawl(exitSomeFailed, "preview") // the page rests, and its parts with it
	w.wantGuards(run, map[string]ingest.Guard{"/handbook": ingest.GuardSize, "/handbook#travel": ingest.GuardWhole, "/handbook#expenses": ingest.GuardWhole, "/handbook#leave": ingest.GuardWhole})
}

func TestPagesAreSplitWhereThatIsConfigured(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, "    content: {split: {at: h2, pages: [/handbook]}}\n")
	h.sections = []string{"Intro.", "One: 1.", "Two: 2."}
	w.site.Page("/handbook", h.page())
	w.site.Page("/other", handbook{title: "Other", sections: h.sections}.page())
	run := w.fincrawl(exitDone, "preview")
	w.wantActions(run, "+ /", "+ /handbook", "+ /handbook#one", "+ /handbook#two", "+ /other")
	w.fincrawl(exitDone, "sync")
	w.wantActions(w.fincrawl(exitDone, "resync"), "~ /", "~ /handbook", "~ /handbook#one", "~ /handbook#two", "~ /other")
}

func TestExplainShowsThePartsOfAPage(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	w.fincrawl(exitDone, "sync")
	h.sections[2] = "Expenses: " + long("Keep nothing", 900)
	w.site.Page("/handbook", h.page())
	for _, address := range []string{"/handbook", "/handbook#expenses"} {
		code, out, logs := w.execute(t.Context(), "explain", w.site.URL(address), "--fetch")
		if code != exitDone {
			t.Fatalf("exit code %d: %s", code, logs)
		}
		for _, want := range []string{"= #travel Handbook › Travel: as it was sent", "~ #expenses Handbook › Expenses: text changed", "= #leave Handbook › Leave: as it was sent"} {
			if !strings.Contains(out, want) {
				t.Errorf("explain %s lacks %q:\n%s", address, want, out)
			}
		}
	}
	_, out, _ := w.execute(t.Context(), "explain", w.site.URL("/handbook"))
	if !strings.Contains(out, "✓ #leave Handbook › Leave") {
		t.Errorf("explain without --fetch:\n%s", out)
	}
}

// What pages have in common is left out of them before they are split, also where it is
// found out only when all of them are there.
func TestATemplateIsLeftOutOfPagesInParts(t *testing.T) {
	t.Parallel()
	w := newAlike(t, "    content: {split: {over: 2kB}}\n", 12)
	w.texts["/p1"] = "<h1>First</h1><p>Of lamps.</p><h2>Screws</h2><p>" + long("Screws are small", 900) + "</p><h2>Bulbs</h2><p>" + long("Bulbs are round", 900) + "</p><h2>Wires</h2><p>" + long("Wires are long", 900) + "</p>"
	w.fincrawl(exitDone, "sync")
	for _, part := range []string{"/p1", "/p1#screws", "/p1#bulbs", "/p1#wires"} {
		if html := w.page(part).HTML; strings.Contains(html, "of use to you") || strings.Contains(html, "Second") {
			t.Errorf("%s has what all pages have: %s", part, html)
		}
	}
	for range 2 {
		w.wantActions(w.fincrawl(exitDone, "sync"))
	}
}

// Promise 2, of a page in parts: each is staged, or sent, by itself.
func TestARunThatIsKilledAmidThePartsOfAPageEndsWell(t *testing.T) {
	t.Parallel()
	w, h := newHandbook(t, splitOver)
	var sent int
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/external_pages") {
			if sent++; sent > 3 {
				rw.WriteHeader(http.StatusUnauthorized) // which ends the run
				return
			}
		}
		next.ServeHTTP(rw, r)
	})
	w.set("workers: 1")
	w.configureWith(splitOver)
	w.fincrawl(exitFailed, "sync")
	w.fault.Store(nil)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave")

	h.sections = []string{h.sections[0], h.sections[1], "Phones: " + long("Switch off", 900), "Leave: " + long("Ask twice", 900)}
	w.site.Page("/handbook", h.page())
	sent = 2
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method != http.MethodGet {
			if sent++; sent > 3 {
				rw.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
		next.ServeHTTP(rw, r)
	})
	w.fincrawl(exitFailed, "sync")
	w.fault.Store(nil)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/other", "/handbook", "/handbook#travel", "/handbook#phones", "/handbook#leave")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

func TestRetryOfAPageLetsItsPartsGo(t *testing.T) {
	t.Parallel()
	w, _ := newHandbook(t, splitOver)
	refuses, err := sandbox.ParseFault("422,text=Ask first")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.box.AddFaults(refuses); err != nil {
		t.Fatal(err)
	}
	w.execute(t.Context(), "sync")
	w.box.ClearFaults()
	all := []string{"/", "/other", "/handbook", "/handbook#travel", "/handbook#expenses"}
	w.execute(t.Context(), "sync")
	w.wantLibrary(all...)
	if code, out, logs := w.execute(t.Context(), "retry", "--page", w.site.URL("/handbook")); code != exitDone || !strings.Contains(out, "#leave") {
		t.Errorf("exit code %d\n%s%s", code, out, logs)
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(append(all, "/handbook#leave")...)
}
