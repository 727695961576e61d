package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/choose"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// settle puts the parts of a page that was streamed where the page's own script
// would put them. React sends what took longer at the end of the document, in
// hidden elements, and a template where each belongs:
//
//	<!--$?--><template id="B:0"></template>Loading…<!--/$-->  …  <div hidden id="S:0">the text</div>
//
// What stands in for a boundary (B) until then goes; a segment (P) has nothing
// in its stead.
func (d *Document) settle() {
	d.compose()
	var places []*html.Node
	parts := map[string]*html.Node{}
	for n := range htmltree.Below(d.node()) {
		switch n.DataAtom {
		case atom.Template:
			if id := htmltree.Attr(n, "id"); strings.HasPrefix(id, "B:") || strings.HasPrefix(id, "P:") {
				places = append(places, n)
			}
		case atom.Div:
			if id, ok := strings.CutPrefix(htmltree.Attr(n, "id"), "S:"); ok && htmltree.HasAttr(n, "hidden") {
				parts[id] = n
			}
		}
	}
	for _, place := range places {
		id := htmltree.Attr(place, "id")
		part := parts[id[2:]]
		if part == nil || place.Parent == nil || htmltree.Ancestor(place, func(p *html.Node) bool { return p == part }) != nil {
			continue
		}
		delete(parts, id[2:])
		if id[0] == 'B' {
			dropStandIn(place)
		}
		for child := part.FirstChild; child != nil; child = part.FirstChild {
			part.RemoveChild(child)
			place.Parent.InsertBefore(child, place)
		}
	}
}

// dropStandIn removes what follows a boundary's template up to the comment that
// ends the boundary.
func dropStandIn(template *html.Node) {
	end := template.NextSibling
	for depth := 0; end != nil; end = end.NextSibling {
		if end.Type != html.CommentNode {
			continue
		}
		if strings.HasPrefix(end.Data, "$") {
			depth++
		} else if strings.HasPrefix(end.Data, "/$") {
			if depth == 0 {
				break
			}
			depth--
		}
	}
	if end == nil {
		return
	}
	for n := template.NextSibling; n != end; n = template.NextSibling {
		template.Parent.RemoveChild(n)
	}
}

// wait makes of a page that shows next to nothing what it shows once its scripts
// have run, and tells whether there is anything: what they find invisible until
// all has loaded, or what the page holds for browsers without scripts. Many
// forums do so.
func (c *cleaner) wait(body *html.Node) bool {
	var held []*html.Node
	for n := range htmltree.Below(body) {
		switch {
		case n.Type != html.ElementNode || c.shown != nil:
		case n.DataAtom == atom.Noscript && n.FirstChild != nil && htmltree.WordsIn(n.FirstChild.Data) >= choose.FewWords:
			held = append(held, n)
		case htmltree.HasAttr(n, "style") && strings.Contains(htmltree.Attr(n, "style"), "visibility") && c.isHidden(n) && htmltree.WordsUpTo(n, choose.FewWords) == choose.FewWords:
			c.shown = map[*html.Node]bool{n: true}
		}
	}
	if c.shown != nil {
		return true
	}
	found := false
	for _, n := range held {
		nodes, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), htmltree.Element(atom.Div))
		if err != nil {
			continue
		}
		for _, node := range nodes {
			n.Parent.InsertBefore(node, n)
		}
		found = true
	}
	return found
}
