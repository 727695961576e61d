// Package htmltree has what all code that reads or writes trees of [html.Node] needs: finding and creating
// elements, which elements are blocks, the visible text, and the levels of headings.
package htmltree

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Below yields the nodes inside root in document order. It is faster than [html.Node.Descendants], but the
// tree must not change meanwhile.
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

// Attr returns the value of an attribute without a namespace, or "".
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

// HasWord reports whether list, which is separated by spaces, contains word in any case.
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

// IsBlank reports whether text has nothing but white space.
func IsBlank(s string) bool { return strings.TrimSpace(s) == "" }

// Kept returns the named attributes of n that are not empty.
func Kept(n *html.Node, keys ...string) []html.Attribute {
	var attrs []html.Attribute
	for _, key := range keys {
		if val := Visible(Attr(n, key)); val != "" {
			attrs = append(attrs, html.Attribute{Key: key, Val: val})
		}
	}
	return attrs
}

// CountOf returns the number of elements of a name inside n.
func CountOf(n *html.Node, name atom.Atom) int {
	count := 0
	for d := range n.Descendants() {
		if d.DataAtom == name {
			count++
		}
	}
	return count
}

// Detached removes n from its parent and returns it.
func Detached(n *html.Node) *html.Node {
	if n.Parent != nil {
		n.Parent.RemoveChild(n)
	}
	return n
}

// FirstOf returns the first value that is not blank, or "".
func FirstOf(values ...string) string {
	for _, value := range values {
		if !IsBlank(value) {
			return value
		}
	}
	return ""
}

// SpanOf returns how many columns or rows a cell spans according to the attribute key, from 1 to 1000.
func SpanOf(cell *html.Node, key string) int {
	given := Attr(cell, key)
	if given == "" {
		return 1 // the common case, without the cost of an error
	}
	span, err := strconv.Atoi(given)
	if err != nil || span < 1 || span > 1000 {
		return 1
	}
	return span
}
