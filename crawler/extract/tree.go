package extract

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// node returns the document's root node.
func (d *Document) node() *html.Node { return d.Root.Nodes[0] }

// below yields what stands inside root, in document order. It is quicker than
// [html.Node.Descendants], but the tree stays as it is meanwhile.
func below(root *html.Node) iter.Seq[*html.Node] {
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

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key && a.Namespace == "" })
}

// hasWord tells whether list, separated by spaces, has word, in any case.
func hasWord(list, word string) bool {
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

func isElement(n *html.Node, names ...atom.Atom) bool {
	return n.Type == html.ElementNode && slices.Contains(names, n.DataAtom)
}

// element returns a new element of the given name.
func element(name atom.Atom, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: name, Data: name.String(), Attr: attrs}
}

func text(data string) *html.Node { return &html.Node{Type: html.TextNode, Data: data} }

// moveChildren appends src's children to dst.
func moveChildren(dst, src *html.Node) {
	for c := src.FirstChild; c != nil; c = src.FirstChild {
		src.RemoveChild(c)
		dst.AppendChild(c)
	}
}

// ancestor returns the nearest ancestor of n that match accepts, or nil.
func ancestor(n *html.Node, match func(*html.Node) bool) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if match(p) {
			return p
		}
	}
	return nil
}

// isBlank tells of text that shows nothing.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// textOf returns the text of a clean tree, its words one space apart.
func textOf(n *html.Node) string {
	length := 0
	for t := range below(n) {
		if t.Type == html.TextNode {
			length += len(t.Data)
		}
	}
	var line spaced
	line.Grow(length)
	for t := range below(n) {
		if t.Type == html.TextNode {
			line.write(t.Data)
		} else if isBlockName(t.DataAtom) || t.DataAtom == atom.Br {
			line.gap = true
		}
	}
	return line.String()
}

// spaced is text whose words are one space apart, however they were written.
type spaced struct {
	strings.Builder
	gap bool // something stands between the last word and the next
}

func (l *spaced) write(s string) {
	for i := 0; i < len(s); {
		if size := spaceAt(s, i); size > 0 {
			l.gap = true
			i += size
			continue
		}
		start := i
		for i < len(s) && (isLetter(s[i]) || isOneSpace(s, i) || spaceAt(s, i) == 0) {
			i++
		}
		if l.gap && l.Len() > 0 {
			l.WriteByte(' ')
		}
		l.gap = false
		l.WriteString(s[start:i])
	}
}

// isLetter tells of what is plainly no white space: letters, figures and marks of ASCII.
func isLetter(b byte) bool { return b > ' ' && b < utf8.RuneSelf }

// isOneSpace tells whether a space alone stands at i before the next word, as most do.
func isOneSpace(s string, i int) bool { return s[i] == ' ' && i+1 < len(s) && isLetter(s[i+1]) }

// spaceAt returns how many bytes the white space takes that begins at i, 0 where
// there is none.
func spaceAt(s string, i int) int {
	if b := s[i]; b < utf8.RuneSelf {
		if b == ' ' || '\t' <= b && b <= '\r' {
			return 1
		}
		return 0
	}
	if r, size := utf8.DecodeRuneInString(s[i:]); unicode.IsSpace(r) {
		return size
	}
	return 0
}

// isBlockName tells of the elements that stand on lines of their own.
func isBlockName(name atom.Atom) bool {
	switch name {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd,
		atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer,
		atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hgroup, atom.Hr,
		atom.Legend, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary,
		atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul:
		return true
	}
	return false
}

func isHeading(name atom.Atom) bool {
	switch name {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
