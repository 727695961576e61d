package fetch

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document"
)

func unknownType(h http.Header) bool {
	t := MediaType(h.Get("Content-Type"))
	return t == "" || t == "application/octet-stream"
}

// IsHTML reports whether a Content-Type header means HTML or XHTML.
func IsHTML(contentType string) bool {
	t := MediaType(contentType)
	return t == "text/html" || t == "application/xhtml+xml"
}

// MediaType returns the media type of a Content-Type header without its parameters, which many servers get
// wrong.
func MediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// fileType returns the media type of a body whose answer does not give it: that of a wanted file, or what the
// first bytes look like.
func (t *Buffered) fileType(u *url.URL, start []byte) string {
	if kind := WantedKind(t.Documents, "", u, start); kind != "" && kind != document.Text {
		return kind.ContentType()
	}
	return http.DetectContentType(start)
}

// WantedKind returns the kind of document that a body is, among those wanted, by its type, its address and
// its first bytes. It returns "" if it is none of them.
func WantedKind(wanted []document.Kind, contentType string, u *url.URL, start []byte) document.Kind {
	if kind := document.KindOf(contentType, u, start); kind != "" && slices.Contains(wanted, kind) {
		return kind
	}
	return ""
}
