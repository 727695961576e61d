package draft

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func headingLevel(n *html.Node) int {
	if n.Type != html.ElementNode {
		return 0
	}
	return headingLevelOf(n.DataAtom)
}

func headingLevelOf(a atom.Atom) int {
	for i, heading := range headings() {
		if a == heading {
			return i + 1
		}
	}
	return 0
}

func headings() [6]atom.Atom {
	return [6]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
}

// Heading returns a heading of a level. Levels above six become six.
func Heading(level int, children ...*html.Node) *html.Node {
	return Element(headings()[min(max(level, 1), 6)-1], children...)
}

// Element returns a new element with children.
func Element(a atom.Atom, children ...*html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
	for _, child := range children {
		n.AppendChild(child)
	}
	return n
}

// With adds an attribute to an element, and returns the element.
func With(n *html.Node, key, value string) *html.Node {
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
	return n
}

// TextOf returns the text below n, unchanged.
func TextOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// Children removes the children of n and returns them.
func Children(n *html.Node) []*html.Node {
	var taken []*html.Node
	for child := n.FirstChild; child != nil; child = n.FirstChild {
		n.RemoveChild(child)
		taken = append(taken, child)
	}
	return taken
}

// OneLine returns the visible text of s on one line.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// HasAny reports whether s contains one of the parts.
func HasAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
