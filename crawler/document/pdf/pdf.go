// Package pdf reads PDF. PDFium, in a sandbox, reads the letters of each page and their places. The package
// derives the document's structure from them.
package pdf

import (
	"context"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// Memory is how many bytes of memory reading a PDF may take.
const Memory = budget.Sandbox + budget.Sheets

// Read reads a PDF: the layout of its pages, and then the structure that this means.
func (r *Reader) Read(ctx context.Context, body []byte) (*draft.Draft, error) {
	if len(body) == 0 {
		return nil, draft.Problemf(draft.Broken, "has no bytes")
	}
	d, broke, err := r.readPages(ctx, body, false)
	if broke { // drawing takes more than it may
		d, _, err = r.readPages(ctx, body, true)
	}
	return d, err
}

// readPages reads a PDF. If blind is set, it draws no pages, and only text counts as unseen that is so by
// everything known about the page. broke reports whether drawing a page broke the sandbox.
func (r *Reader) readPages(ctx context.Context, body []byte, blind bool) (d *draft.Draft, broke bool, err error) {
	f, err := r.open(ctx, body)
	if err != nil {
		return nil, false, err
	}
	defer f.close()
	f.blind = blind
	d, err = f.read()
	return d, f.drawing && ctx.Err() == nil, err
}

// maxPages is the largest number of pages of a PDF.
const maxPages = 2000

func (f *file) read() (*draft.Draft, error) {
	pages := f.count("FPDF_GetPageCount", f.doc)
	if pages > maxPages {
		return nil, draft.Problemf(draft.TooLarge, "has %d pages, more than %d", pages, maxPages)
	}
	title := f.text("FPDF_GetMetaText", f.doc, f.cString("Title"))
	outline := f.outline()
	var setting setting
	size, wordless := 0, 0
	for i := range pages {
		s := f.sheet(i)
		if f.err != nil {
			return nil, f.problem()
		}
		if len(s.letters) == 0 && s.pictures > 0.1 {
			wordless++
		}
		if len(s.letters) > maxLetters {
			return nil, draft.Problemf(draft.TooCostly, "has more than %d letters on page %d", maxLetters, i+1)
		}
		if size += len(s.letters); size > draft.MaxText {
			return nil, draft.Problemf(draft.TooLarge, "has more than %d letters", draft.MaxText)
		}
		setting.pages = append(setting.pages, s.rows())
	}
	f.tell(nil, nil)
	f.tellNames(setting.pages)
	switch {
	case size == 0 && wordless > 0:
		return nil, draft.Problemf(draft.Scanned, "has pictures on %d of its %d pages, and no text", wordless, pages)
	case pages == 0:
		return nil, draft.Problemf(draft.Broken, "has no pages")
	}
	return &draft.Draft{
		Article: setting.article(outline), Title: title, Pages: pages, Wordless: wordless, Unseen: f.unseen.All,
	}, nil
}

// maxLetters is the largest number of letters on a page. A newspaper page has a tenth of it.
const maxLetters = 100_000

// maxOutline is how many entries of a table of contents are read. They may form a circle.
const maxOutline = 5000

// outline returns the levels of the headings in a file's table of contents, by text.
func (f *file) outline() map[string]int {
	levels := make(map[string]int)
	seen := make(map[uint64]bool)
	var walk func(parent uint64, level int)
	walk = func(parent uint64, level int) {
		first := f.call("FPDFBookmark_GetFirstChild", f.doc, parent)
		for mark := first; mark != 0; mark = f.call("FPDFBookmark_GetNextSibling", f.doc, mark) {
			if seen[mark] || len(seen) >= maxOutline || level > 6 {
				return
			}
			seen[mark] = true
			if said := sameWords(f.text("FPDFBookmark_GetTitle", mark)); said != "" && levels[said] == 0 {
				levels[said] = level
			}
			walk(mark, level+1)
		}
	}
	walk(0, 1)
	return levels
}
