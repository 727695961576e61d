package main

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Promise 1 for files: one that breaks, is scanned anew or gets a password leaves its page as
// it is; one that is gone goes.
func TestAFileThatBreaksLeavesItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    documents: [pdf, text]\n    deletes: {confirm_runs: 1}\n", "/manual.pdf", "/notes.txt")
	manual := testsite.PDF("Printer manual", testsite.Line("F1", 11, 72, 700, "The printer stands on the second floor."))
	serve := func(body []byte) {
		w.site.Page("/manual.pdf", testsite.Page{Raw: body, ContentType: "application/pdf"})
	}
	serve(manual)
	w.site.Page("/notes.txt", testsite.Page{Raw: []byte("Notes\n\nAll is well."), ContentType: "text/plain"})
	w.fincrawl(exitDone, "sync")
	all := []string{"/", "/manual.pdf", "/notes.txt"}
	w.wantLibrary(all...)

	for name, body := range map[string][]byte{"cut off": manual[:len(manual)/2], "empty": {}} {
		serve(body)
		run := w.fincrawl(exitDone, "sync")
		w.wantLibrary(all...)
		if got := run.Sources[0].Plan.Coverage; got.Outcomes[crawler.BrokenFile] != 1 || !got.Complete {
			t.Errorf("%s: outcomes %v, complete %v", name, got.Outcomes, got.Complete)
		}
	}
	e := w.explained(exitDone, "/notes.txt", "--fetch")
	if e.Seen == nil || e.Seen.BodyFrom != "text" || e.Seen.TitleFrom != "first line" || e.Seen.Title != "Notes" {
		t.Errorf("explain says of the text %+v", e.Seen)
	}

	serve(manual)
	run := w.fincrawl(exitDone, "sync")
	if n := run.Sources[0].Plan.Counts()[ingest.Unchanged]; n != len(all) {
		t.Errorf("%d of %d pages are unchanged after the file was mended", n, len(all))
	}
	w.site.Remove("/manual.pdf")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(all[0], all[2])
}

// Files are published because somebody said so, and no longer once they don't.
func TestDocumentsAreOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/manual.pdf")
	w.site.Page("/manual.pdf", testsite.Page{Raw: testsite.PDF("Manual", testsite.Line("F1", 11, 72, 700, "For our own people.")), ContentType: "application/pdf"})
	w.fincrawl(exitDone, "sync")
	for _, page := range w.library() {
		if strings.Contains(page, ".pdf") {
			t.Errorf("%s was sent", page)
		}
	}
}
