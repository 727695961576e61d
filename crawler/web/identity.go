package web

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

// Identity says where a page states an ID of its own, whatever its address. The zero value has no selector.
// Pages are then identified by their URLs.
type Identity struct {
	Regex    *regexp.Regexp // its first group is matched in the address
	Selector string         // the text of the first element that matches
	Attr     string         // if set, the attribute of that element instead
	Meta     string         // the content of the meta tag with this name or property
}

// maxIdentity is the longest identity in bytes. A longer text means that the selector matches too much.
const maxIdentity = 255

// of returns the identity of a document, or "" if it has none.
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

// identityOf returns the identity of a document. It returns "" if there is none, or if it contains a secret
// of the source.
func (c *crawl) identityOf(u *url.URL, doc *extract.Document) string {
	found := c.src.Identity.of(u, doc)
	if c.own.In(found) {
		return ""
	}
	return found
}

// isZero reports whether pages are identified by their URLs.
func (i Identity) isZero() bool { return i == Identity{} }
