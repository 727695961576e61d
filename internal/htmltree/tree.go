// Package htmltree has what all who read or write trees of [html.Node] need: finding and
// making elements, which elements stand on lines of their own, the text that a reader sees,
// and the levels of headings.
package htmltree

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Below yields what stands inside root, in document order. It is quicker than
// [html.Node.Descendants], but the tree stays as it is meanwhile.
func Below(root *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := root; ; {
			if n.FirstChild != nil {
				n = n.FirstChild
			} else {
				for n != root && n.NextSibling == nil {
					n = n.Parent
				}
				if n == root {
					return
				}
				n = n.NextSibling
			}
			if !yield(n) {
				return
			}
		}
	}
}

// Attr returns the value of an attribute without a namespace; "" where n has none.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// HasAttr reports whether n has an attribute without a namespace.
func HasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key && a.Namespace == "" })
}

// HasWord reports whether list, separated by spaces, has word, in any case.
func HasWord(list, word string) bool {
	if len(list) < len(word) {
		return false
	}
	for field := range strings.FieldsSeq(list) {
		if strings.EqualFold(field, word) {
			return true
		}
	}
	return false
}

// IsElement reports whether n is an element of one of the names.
func IsElement(n *html.Node, names ...atom.Atom) bool {
	return n.Type == html.ElementNode && slices.Contains(names, n.DataAtom)
}

// Element returns a new element of the given name.
func Element(name atom.Atom, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: name, Data: name.String(), Attr: attrs}
}

// Text returns a new text node.
func Text(data string) *html.Node { return &html.Node{Type: html.TextNode, Data: data} }

// MoveChildren appends src's children to dst.
func MoveChildren(dst, src *html.Node) {
	for c := src.FirstChild; c != nil; c = src.FirstChild {
		src.RemoveChild(c)
		dst.AppendChild(c)
	}
}

// Ancestor returns the nearest ancestor of n that match accepts, or nil.
func Ancestor(n *html.Node, match func(*html.Node) bool) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if match(p) {
			return p
		}
	}
	return nil
}

// IsBlank reports whether text shows nothing.
func IsBlank(s string) bool { return strings.TrimSpace(s) == "" }

// Kept returns those of n's attributes that are named and not empty.
func Kept(n *html.Node, keys ...string) []html.Attribute {
	var attrs []html.Attribute
	for _, key := range keys {
		if val := Visible(Attr(n, key)); val != "" {
			attrs = append(attrs, html.Attribute{Key: key, Val: val})
		}
	}
	return attrs
}

// CountOf counts the elements of a name inside n.
func CountOf(n *html.Node, name atom.Atom) int {
	count := 0
	for d := range n.Descendants() {
		if d.DataAtom == name {
			count++
		}
	}
	return count
}

// Detached returns n without what it stood in.
func Detached(n *html.Node) *html.Node {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
	return n
}

// FirstOf returns the first of the values that is not blank, or "".
func FirstOf(values ...string) string {
	for _, value := range values {
		if !IsBlank(value) {
			return value
		}
	}
	return ""
}

// SpanOf returns how many columns or rows a cell spans by its attribute, from 1 to 1000.
func SpanOf(cell *html.Node, key string) int {
	given := Attr(cell, key)
	if given == "" {
		return 1 // without an error to be made of it
	}
	span, err := strconv.Atoi(given)
	if err != nil || span < 1 || span > 1000 {
		return 1
	}
	return span
}
