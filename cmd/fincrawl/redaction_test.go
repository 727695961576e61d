package main

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A document with text under a black box is held, with its place and without the text, in each run,
// until it is mended; all parts of a long one are.
func TestABadlyRedactedDocumentIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    documents: [pdf, docx]\n    content: {split: {over: 2kB}}\n", "/manual.pdf", "/letter.docx", "/handbook.docx")
	first := testsite.Line("F1", 11, 72, 700, "What everybody may read.")
	second := testsite.Line("F1", 11, 72, 700, "How to open the safe.") + testsite.Line("F1", 11, 72, 100, "The code is Tulip4711.")
	serve := func(box string) {
		w.site.Page("/manual.pdf", testsite.Page{Raw: testsite.PDF("Manual", first, second+box), ContentType: "application/pdf"})
	}
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	const white = `<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>The code is Tulip4711.</w:t></w:r></w:p>`
	section := func(heading string) string {
		return `<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>` + heading + `</w:t></w:r></w:p><w:p><w:r><w:t>` + long(heading, 1200) + `</w:t></w:r></w:p>`
	}
	w.site.Page("/letter.docx", testsite.Page{Raw: testsite.DOCX(`<w:p><w:r><w:t>Dear all.</w:t></w:r></w:p>`+white, nil), ContentType: docx})
	w.site.Page("/handbook.docx", testsite.Page{Raw: testsite.DOCX(section("Travel")+section("Leave")+white, nil), ContentType: docx})
	serve("70 95 200 16 re f")
	for range 2 { // it is not modified in the second
		run := w.fincrawl(exitHeld, "sync", "--strict")
		held := 0
		for _, c := range run.Sources[0].Plan.Changes {
			if strings.Contains(c.ExternalID, ".pdf") || strings.Contains(c.ExternalID, ".docx") {
				if held++; c.Guard != ingest.GuardRedaction {
					t.Errorf("%s is %s, held by %q", c.ExternalID, c.Action, c.Guard)
				}
			}
		}
		if held < 4 {
			t.Errorf("%d changes are held, want those of two documents and of the parts of a third", held)
		}
		w.wantLibrary("/")
	}
	_, text, logs := w.execute(t.Context(), "preview")
	for _, want := range []string{"page 2, near the bottom", "paragraph 2", "covered-text", "screen.allow"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text+logs, "Tulip") {
		t.Error("the report says what is hidden")
	}
	serve("") // shows it
	w.site.Remove("/letter.docx")
	w.site.Remove("/handbook.docx")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/manual.pdf")
}
