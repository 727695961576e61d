package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// names reports whether the head says the same as a heading, its site's name aside.
func (h head) names(heading string) bool {
	return strings.EqualFold(heading, withoutSite(h.title, h.site)) || strings.EqualFold(heading, withoutSite(h.shared, h.site))
}

// partOf returns what of a clean heading the head names, where the heading begins or ends with it, as with an
// element of its own. What kind of page it is, a badge or a version stands beside, and follows the heading from
// then on. It returns "" where the head names no such part.
func (h head) partOf(heading *html.Node) string {
	var parts []*html.Node
	for n := range heading.ChildNodes() {
		parts = append(parts, n)
	}
	const most = 16 // parts of a heading that is one
	for cut := 1; cut < len(parts) && len(parts) <= most; cut++ {
		for _, side := range [2]struct{ named, beside []*html.Node }{{parts[:cut], parts[cut:]}, {parts[cut:], parts[:cut]}} {
			if said := textOf(side.named); said != "" && h.names(said) {
				besides := htmltree.Element(atom.P)
				for _, n := range side.beside {
					heading.RemoveChild(n)
					besides.AppendChild(n)
				}
				if htmltree.Shows(besides) && heading.Parent != nil {
					heading.Parent.InsertBefore(besides, heading.NextSibling)
				}
				return said
			}
		}
	}
	return ""
}

func textOf(nodes []*html.Node) string {
	var said strings.Builder
	for _, n := range nodes {
		if n.Type == html.TextNode {
			said.WriteString(n.Data)
		} else {
			said.WriteString(htmltree.TextOf(n))
		}
	}
	return htmltree.Words(said.String())
}

// namesBelow returns the heading that follows the first of an article, at once or behind a few words, where the
// head names it and says of the first that it is a section, or does not say it at all. It returns "" otherwise.
//
//	<title>Oiling the wheel - Manual - Mill</title> … <h1>Manual</h1> <h2>Oiling the wheel</h2>
func (h head) namesBelow(article *html.Node, first string) string {
	named := withoutSite(h.title, h.site)
	if first == "" || h.names(first) {
		return ""
	}
	words := 0
	for n := range htmltree.Below(article) {
		if n.Type != html.ElementNode || !htmltree.IsHeading(n.DataAtom) {
			if n.Type == html.TextNode {
				words += htmltree.WordsIn(n.Data)
			}
			if words > headingBy {
				return ""
			}
			continue
		}
		heading := htmltree.TextOf(n)
		if heading == "" || strings.EqualFold(heading, first) {
			continue
		}
		part, rest := named, ""
		for _, separator := range separators() {
			if before, after, ok := strings.Cut(h.title, separator); ok && len(before) <= len(part) {
				part, rest = before, separator+after
			}
		}
		if strings.EqualFold(heading, part) && strings.Contains(strings.ToLower(rest), strings.ToLower(first)) ||
			h.names(heading) && strings.Contains(heading, " ") && !strings.Contains(first, " ") {
			return heading
		}
		return ""
	}
	return ""
}
