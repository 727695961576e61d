package document

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/office"
)

// KindOf says of which kind a file is, by the Content-Type that it is served with and,
// where that is a general one, by its name and how it begins; "" for none of them.
func KindOf(contentType string, u *url.URL, start []byte) Kind {
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	byName := kindOfName(u)
	switch mediaType = strings.TrimSpace(mediaType); mediaType {
	case "application/pdf", "application/x-pdf":
		return PDF
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-word.document.macroenabled.12",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.template":
		return DOCX
	case "text/markdown", "text/x-markdown":
		return Markdown
	case "text/csv", "text/x-csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values":
		return CSV
	case "text/plain":
		switch {
		case path.Base(u.Path) == "robots.txt":
			return ""
		case byName == Markdown, byName == CSV:
			return byName
		}
		return Text
	case "application/vnd.ms-excel": // for .csv, too, where Excel is installed
		if byName == CSV && !isBinary(start) {
			return CSV
		}
	case "", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download", "application/download",
		"application/zip", "application/x-zip-compressed", "application/msword":
		return kindOfStart(byName, start)
	}
	return ""
}

// kindOfStart trusts a name as far as the first bytes agree.
func kindOfStart(byName Kind, start []byte) Kind {
	switch {
	case bytes.Contains(start[:min(len(start), 1024)], []byte("%PDF-")):
		return PDF
	case office.IsArchive(start):
		if byName == DOCX {
			return DOCX
		}
		return ""
	case byName == Markdown, byName == Text, byName == CSV:
		if !isBinary(start) {
			return byName
		}
	}
	return ""
}

func kindOfName(u *url.URL) Kind {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".pdf":
		return PDF
	case ".docx", ".docm", ".dotx":
		return DOCX
	case ".md", ".markdown", ".mdown", ".mkd":
		return Markdown
	case ".csv", ".tsv":
		return CSV
	case ".txt", ".text":
		return Text
	}
	return ""
}

// isBinary tells of bytes that are no text, UTF-16 aside.
func isBinary(start []byte) bool {
	if bytes.HasPrefix(start, []byte("\xFF\xFE")) || bytes.HasPrefix(start, []byte("\xFE\xFF")) {
		return false
	}
	return bytes.IndexByte(start, 0) >= 0
}

// LooksLikeHTML reports whether a file begins as a web page does: what a server gives
// in place of a file, and often with the file's type.
func LooksLikeHTML(start []byte) bool {
	start = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(start[:min(len(start), 1024)], []byte("\xEF\xBB\xBF")), " \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}
