package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// idOf returns the ID by which links lead to a heading or a panel, as an attribute:
// its own, one inside it, that of the empty anchor before it, or that of the
// section which it begins.
func idOf(n *html.Node) []html.Attribute {
	id := htmltree.Attr(n, "id")
	if id == "" {
		id = idInside(n)
	}
	if before := htmltree.PrevElement(n); id == "" && before != nil && before.DataAtom == atom.A && htmltree.RawText(before, 8) == "" {
		id = htmltree.FirstOf(htmltree.Attr(before, "id"), htmltree.Attr(before, "name"))
	}
	if id == "" && n.Parent != nil && htmltree.PrevElement(n) == nil && (n.Parent.DataAtom == atom.Section || htmltree.HasWord(htmltree.Attr(n.Parent, "class"), "section")) {
		id = htmltree.Attr(n.Parent, "id")
	}
	if id = htmltree.Visible(id); id == "" {
		return nil
	}
	return []html.Attribute{{Key: "id", Val: id}}
}

func idInside(heading *html.Node) string {
	for d := range heading.Descendants() {
		if d.Type != html.ElementNode || htmltree.IsElement(d, atom.Img, atom.Svg, atom.Input) {
			continue
		}
		if id := htmltree.Attr(d, "id"); id != "" {
			return id
		}
		if name := htmltree.Attr(d, "name"); name != "" && d.DataAtom == atom.A {
			return name
		}
	}
	return ""
}
