// Package document reads files that are no web pages (PDF, office documents, books, Markdown, plain
// text and CSV) and gives each as an HTML document, so that all that comes after is the same
// as for a page: crawler/extract cleans it and writes its Markdown.
//
//	bytes ─ kind ─ reader of that kind ─ HTML tree (title, headings, lists, tables, code)
//
// Files come from anywhere. A reader is bounded in time, in memory and in what it gives,
// and one that breaks on a file gives a [Problem] and harms nothing else.
package document

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/crawler/document/office"
	"github.com/fincrawl/fincrawl/crawler/document/pdf"
	"github.com/fincrawl/fincrawl/crawler/document/text"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Document is what a file says.
type Document struct {
	// Root is an HTML document: the title in its head, what it says in an article.
	Root *html.Node
	// TitleFrom says where the title was found, for people: "metadata", "heading",
	// "first line" or "file name".
	TitleFrom string
	// Pages counts the pages of a PDF; 0 for the other kinds.
	Pages int
	// Wordless counts the pages of a PDF that show pictures and no text.
	Wordless int
	// Unseen is what the file has and does not show, by its places.
	Unseen []draft.Unseen
}

// Problem is the error of a file that could not be read.
type Problem = draft.Problem

// ProblemKind says what is wrong with a file.
type ProblemKind = draft.ProblemKind

// What may be wrong with a file.
const (
	Encrypted = draft.Encrypted
	Scanned   = draft.Scanned
	Broken    = draft.Broken
	TooLarge  = draft.TooLarge
	TooCostly = draft.TooCostly
)

const (
	atOnce  = 1                  // PDFs being read; each may need much memory
	maxTime = budget.LongestFile // for one file
)

// Reader reads files. It is used by several goroutines at once. The zero value is ready;
// Close it after use.
type Reader struct {
	// Room is what the memory is taken from that reading a file needs; nil for no limit.
	Room *budget.Memory

	once  sync.Once
	turns chan struct{} // of PDFs
	pdf   pdf.Reader
}

// Close frees what reading PDF takes. No file is being read then.
func (r *Reader) Close() { r.pdf.Close() }

// Read reads a file of a kind that came from u with a Content-Type. The error is a
// *[Problem] where the file is at fault, and that of ctx where it ended. What reading it
// costs is counted against the budget that ctx carries: see [budget.Run].
func (r *Reader) Read(ctx context.Context, kind Kind, u *url.URL, contentType string, body []byte) (Document, error) {
	free, err := r.room(ctx, kind, body)
	if err != nil {
		return Document{}, err
	}
	var doc Document
	err = budget.Run(ctx, budget.Page, func(ctx context.Context) (err error) {
		defer free()
		doc, err = r.read(ctx, kind, u, contentType, body)
		return err
	})
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		err = draft.Problemf(TooCostly, "%s", costly.Detail)
	}
	if err != nil {
		return Document{}, err // what doc is may be written still
	}
	return doc, nil
}

// room waits for its turn to read a file, and for the memory that it needs.
func (r *Reader) room(ctx context.Context, kind Kind, body []byte) (free func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	release := func() {}
	if kind == PDF {
		r.once.Do(func() { r.turns = make(chan struct{}, atOnce) })
		select {
		case r.turns <- struct{}{}:
			release = func() { <-r.turns }
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if r.Room == nil {
		return release, nil
	}
	back, err := r.Room.Reserve(ctx, weight(kind, body))
	if err != nil {
		release()
		return nil, err
	}
	return func() { back(); release() }, nil
}

// weight returns how many bytes of memory reading a file may take.
func weight(kind Kind, body []byte) int64 {
	switch kind {
	case PDF:
		return pdf.Memory
	case DOCX, XLSX, PPTX, ODT, EPUB:
		return office.Memory(body)
	case CSV:
		return text.Memory(body, "\n,")
	case Markdown:
		return text.Memory(body, "\n<")
	}
	return text.Memory(body, "\n")
}

func (r *Reader) read(ctx context.Context, kind Kind, u *url.URL, contentType string, body []byte) (doc Document, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, maxTime, errSlow)
	defer cancel()
	defer func() {
		if errors.Is(err, errSlow) {
			err = draft.Problemf(TooCostly, "not read in %s", maxTime)
		}
	}()
	defer func() {
		if broke := recover(); broke != nil {
			doc, err = Document{}, draft.Problemf(Broken, "breaks its reader: %v", broke)
		}
	}()
	defer budget.Catch(&err)
	var d *draft.Draft
	switch kind {
	case PDF:
		d, err = r.pdf.Read(limited, body)
	case DOCX:
		d, err = office.ReadWord(limited, body)
	case XLSX:
		d, err = office.ReadSheets(limited, body)
	case PPTX:
		d, err = office.ReadSlides(limited, body)
	case ODT:
		d, err = office.ReadOpenDocument(limited, body)
	case EPUB:
		d, err = office.ReadBook(limited, body)
	case Markdown:
		d, err = text.ReadMarkdown(limited, contentType, body)
	case CSV:
		d, err = text.ReadCSV(limited, u, contentType, body)
	default:
		d, err = text.ReadPlain(limited, contentType, body)
	}
	if err != nil {
		return Document{}, err
	}
	return finish(d, u), nil
}

var errSlow = errors.New("took too long")

// finish gives the document its title and its frame.
func finish(d *draft.Draft, u *url.URL) Document {
	title, from := d.BestTitle(u)
	root := &html.Node{Type: html.DocumentNode}
	page, head, body := draft.Element(atom.Html), draft.Element(atom.Head), draft.Element(atom.Body)
	root.AppendChild(page)
	page.AppendChild(head)
	page.AppendChild(body)
	head.AppendChild(draft.Element(atom.Title, htmltree.Text(title)))
	body.AppendChild(d.Article)
	return Document{Root: root, TitleFrom: from, Pages: d.Pages, Wordless: d.Wordless, Unseen: d.Unseen}
}
