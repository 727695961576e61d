package extract

import (
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/control"
	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/crawler/extract/panel"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// present does to the tree what a page's style sheets and scripts do in a browser:
// what nobody can see is marked hidden, and what a click shows, such as the
// panels of tabs and accordions, is a details element with its label as the
// summary, and not hidden. It is for what reads the tree afterwards.
func (d *Document) present() {
	root := d.node()
	sheets := css.Read(root, d.base(), d.Sheets, d.Styles, d.Meter)
	can := sync.OnceValue(func() control.Controls { return control.In(root) }) // few pages hide anything
	sheets.Shown = func(n *html.Node, by css.Property) bool { return can().Shows(n, by) }
	d.set = map[*html.Node]css.Setting{}
	showAlternatives(root)
	panels := panel.Find(root)
	page := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Main || htmltree.Attr(n, "role") == "main" })
	for n := range htmltree.Below(root) {
		if n.Type != html.ElementNode || inHead(n) {
			continue
		}
		as, by, hidden := sheets.Judge(n)
		if as != 0 {
			d.set[n] = as
		}
		byName := isHiddenByName(n)
		if !hidden && !byName {
			continue
		}
		switch {
		case panels.Opened[n] || isCollapsed(n) && can().Shows(n, by) || htmltree.Holds(n, page) || htmltree.IsElement(n, atom.Body, atom.Html):
			show(n)
		case !byName && takesBackInside(sheets, n, by):
			hideBeside(sheets, n, by)
		case !htmltree.HasAttr(n, "hidden"):
			hide(n)
		}
	}
	panels.Fold()
}

func hide(n *html.Node) { n.Attr = append(n.Attr, html.Attribute{Key: "hidden"}) }

// takesBackInside reports whether something in n is seen, though what n has by a property hides it.
func takesBackInside(sheets *css.Styles, n *html.Node, by css.Property) bool {
	for inside := range htmltree.Below(n) {
		if sheets.TakesBack(inside, by) {
			return true
		}
	}
	return false
}

// hideBeside hides what stands in n, but for the elements that are seen.
func hideBeside(sheets *css.Styles, n *html.Node, by css.Property) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case child.Type == html.TextNode && !htmltree.IsBlank(child.Data):
			unseen := htmltree.Element(atom.Span)
			n.InsertBefore(unseen, child)
			n.RemoveChild(child)
			unseen.AppendChild(child)
			hide(unseen)
		case child.Type != html.ElementNode || sheets.TakesBack(child, by):
		case takesBackInside(sheets, child, by):
			hideBeside(sheets, child, by)
		case !htmltree.HasAttr(child, "hidden"):
			hide(child)
		}
		child = next
	}
}

// isHiddenByName tells of the attributes that hide. Text that a page keeps from
// screen readers counts, too, but is not hidden by that alone.
func isHiddenByName(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			if a.Val != "until-found" {
				return true
			}
		case "popover":
			return true
		case "aria-hidden":
			if strings.EqualFold(a.Val, "true") {
				return true
			}
		}
	}
	return false
}

// isUnseen tells of what the element itself says is not to be seen, for those who
// read a tree that was not presented.
func isUnseen(n *html.Node) bool {
	if (*cleaner)(nil).isHidden(n) || isHiddenByName(n) {
		return true
	}
	l := css.InlineLook(htmltree.Attr(n, "style"))
	_, hides := l.Hides()
	return hides
}

// show takes off n what hides it.
func show(n *html.Node) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if a.Key != "hidden" && a.Key != "aria-hidden" {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// isCollapsed tells of what a click shows, where only names and neighbours say
// so: it, or what surrounds it, is called that, or follows what is there to be
// clicked.
func isCollapsed(n *html.Node) bool {
	switch htmltree.Attr(n, "role") {
	case "dialog", "alertdialog", "status", "alert", "tooltip", "menu", "listbox", "search":
		return false
	}
	called := htmltree.Attr(n, "class") + " " + htmltree.Attr(n, "id") + " " + htmltree.Attr(n, "data-testid")
	if n.Parent != nil {
		called += " " + htmltree.Attr(n.Parent, "class")
	}
	if css.IsOverlay(called) || htmltree.IsElement(n, atom.Nav, atom.Span, atom.Svg, atom.I, atom.Button, atom.A, atom.Img) {
		return false
	}
	for word := range css.NameWords(called) {
		switch word {
		case "accordion", "accordions", "collapse", "collapsed", "collapsible", "collapsing", "expand", "expandable", "expander", "faq", "faqs",
			"answer", "toggle", "tab", "tabs", "tabpane", "tabpanel", "tabcontent", "tabset", "tabbed", "spoiler", "foldable", "folded":
			return true
		}
	}
	before := htmltree.PrevElement(n)
	return before != nil && control.IsTrigger(before, htmltree.Attr(n, "id"))
}
