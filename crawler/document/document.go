// Package document reads files that are no web pages (PDF, Word, Markdown, plain text
// and CSV) and gives each as an HTML document, so that all that comes after is the same
// as for a page: crawler/extract cleans it and writes its Markdown.
//
//	bytes ─ kind ─ reader of that kind ─ HTML tree (title, headings, lists, tables, code)
//
// Files come from anywhere. A reader is bounded in time, in memory and in what it gives,
// and one that breaks on a file gives a [Problem] and harms nothing else.
package document

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// Kind is a kind of file.
type Kind string

// The kinds.
const (
	PDF      Kind = "pdf"
	DOCX     Kind = "docx"
	Markdown Kind = "markdown"
	Text     Kind = "text"
	CSV      Kind = "csv"
)

// Kinds are all kinds, in the order of the documentation.
func Kinds() []Kind { return []Kind{PDF, DOCX, Markdown, Text, CSV} }

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
	Unseen []Unseen
}

// Problem is a file that could not be read.
type Problem struct {
	Kind   ProblemKind
	Detail string // for people
}

func (p *Problem) Error() string { return string(p.Kind) + ": " + p.Detail }

// ProblemKind says what is wrong with a file.
type ProblemKind string

// What may be wrong.
const (
	Encrypted ProblemKind = "encrypted"  // needs a password
	Scanned   ProblemKind = "scanned"    // shows pictures of text, and has none
	Broken    ProblemKind = "broken"     // is not what it says it is, or not whole
	TooLarge  ProblemKind = "too large"  // goes beyond the limits of its reader
	TooCostly ProblemKind = "too costly" // takes more work than one file may
)

// The limits of readers. What a file unpacks to counts, not its size.
const (
	atOnce   = 1                  // PDFs being read; each may need much memory
	maxTime  = budget.LongestFile // for one file
	maxPages = 2000               // of a PDF
	maxText  = 8 << 20            // bytes of text that a file may give
	maxCells = budget.Cells       // of a table, those that are left out included
)

// Reader reads files. It is used by several goroutines at once. The zero value is ready;
// Close it after use.
type Reader struct {
	// Room is what the memory is taken from that reading a file needs; nil for no limit.
	Room *budget.Memory

	once  sync.Once
	turns chan struct{} // of PDFs
	pdf   engine
}

// Close frees what reading PDF takes. No file is being read then.
func (r *Reader) Close() { r.pdf.close() }

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
		err = &Problem{TooCostly, costly.Detail}
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

// weight is how many bytes of memory reading a file may take.
func weight(kind Kind, body []byte) int64 {
	size := int64(len(body))
	switch kind {
	case PDF:
		return budget.Sandbox + budget.Sheets
	case DOCX:
		return min(unpackedSize(body), maxNodes*perNode, budget.Reading)
	case CSV:
		return size*perByte + int64(bytes.Count(body, []byte{'\n'})+bytes.Count(body, []byte{','}))*perNode
	case Text:
		return size*perByte + int64(bytes.Count(body, []byte{'\n'}))*perNode
	}
	return size*perByte + int64(bytes.Count(body, []byte{'\n'})+bytes.Count(body, []byte{'<'}))*perNode
}

// unpackedSize is what the parts of a Word document take that are read, by what its
// archive says; what it says wrong is noticed by [wordPackage].
func unpackedSize(body []byte) int64 {
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return 0
	}
	var size uint64
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, ".xml") {
			size += min(f.UncompressedSize64, maxUnpacked)
		}
	}
	return int64(min(size, maxUnpacked)) * perUnpacked
}

// What reading a file takes, in bytes of memory.
const (
	perByte     = 8   // of a text, which is decoded and copied
	perNode     = 300 // of what may become an element
	perUnpacked = 12  // of what an archive unpacks to
)

func (r *Reader) read(ctx context.Context, kind Kind, u *url.URL, contentType string, body []byte) (doc Document, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, maxTime, errSlow)
	defer cancel()
	defer func() {
		if errors.Is(err, errSlow) {
			err = &Problem{TooCostly, fmt.Sprintf("not read in %s", maxTime)}
		}
	}()
	defer func() {
		if broke := recover(); broke != nil {
			doc, err = Document{}, &Problem{Broken, fmt.Sprintf("breaks its reader: %v", broke)}
		}
	}()
	defer budget.Catch(&err)
	var draft *draft
	switch kind {
	case PDF:
		draft, err = r.pdf.read(limited, body)
	case DOCX:
		draft, err = readDOCX(limited, body)
	case Markdown:
		draft, err = readMarkdown(limited, contentType, body)
	case CSV:
		draft, err = readCSV(limited, u, contentType, body)
	default:
		draft, err = readText(limited, contentType, body)
	}
	if err != nil {
		return Document{}, err
	}
	return draft.finish(u), nil
}

var errSlow = errors.New("took too long")
