package extract

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// maxFrames is how deep documents stand in the attributes of each other.
const maxFrames = 4

// compose puts what a page holds for its own elements where a browser shows it: the shadow
// trees of components, which stand in templates beside what is slotted into them, and the
// documents that are the attribute of a frame.
func (d *Document) compose() { d.composeWithin(maxFrames) }

func (d *Document) composeWithin(frames int) {
	var shadows, framed []*html.Node
	for n := range htmltree.Below(d.node()) {
		switch n.DataAtom {
		case atom.Template:
			if n.Parent != nil && (htmltree.HasAttr(n, "shadowrootmode") || htmltree.HasAttr(n, "shadowroot")) {
				shadows = append(shadows, n)
			}
		case atom.Iframe:
			if htmltree.HasAttr(n, "srcdoc") {
				framed = append(framed, n)
			}
		}
	}
	for _, shadow := range shadows {
		composeShadow(shadow)
	}
	for _, frame := range framed {
		d.openFrame(frame, frames)
	}
}

// composeShadow replaces what stands in a component by its shadow tree, with each slot
// replaced by what is put into it, or else by what the slot itself holds. What goes into no
// slot is not seen. The styles of the tree are for it alone.
func composeShadow(shadow *html.Node) {
	host := shadow.Parent
	if host == nil {
		return
	}
	host.RemoveChild(shadow)
	put := map[string][]*html.Node{}
	for child := host.FirstChild; child != nil; child = host.FirstChild {
		host.RemoveChild(child)
		name := ""
		if child.Type == html.ElementNode {
			name = htmltree.Attr(child, "slot")
		}
		put[name] = append(put[name], child)
	}
	var slots, styles []*html.Node
	for n := range htmltree.Below(shadow) {
		switch n.DataAtom {
		case atom.Slot:
			slots = append(slots, n)
		case atom.Style:
			styles = append(styles, n)
		}
	}
	for _, style := range styles {
		style.Parent.RemoveChild(style)
	}
	for _, slot := range slots {
		name := htmltree.Attr(slot, "name")
		if holdsAny(put[name]) {
			for child := slot.FirstChild; child != nil; child = slot.FirstChild {
				slot.RemoveChild(child)
			}
			for _, n := range put[name] {
				slot.AppendChild(n)
			}
			delete(put, name) // the first slot of a name has it
		}
		htmltree.Unwrap(slot)
	}
	htmltree.MoveChildren(host, shadow)
}

func holdsAny(nodes []*html.Node) bool {
	for _, n := range nodes {
		if n.Type == html.ElementNode || n.Type == html.TextNode && !htmltree.IsBlank(n.Data) {
			return true
		}
	}
	return false
}

// openFrame puts the document that a frame has for an attribute in its stead. Its styles
// are applied to it alone.
func (d *Document) openFrame(frame *html.Node, frames int) {
	text := htmltree.Attr(frame, "srcdoc")
	if frame.Parent == nil || frames == 0 || strings.TrimSpace(text) == "" {
		return
	}
	d.Meter.Spend(len(text) / budget.BytesPerStep)
	root, err := parseWithin([]byte(text))
	if err != nil {
		return
	}
	inner := &Document{URL: d.URL, Root: goquery.NewDocumentFromNode(root), Meter: d.Meter, Styles: d.Styles}
	inner.charge()
	inner.composeWithin(frames - 1)
	inner.present()
	body := inner.find(func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return
	}
	for n := range htmltree.Below(body) {
		if n.DataAtom == atom.Style && n.FirstChild != nil {
			n.FirstChild.Data = ""
		}
	}
	shown := htmltree.Element(atom.Div)
	for _, a := range frame.Attr {
		if a.Key != "srcdoc" && a.Key != "src" {
			shown.Attr = append(shown.Attr, a)
		}
	}
	htmltree.MoveChildren(shown, body)
	frame.Parent.InsertBefore(shown, frame)
	frame.Parent.RemoveChild(frame)
}
