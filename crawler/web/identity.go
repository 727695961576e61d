package web

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

// Identity says where a page tells what it is known by, whatever its address. The zero
// value is nowhere: pages are known by their addresses.
type Identity struct {
	Regex    *regexp.Regexp // its first group, in the address
	Selector string         // the text of the first element that it matches
	Attr     string         // or its attribute of this name
	Meta     string         // the content of the meta tag with this name or property
}

// maxIdentity is how long an identity may be; what is longer is a selector that
// matches too much.
const maxIdentity = 255

// of returns the identity of a document; "" where it has none.
func (i Identity) of(u *url.URL, doc *extract.Document) string {
	var found string
	switch {
	case i.Regex != nil:
		if m := i.Regex.FindStringSubmatch(u.String()); len(m) > 1 {
			found = m[1]
		}
	case i.Selector != "" && i.Attr != "":
		found = doc.Root.Find(i.Selector).First().AttrOr(i.Attr, "")
	case i.Selector != "":
		found = doc.Root.Find(i.Selector).First().Text()
	case i.Meta != "":
		found = doc.Root.Find("meta").FilterFunction(func(_ int, tag *goquery.Selection) bool {
			return strings.EqualFold(tag.AttrOr("name", ""), i.Meta) || strings.EqualFold(tag.AttrOr("property", ""), i.Meta)
		}).First().AttrOr("content", "")
	}
	found = strings.Join(strings.Fields(found), " ")
	if len(found) > maxIdentity {
		return ""
	}
	return found
}

// identityOf returns the identity of a document; "" where it has none, or shows a secret
// of our own instead.
func (c *crawl) identityOf(u *url.URL, doc *extract.Document) string {
	found := c.src.Identity.of(u, doc)
	if c.own.In(found) {
		return ""
	}
	return found
}

// isZero reports whether pages are known by their addresses.
func (i Identity) isZero() bool { return i == Identity{} }
