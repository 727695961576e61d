package choose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// role is what an element is for. Of most, nothing is known.
type role uint8

const (
	unknown    role = iota
	consent         // asks for cookies
	navigation      // leads around the site
	appeal          // asks something of the reader, or sells
	aside           // is about something else
	person          // is about who wrote it
	discussion      // is what readers say about it
	labels          // comes again with each post

	// Words of names that take back what others say.
	inner // what it is that has a person's name: author-content
	state // what something has, or has not: no-sidebar

	// Words that say something together only: user-card, but not user-guide.
	user
	card
)

func (r role) String() string {
	switch r {
	case consent:
		return "cookie notices"
	case navigation:
		return "navigation"
	case appeal:
		return "appeals"
	case aside:
		return "asides"
	case person:
		return "author boxes"
	case discussion:
		return "comments"
	case labels:
		return "labels of posts"
	}
	return ""
}

// roleOf tells what n is for by what it is, or by what it is called, and which
// name says so. Elements of markup have names in angle brackets.
func roleOf(n *html.Node) called {
	switch n.DataAtom {
	case atom.Nav:
		return called{role: navigation, by: "<nav>"}
	case atom.Footer:
		return called{role: navigation, by: "<footer>"}
	case atom.Header:
		if leadsAround(n) {
			return called{role: navigation, by: "<header>"}
		}
	case atom.Aside:
		if isCallout(n) {
			return called{}
		}
		return called{role: aside, by: "<aside>"}
	case atom.Body, atom.Main, atom.Article, atom.P, atom.Pre, atom.Code, atom.Table, atom.Tbody, atom.Tr, atom.Td,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return called{}
	}
	// A word of a sentence may be called a menu, too.
	block := htmltree.IsBlockName(n.DataAtom) || n.DataAtom == 0
	var c called
	for _, a := range n.Attr {
		switch a.Key {
		case "popover":
			return called{role: appeal, by: "<popover>"}
		case "role":
			switch strings.ToLower(a.Val) {
			case "navigation", "search", "menu", "menubar", "banner", "contentinfo":
				return called{role: navigation, by: "role"}
			case "complementary":
				return called{role: aside, by: "role"}
			case "dialog", "alertdialog", "tooltip":
				return called{role: appeal, by: "role"}
			}
		case "itemprop":
			if block && a.Val == "author" {
				c = called{role: person, by: "author"}
			}
		case "id":
			if block && !isSection(n) {
				c.readNames(a.Val)
			}
		case "class":
			if !block {
				continue
			}
			c.readNames(a.Val)
		}
	}
	return c
}

// isSection tells of the sections of a text, whose IDs are their headings.
func isSection(n *html.Node) bool {
	return n.DataAtom == atom.Section || strings.Contains(htmltree.Attr(n, "class"), "sect")
}

// leadsAround tells a site's header from an article's.
func leadsAround(header *html.Node) bool {
	if htmltree.Ancestor(header, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Main, atom.Article) }) != nil {
		return false
	}
	leads := false
	for n := range htmltree.Below(header) {
		switch n.DataAtom {
		case atom.H1, atom.Main, atom.Article:
			return false
		case atom.Nav, atom.Ul:
			leads = true
		}
	}
	return leads
}

// isCallout tells of the notes that documentation sets in asides.
func isCallout(n *html.Node) bool {
	called := strings.ToLower(htmltree.Attr(n, "class") + " " + htmltree.Attr(n, "role"))
	return htmltree.NameSays(called, "note", "tip", "warning", "caution", "admonition", "callout", "aside", "alert", "hint", "info")
}
