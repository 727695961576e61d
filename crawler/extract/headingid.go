package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// idOf returns the ID by which links lead to a heading or a panel, as an attribute:
// its own, one inside it, that of the empty anchor before it, or that of the
// section which it begins.
func idOf(n *html.Node) []html.Attribute {
	id := attr(n, "id")
	if id == "" {
		id = idInside(n)
	}
	if before := prevElement(n); id == "" && before != nil && before.DataAtom == atom.A && rawText(before, 8) == "" {
		id = firstOf(attr(before, "id"), attr(before, "name"))
	}
	if id == "" && n.Parent != nil && prevElement(n) == nil && (n.Parent.DataAtom == atom.Section || hasWord(attr(n.Parent, "class"), "section")) {
		id = attr(n.Parent, "id")
	}
	if id = visible(id); id == "" {
		return nil
	}
	return []html.Attribute{{Key: "id", Val: id}}
}

func idInside(heading *html.Node) string {
	for d := range heading.Descendants() {
		if d.Type != html.ElementNode || isElement(d, atom.Img, atom.Svg, atom.Input) {
			continue
		}
		if id := attr(d, "id"); id != "" {
			return id
		}
		if name := attr(d, "name"); name != "" && d.DataAtom == atom.A {
			return name
		}
	}
	return ""
}

func prevElement(n *html.Node) *html.Node {
	for prev := n.PrevSibling; prev != nil; prev = prev.PrevSibling {
		if prev.Type == html.ElementNode {
			return prev
		}
	}
	return nil
}
