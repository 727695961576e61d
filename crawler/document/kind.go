package document

import (
	"bytes"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler/document/office"
)

// Kind is a kind of file.
type Kind string

// The kinds.
const (
	PDF      Kind = "pdf"
	DOCX     Kind = "docx"
	XLSX     Kind = "xlsx"
	PPTX     Kind = "pptx"
	ODT      Kind = "odt"
	EPUB     Kind = "epub"
	Markdown Kind = "markdown"
	Text     Kind = "text"
	CSV      Kind = "csv"
)

// Kinds returns all kinds, in the order of the documentation.
func Kinds() []Kind {
	var kinds []Kind
	for _, f := range formats() {
		kinds = append(kinds, f.kind)
	}
	return kinds
}

// format says how files of a kind are told.
type format struct {
	kind    Kind
	types   []string // media types, the usual one first
	endings []string
	archive bool
}

var formats = sync.OnceValue(func() []format {
	const office, ms = "application/vnd.openxmlformats-officedocument.", "application/vnd.ms-"
	return []format{
		{PDF, []string{"application/pdf", "application/x-pdf"}, []string{".pdf"}, false},
		{DOCX, []string{office + "wordprocessingml.document", office + "wordprocessingml.template",
			ms + "word.document.macroenabled.12"}, []string{".docx", ".docm", ".dotx"}, true},
		{XLSX, []string{office + "spreadsheetml.sheet", office + "spreadsheetml.template",
			ms + "excel.sheet.macroenabled.12"}, []string{".xlsx", ".xlsm", ".xltx"}, true},
		{PPTX, []string{office + "presentationml.presentation", office + "presentationml.slideshow",
			office + "presentationml.template", ms + "powerpoint.presentation.macroenabled.12"},
			[]string{".pptx", ".pptm", ".ppsx", ".potx"}, true},
		{ODT, []string{"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template"},
			[]string{".odt", ".ott"}, true},
		{EPUB, []string{"application/epub+zip"}, []string{".epub"}, true},
		{Markdown, []string{"text/markdown", "text/x-markdown"}, []string{".md", ".markdown", ".mdown", ".mkd"}, false},
		{Text, []string{"text/plain"}, []string{".txt", ".text"}, false},
		{CSV, []string{"text/csv", "text/x-csv", "application/csv", "text/comma-separated-values",
			"text/tab-separated-values"}, []string{".csv", ".tsv"}, false},
	}
})

// formatWhere returns the first format that fits; the zero format for none.
func formatWhere(fits func(format) bool) format {
	if i := slices.IndexFunc(formats(), fits); i >= 0 {
		return formats()[i]
	}
	return format{}
}

// ContentType returns the media type of a kind.
func (k Kind) ContentType() string {
	return formatWhere(func(f format) bool { return f.kind == k }).types[0]
}

// KindOf returns the kind of a file, by its Content-Type or, if that is a general one, by its name and its
// first bytes. It returns "" for any other kind of file.
func KindOf(contentType string, u *url.URL, start []byte) Kind {
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	mediaType = strings.TrimSpace(mediaType)
	byName := formatOfName(u)
	switch mediaType {
	case "text/plain":
		switch {
		case path.Base(u.Path) == "robots.txt":
			return ""
		case byName.kind == Markdown, byName.kind == CSV:
			return byName.kind
		}
	case "", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download",
		"application/download", "application/zip", "application/x-zip-compressed", "application/msword", "application/vnd.ms-powerpoint",
		"application/vnd.ms-excel": // the last for .csv, too, where Excel is installed
		return kindOfStart(byName, start)
	}
	return formatWhere(func(f format) bool { return slices.Contains(f.types, mediaType) }).kind
}

// kindOfStart returns the kind that the name says, if the first bytes agree.
func kindOfStart(byName format, start []byte) Kind {
	switch {
	case bytes.Contains(start[:min(len(start), 1024)], []byte("%PDF-")):
		return PDF
	case byName.kind == PDF, byName.archive != office.IsArchive(start):
		return ""
	case byName.archive, !isBinary(start):
		return byName.kind
	}
	return ""
}

func formatOfName(u *url.URL) format {
	ending := strings.ToLower(path.Ext(u.Path))
	return formatWhere(func(f format) bool { return slices.Contains(f.endings, ending) })
}

// isBinary reports whether bytes are no text. UTF-16 counts as text.
func isBinary(start []byte) bool {
	if bytes.HasPrefix(start, []byte("\xFF\xFE")) || bytes.HasPrefix(start, []byte("\xFE\xFF")) {
		return false
	}
	return bytes.IndexByte(start, 0) >= 0
}

// LooksLikeHTML reports whether a file begins like a web page. Servers send one in place of a file, often
// with the file's type.
func LooksLikeHTML(start []byte) bool {
	start = bytes.TrimPrefix(start[:min(len(start), 1024)], []byte("\xEF\xBB\xBF"))
	start = bytes.ToLower(bytes.TrimLeft(start, " \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}

// KindOfName returns the kind of a file by its name alone, or "".
func KindOfName(name string) Kind { return formatOfName(&url.URL{Path: name}).kind }
