package extract

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// present does to the tree what a page's style sheets and scripts do in a browser:
// what nobody can see is marked hidden, and what a click shows, such as the
// panels of tabs and accordions, is a details element with its label as the
// summary, and not hidden. It is for what reads the tree afterwards.
func (d *Document) present() {
	root := d.node()
	sheets := sheetsOf(root, d.Meter)
	ruled := sheets.hidden(root)
	panels := panelsOf(root)
	page := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Main || attr(n, "role") == "main" })
	for n := range below(root) {
		if n.Type != html.ElementNode || inHead(n) {
			continue
		}
		hidden, styled := ruled[n], attr(n, "style")
		if styled != "" {
			l := inlineLook(styled)
			if by, hides := l.hides(); hides {
				hidden = !isShownInside(n, by) && !isWaiting(n, by) // whatever the rules say
			} else if hidden && l.says[display] != "" {
				hidden = false // a script has shown it
			}
		} else if hidden && isShownInside(n, visibility) {
			hidden = false
		}
		hidden = hidden || isHiddenByName(n) || sheets.paintsOver(n, styled)
		if !hidden {
			continue
		}
		if panels.opened[n] || isCollapsed(n) || holds(n, page) || isElement(n, atom.Body, atom.Html) {
			show(n)
		} else if !hasAttr(n, "hidden") {
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
	l := inlineLook(attr(n, "style"))
	_, hides := l.hides()
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

// isShownInside tells whether what stands inside n takes back, for itself, what
// hides n by a property that is handed down.
func isShownInside(n *html.Node, by property) bool {
	if by != visibility && by != fontSize && by != color && by != indent {
		return false
	}
	for d := range below(n) {
		if styled := attr(d, "style"); styled != "" {
			if l := inlineLook(styled); l.says[by] != "" {
				if other, hides := l.hides(); !hides || other != by {
					return true
				}
			}
		}
	}
	return false
}

// isWaiting tells of elements that a script makes appear, as the reader comes to
// them or once the page is there: most of a page is never hidden for good.
func isWaiting(n *html.Node, by property) bool {
	if by != opacity && by != visibility {
		return false
	}
	if wordsUpTo(n, 200) == 200 || countOf(n, atom.H1) > 0 || countOf(n, atom.Article) > 0 {
		return true
	}
	return hasAttr(n, "data-w-id") || hasAttr(n, "data-aos") || hasAttr(n, "data-scroll") || hasAttr(n, "data-framer-appear-id") ||
		hasWord(attr(n, "class"), "wow")
}

// isCollapsed tells of what a click shows, where only names and neighbours say
// so: it, or what surrounds it, is called that, or follows what is there to be
// clicked.
func isCollapsed(n *html.Node) bool {
	switch attr(n, "role") {
	case "dialog", "alertdialog", "status", "alert", "tooltip", "menu", "listbox", "search":
		return false
	}
	called := attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "data-testid")
	if n.Parent != nil {
		called += " " + attr(n.Parent, "class")
	}
	if isOverlay(called) || isElement(n, atom.Nav, atom.Span, atom.Svg, atom.I, atom.Button, atom.A, atom.Img) {
		return false
	}
	for word := range nameWords(called) {
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
	return before != nil && isTrigger(before, attr(n, "id"))
}

// isTrigger tells of what is there to be clicked, to show what follows, which has
// the given ID or none.
func isTrigger(n *html.Node, id string) bool {
	if hasAttr(n, "onclick") || hasAttr(n, "aria-expanded") || attr(n, "role") == "button" {
		return true
	}
	for word := range nameWords(attr(n, "class")) {
		switch word {
		case "accordion", "collapsible", "expander", "toggle", "toggler", "trigger", "question":
			return true
		}
	}
	if wordsUpTo(n, 60) == 60 {
		return false
	}
	for d := range below(n) {
		shows := hasAttr(d, "aria-expanded") && !hasAttr(d, "aria-haspopup") && (attr(d, "aria-controls") == "" || attr(d, "aria-controls") == id)
		if shows || hasAttr(d, "onclick") && isElement(d, atom.Button) {
			return true
		}
	}
	return false
}

// isOverlay tells of names that things go by which stand above a page, and are no
// part of its text.
func isOverlay(names string) bool {
	for word := range nameWords(names) {
		switch word {
		case "modal", "popup", "popover", "tooltip", "dropdown", "menu", "submenu", "megamenu", "overlay", "lightbox", "dialog", "toast", "offcanvas",
			"drawer", "nav", "navbar", "cookie", "consent", "search", "honeypot", "skip", "sr", "visually":
			return true
		}
	}
	return false
}

// nameWords yields the words that names such as "faq-answer__text" and
// "faqAnswer" are made of, in lower case.
func nameWords(names string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, prev := 0, ' '
		emit := func(end int) bool { return end <= start || yield(strings.ToLower(names[start:end])) }
		for i, r := range names {
			switch {
			case !unicode.IsLetter(r) && !unicode.IsDigit(r):
				if !emit(i) {
					return
				}
				start = i + len(string(r))
			case unicode.IsUpper(r) && unicode.IsLower(prev):
				if !emit(i) {
					return
				}
				start = i
			}
			prev = r
		}
		emit(len(names))
	}
}
