// Package document reads files that are no web pages (PDF, office documents, books, Markdown, plain
// text and CSV) and gives each as an HTML document, so that all that comes after is the same
// as for a page: crawler/extract cleans it and writes its Markdown.
//
//	bytes ─ kind ─ reader of that kind ─ HTML tree (title, headings, lists, tables, code)
//
// Files are not trusted. A reader is limited in time, in memory and in the size of its result. If it fails
// on a file, it returns a [Problem] and does no other harm.
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

// Document is a file as HTML.
type Document struct {
	// Root is an HTML document with the title in its head and the content in an article.
	Root *html.Node
	// TitleFrom says for people where the title was found: "metadata", "heading", "first line" or "file
	// name".
	TitleFrom string
	// Pages is the number of pages of a PDF, and 0 for other kinds.
	Pages int
	// Wordless is the number of pages of a PDF that show pictures and no text.
	Wordless int
	// Unseen is text that the file contains and does not show, by place.
	Unseen []draft.Unseen
}

// Problem means that a file could not be read.
type Problem = draft.Problem

// ProblemKind says what is wrong with a file.
type ProblemKind = draft.ProblemKind

// The kinds of problems.
const (
	Encrypted = draft.Encrypted
	Scanned   = draft.Scanned
	Broken    = draft.Broken
	TooLarge  = draft.TooLarge
	TooCostly = draft.TooCostly
)

const (
	atOnce  = 1                  // PDFs that are read at once; each may need much memory
	maxTime = budget.LongestFile // for reading one file
)

// Reader reads files. Several goroutines may use it at once. The zero value is ready to use. It must be
// closed after use.
type Reader struct {
	// Room is the memory budget for reading files. Defaults to no limit.
	Room *budget.Memory

	once  sync.Once
	turns chan struct{} // held while a PDF is read
	pdf   pdf.Reader
}

// Close frees the memory for reading PDFs. No file may be read at the same time.
func (r *Reader) Close() { r.pdf.Close() }

// Read reads a file of this kind. u and contentType are its address and Content-Type. If the file is at
// fault, the error is a *[Problem]. If ctx ended, it is ctx's. The work counts against the budget in ctx:
// see [budget.Run].
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
		return Document{}, err // doc may still be written to
	}
	return doc, nil
}

// room waits for its turn to read a file and for the memory that this needs.
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

func (r *Reader) read(
	ctx context.Context, kind Kind, u *url.URL, contentType string, body []byte,
) (doc Document, err error) {
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

// finish adds the title and the frame of an HTML document.
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
