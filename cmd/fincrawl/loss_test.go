package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// manyPages are the addresses of n pages.
func manyPages(n int) (pages []string) {
	for i := range n {
		pages = append(pages, fmt.Sprintf("/p%d", i))
	}
	return pages
}

// fill gives each page a long text of its own.
func (w *world) fill(pages []string) {
	for i, p := range pages {
		w.site.Page(p, testsite.Page{Text: strings.Repeat(fmt.Sprintf("What page %d knows of %d and %s. ", i, i*7, p), 30)})
	}
}

// blank has the pages say one thing, each under its own title.
func (w *world) blank(pages []string, text string) {
	for _, p := range pages {
		w.site.Page(p, testsite.Page{Text: text})
	}
}

// A template that broke, or a notice of maintenance, must not blank what Intercom has,
// whatever the state file knows of it.
func TestALibraryIsNotBlankedAfterTheStateWasLost(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Loading content", "Here used to be more, as far as anybody knows"} {
		pages := manyPages(30)
		w := newWorld(t, "", pages...)
		w.fill(pages)
		w.fincrawl(exitDone, "sync")
		if err := os.Remove(w.path("fincrawl.db")); err != nil {
			t.Fatal(err)
		}
		w.blank(pages, text)
		for range 3 {
			run := w.fincrawl(exitHeld, "sync", "--strict")
			if held := run.Sources[0].Plan.Counts()[ingest.Held]; held != 30 {
				t.Errorf("%s: %d held", text, held)
			}
		}
		for _, p := range pages {
			if !strings.Contains(w.page(p).HTML, "knows of") {
				t.Fatalf("%s says %s", p, w.page(p).HTML)
			}
		}
	}
}

func TestALibraryIsNotBlankedAfterEditsInIntercom(t *testing.T) {
	t.Parallel()
	pages := manyPages(30)
	w := newWorld(t, "", pages...)
	w.fill(pages)
	w.fincrawl(exitDone, "sync")
	for _, p := range pages {
		edit := w.page(p)
		w.call("PUT", "/ai/external_pages/"+edit.ID, fmt.Sprintf(`{"title":%q,"html":%q,"url":%q,"locale":"en","ai_agent_availability":false,"ai_copilot_availability":true,"source_id":%d,"external_id":%q}`,
			edit.Title, edit.HTML, edit.URL, edit.SourceID, edit.ExternalID))
	}
	w.blank(pages, "Loading content")
	w.fincrawl(exitHeld, "sync")
	for _, p := range pages {
		if w.page(p).AIAgentAvailability || !strings.Contains(w.page(p).HTML, "knows of") {
			t.Fatalf("%s was sent: %s", p, w.page(p).HTML)
		}
	}
}

func TestAFewPagesAreNotBlankedAndShortOnesNeither(t *testing.T) {
	t.Parallel()
	pages := manyPages(100)
	w := newWorld(t, "", pages...)
	w.fill(pages[:3])
	w.fincrawl(exitDone, "sync")
	w.blank(pages[:3], "Loading content")
	w.blank(pages[50:68], "The wiki is being moved to a new home, so come again on Monday.")
	run := w.fincrawl(exitHeld, "sync")
	guards := map[ingest.Guard]int{}
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action == ingest.Held {
			guards[c.Guard]++
		}
	}
	if guards[ingest.GuardShrunk] != 3 || guards[ingest.GuardSameText] != 18 || len(guards) != 2 {
		t.Errorf("held: %v", guards)
	}
}

// Two pages that come to say one thing wait for a person, short as they are, whatever the
// numbers and addresses in it: a notice may stand for days.
func TestATextThatTwoPagesGetWaitsForAPerson(t *testing.T) {
	t.Parallel()
	pages := manyPages(10)
	w := newWorld(t, "", pages...)
	for i, p := range pages {
		w.site.Page(p, testsite.Page{Text: fmt.Sprintf("%s deals with %s, and nothing else.", []string{"Sending", "Buying", "Painting"}[i%3], strings.Repeat("ab", i+1))})
	}
	w.fincrawl(exitDone, "sync")
	for i, p := range pages[:2] {
		w.site.Page(p, testsite.Page{Text: fmt.Sprintf("The room %d of %s is being painted until 1%d:05, so come in by the other door.", 40+i, p, i)})
	}
	w.site.Page("/p5", testsite.Page{Text: "Whoever buys must have an account with us first."})
	w.wantActions(w.fincrawl(exitHeld, "sync"), "? /p0", "? /p1", "~ /p5")
	for range 2 {
		w.wantActions(w.fincrawl(exitDone, "sync"), "? /p0", "? /p1")
	}
	if code, out, logs := w.execute(t.Context(), "approve", "--guard", "same-text"); code != exitDone {
		t.Fatalf("approve: %d\n%s\n%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /p0", "~ /p1")
}

// A notice that takes one more page each night, with the page's name in it, stops where more
// pages have it than updates.max_same_text.
func TestANoticeDoesNotSpreadFromNightToNight(t *testing.T) {
	t.Parallel()
	pages := manyPages(20)
	w := newWorld(t, "", pages...)
	for i, p := range pages {
		w.site.Page(p, testsite.Page{Text: fmt.Sprintf("%s deals with %s, and nothing else.", []string{"Sending", "Buying", "Painting"}[i%3], strings.Repeat("ab", i+1))})
	}
	w.fincrawl(exitDone, "sync")
	for _, p := range pages[:8] {
		w.site.Page(p, testsite.Page{Text: fmt.Sprintf("The lantern of %s was carried to the other room by the nightwatch.", p)})
		if code, _, _ := w.execute(t.Context(), "sync"); code != exitDone && code != exitHeld {
			t.Fatalf("exit code %d", code)
		}
	}
	n := 0
	for _, p := range pages {
		if strings.Contains(w.page(p).HTML, "lantern") {
			n++
		}
	}
	if n != 5 {
		t.Errorf("%d pages have the notice, and max_same_text is 5", n)
	}
}

// One page that its author cut waits for a second look, and no more.
func TestAnEditThatCutsOnePagePasses(t *testing.T) {
	t.Parallel()
	pages := manyPages(10)
	w := newWorld(t, "", pages...)
	w.fill(pages)
	w.fincrawl(exitDone, "sync")
	w.site.Page("/p0", testsite.Page{Text: strings.Repeat("What is left of it, after the review. ", 8)})
	w.wantActions(w.fincrawl(exitHeld, "sync"), "? /p0")
	w.wantActions(w.fincrawl(exitDone, "preview"), "~ /p0")
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /p0")
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// Promise 1: a body that is cut off without a length is a failure, and the page stays.
func TestAPageThatIsCutOffStaysAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a1", "/a2")
	document := "<!doctype html><title>A1</title><body><main><h1>A1</h1>" + strings.Repeat("<p>One more line of what it says.</p>", 50) +
		"<p>And its last line.</p></main></body></html>"
	cut := false
	w.site.Handle("/a1", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.(http.Flusher).Flush()
		if cut {
			fmt.Fprint(rw, document[:len(document)*8/10])
			return
		}
		fmt.Fprint(rw, document)
	})
	w.fincrawl(exitDone, "sync")
	cut = true
	run := w.fincrawl(exitSomeFailed, "sync")
	if !strings.Contains(w.page("/a1").HTML, "its last line") {
		t.Errorf("it was sent: %s", w.page("/a1").HTML)
	}
	if gaps := run.Sources[0].Plan.Coverage.Gaps; len(gaps) != 1 || gaps[0].Outcome != crawler.CutOff {
		t.Errorf("gaps: %+v", gaps)
	}
	cut = false
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// A page of which nothing is known is asked for again, too, and one of which only
// Intercom's text is known is compared with that.
func TestAPageThatWasNotSentYetIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a1")
	document := "<!doctype html><title>A1</title><body><main><h1>A1</h1>" + strings.Repeat("<p>One more line of what it says.</p>", 50) +
		"<p>And its last line.</p></main></body></html>"
	cuts, tenths := 1, 8
	w.site.Handle("/a1", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.(http.Flusher).Flush()
		if cuts--; cuts >= 0 {
			fmt.Fprint(rw, document[:len(document)*tenths/10])
			return
		}
		fmt.Fprint(rw, document)
	})
	w.fincrawl(exitDone, "sync")
	if !strings.Contains(w.page("/a1").HTML, "its last line") {
		t.Fatalf("the page was sent without its end: %s", w.page("/a1").HTML)
	}
	if err := os.Remove(w.path("fincrawl.db")); err != nil {
		t.Fatal(err)
	}
	cuts, tenths = 100, 4
	for range 2 {
		w.fincrawl(exitSomeFailed, "sync", "--strict")
		if !strings.Contains(w.page("/a1").HTML, "its last line") {
			t.Fatalf("the page was cut off in Intercom: %s", w.page("/a1").HTML)
		}
	}
}

// Where pages shrink for a change of settings, or since another version of fincrawl reads them,
// the report says so first, in each run, until none is held for it any more.
func TestPagesThatShrinkForAKnownReasonSayWhich(t *testing.T) {
	t.Parallel()
	for because, change := range map[string]func(*world){
		"content.remove changed": func(w *world) {
			w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    content: {remove: [.note]}\n"))
		},
		"fincrawl is " + version.Build() + " now, and was v0.1.0": func(w *world) {
			store, err := state.Open(w.path("fincrawl.db"), state.Options{})
			if err != nil {
				w.Fatal(err)
			}
			hints, ok, err := store.Hints("wiki")
			if hints.Version = "v0.1.0"; err != nil || !ok {
				w.Fatal(err, ok)
			}
			if err := errors.Join(store.SetHints("wiki", hints), store.Close()); err != nil {
				w.Fatal(err)
			}
			writeNotes(w, "") // as if the new version left them out
		},
	} {
		t.Run(because, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", manyPages(10)...)
			writeNotes(w, "A note %d that stands beside %s. ")
			w.fincrawl(exitDone, "sync")
			change(w)
			wantReason(w, because)
		})
	}
}

// writeNotes writes ten pages that say little beside a long note.
func writeNotes(w *world, says string) {
	for i, p := range manyPages(10) {
		note := ""
		if says != "" {
			note = "<div class=note><p>" + strings.Repeat(fmt.Sprintf(says, i, p), 40) + "</p></div>"
		}
		w.site.Page(p, testsite.Page{Body: fmt.Sprintf("<main><h1>Page %d</h1><p>What page %d says itself, in a line.</p>%s</main>", i, i, note)})
	}
}

// wantReason wants ten pages to be held for a reason, night after night, until one approval
// serves them all.
func wantReason(w *world, because string) {
	w.Helper()
	for _, code := range []int{exitHeld, exitDone} {
		run := w.fincrawl(code, "sync")
		n := 0
		for _, c := range run.Sources[0].Plan.Changes {
			if c.Action == ingest.Held && c.Guard == ingest.GuardShrunk && strings.Contains(c.Reason, "; "+because+": ") {
				n++
			}
		}
		if n != 10 {
			w.Errorf("%d of 10 pages say why: %v", n, w.actions(run))
		}
	}
	if out := w.must("status"); !strings.Contains(strings.Join(strings.Fields(out), " "), because+": ") {
		w.Errorf("status says\n%s", out)
	}
	w.must("approve", "--guard", "shrunk")
	run := w.fincrawl(exitDone, "sync")
	if n := run.Sources[0].Result.Applied[ingest.Update]; n != 10 {
		w.Errorf("%d of 10 pages were sent", n)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"))
}
