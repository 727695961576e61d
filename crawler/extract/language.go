package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Alternate is a version of a document in another language, or itself.
type Alternate struct {
	Language string // BCP 47, as it is written there
	URL      *url.URL
}

// Alternates returns the versions that the head declares (link rel=alternate with
// hreflang), without x-default, in document order.
func (d *Document) Alternates() []Alternate {
	var list []Alternate
	base := d.base()
	for n := range htmltree.Below(d.node()) {
		if n.DataAtom != atom.Link || !htmltree.HasWord(htmltree.Attr(n, "rel"), "alternate") || !inHead(n) {
			continue
		}
		language := strings.TrimSpace(htmltree.Attr(n, "hreflang"))
		to := resolve(base, htmltree.Attr(n, "href"))
		if language == "" || strings.EqualFold(language, "x-default") || to == nil || to.Scheme == "mailto" {
			continue
		}
		list = append(list, Alternate{language, to})
	}
	return list
}

// Language returns the language that the document says it is in, BCP 47; "" for none.
func (d *Document) Language() string {
	for n := range htmltree.Below(d.node()) {
		if n.DataAtom == atom.Html {
			return strings.TrimSpace(htmltree.Attr(n, "lang"))
		}
	}
	return ""
}
