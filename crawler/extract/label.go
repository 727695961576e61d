package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// HasMeta reports whether the document has a meta tag of this name or property
// with this content, in any case; any content where value is "".
func (d *Document) HasMeta(name, value string) bool {
	return d.find(func(n *html.Node) bool {
		return n.DataAtom == atom.Meta &&
			(strings.EqualFold(htmltree.Attr(n, "name"), name) || strings.EqualFold(htmltree.Attr(n, "property"), name)) &&
			(value == "" || strings.EqualFold(strings.TrimSpace(htmltree.Attr(n, "content")), value))
	}) != nil
}

// HasCrumb reports whether the document's breadcrumb has an item of this text, in
// any case. A breadcrumb is what is called one, by its class, ID or label, or
// marked up as one (schema.org).
func (d *Document) HasCrumb(crumb string) bool {
	crumb = htmltree.Words(crumb)
	return d.find(func(n *html.Node) bool {
		if !isBreadcrumb(n) {
			return false
		}
		for item := range n.Descendants() {
			if item.Type == html.ElementNode && strings.EqualFold(strings.Trim(htmltree.TextOf(item), " /›»>·"), crumb) {
				return true
			}
		}
		return strings.EqualFold(strings.Trim(htmltree.TextOf(n), " /›»>·"), crumb)
	}) != nil
}

func isBreadcrumb(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "aria-label", "itemtype", "data-testid":
			if value := strings.ToLower(a.Val); strings.Contains(value, "breadcrumb") || strings.Contains(value, "bread-crumb") || htmltree.HasWord(value, "crumbs") {
				return true
			}
		}
	}
	return false
}
