package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// present does to the tree what a page's style sheets and scripts do in a browser:
// what nobody can see is marked hidden, and what a click shows, such as the
// panels of tabs and accordions, is a details element with its label as the
// summary, and not hidden. It is for what reads the tree afterwards.
func (d *Document) present() {
	root := d.node()
	sheets := css.Read(root, d.Meter)
	ruled := sheets.Hidden(root)
	d.set = sheets.Settings(root)
	panels := panelsOf(root)
	page := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Main || htmltree.Attr(n, "role") == "main" })
	for n := range htmltree.Below(root) {
		if n.Type != html.ElementNode || inHead(n) {
			continue
		}
		hidden, styled := ruled[n], htmltree.Attr(n, "style")
		if styled != "" {
			l := css.InlineLook(styled)
			if as := l.Over(n, d.set[n]); as != d.set[n] {
				d.set[n] = as
			}
			if by, hides := l.Hides(); hides {
				hidden = !css.IsShownInside(n, by) && !css.IsWaiting(n, by) // whatever the rules say
			} else if hidden && l.Says[css.Display] != "" {
				hidden = false // a script has shown it
			}
		} else if hidden && css.IsShownInside(n, css.Visibility) {
			hidden = false
		}
		hidden = hidden || isHiddenByName(n) || sheets.PaintsOver(n, styled)
		if !hidden {
			continue
		}
		if panels.opened[n] || isCollapsed(n) || holds(n, page) || htmltree.IsElement(n, atom.Body, atom.Html) {
			show(n)
		} else if !htmltree.HasAttr(n, "hidden") {
			n.Attr = append(n.Attr, html.Attribute{Key: "hidden"})
		}
	}
	panels.fold()
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

// holds tells whether inner is n or stands inside it.
func holds(n, inner *html.Node) bool {
	for p := inner; p != nil; p = p.Parent {
		if p == n {
			return true
		}
	}
	return false
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
	before := n.PrevSibling
	for before != nil && before.Type != html.ElementNode {
		before = before.PrevSibling
	}
	return before != nil && isTrigger(before, htmltree.Attr(n, "id"))
}

// isTrigger tells of what is there to be clicked, to show what follows, which has
// the given ID or none.
func isTrigger(n *html.Node, id string) bool {
	if htmltree.HasAttr(n, "onclick") || htmltree.HasAttr(n, "aria-expanded") || htmltree.Attr(n, "role") == "button" {
		return true
	}
	for word := range css.NameWords(htmltree.Attr(n, "class")) {
		switch word {
		case "accordion", "collapsible", "expander", "toggle", "toggler", "trigger", "question":
			return true
		}
	}
	if htmltree.WordsUpTo(n, 60) == 60 {
		return false
	}
	for d := range htmltree.Below(n) {
		shows := htmltree.HasAttr(d, "aria-expanded") && !htmltree.HasAttr(d, "aria-haspopup") && (htmltree.Attr(d, "aria-controls") == "" || htmltree.Attr(d, "aria-controls") == id)
		if shows || htmltree.HasAttr(d, "onclick") && htmltree.IsElement(d, atom.Button) {
			return true
		}
	}
	return false
}
