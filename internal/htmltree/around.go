package htmltree

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// OnlyLink returns the link that is the only content of n, or nil.
func OnlyLink(n *html.Node) *html.Node {
	var link *html.Node
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.ElementNode && IsElement(child, atom.A, atom.Button) && link == nil:
			link = child
		case child.Type == html.ElementNode, child.Type == html.TextNode && !IsBlank(child.Data):
			return nil
		}
	}
	return link
}

// RawText returns the words of n as it was parsed. It stops after about most bytes.
func RawText(n *html.Node, most int) string {
	var out strings.Builder
	for d := range Below(n) {
		if d.Type == html.TextNode && !IsElement(d.Parent, atom.Script, atom.Style, atom.Template) {
			out.WriteString(d.Data)
			out.WriteByte(' ')
		}
		if out.Len() > most+most/2 {
			break
		}
	}
	return Words(out.String())
}

// ElementsIn returns the child elements of n without fields, scripts and style sheets.
func ElementsIn(n *html.Node) []*html.Node {
	var all []*html.Node
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode && !IsElement(child, atom.Input, atom.Script, atom.Style) {
			all = append(all, child)
		}
	}
	return all
}

// NextElement returns the element after n, or nil.
func NextElement(n *html.Node) *html.Node {
	for next := n.NextSibling; next != nil; next = next.NextSibling {
		if next.Type == html.ElementNode {
			return next
		}
	}
	return nil
}

// PrevElement returns the element before n, or nil.
func PrevElement(n *html.Node) *html.Node {
	for prev := n.PrevSibling; prev != nil; prev = prev.PrevSibling {
		if prev.Type == html.ElementNode {
			return prev
		}
	}
	return nil
}

// Holds reports whether inner is n or is inside n.
func Holds(n, inner *html.Node) bool {
	for p := inner; p != nil; p = p.Parent {
		if p == n {
			return true
		}
	}
	return false
}
