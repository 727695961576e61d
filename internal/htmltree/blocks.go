package htmltree

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// IsBlockName reports whether elements of a name are blocks.
func IsBlockName(name atom.Atom) bool {
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

// IsHeading reports whether a name is h1 to h6.
func IsHeading(name atom.Atom) bool {
	switch name {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// HasBlock reports whether a child of n is a block.
func HasBlock(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if IsBlock(child) {
			return true
		}
	}
	return false
}

// IsBlock reports whether n is a block. A link is one where it contains a block.
func IsBlock(n *html.Node) bool {
	return n.Type == html.ElementNode && (IsBlockName(n.DataAtom) || n.DataAtom == atom.A && HasBlock(n))
}

// Shows reports whether n contains anything visible: text or an image.
func Shows(n *html.Node) bool {
	for d := range Below(n) {
		if IsSeen(d) {
			return true
		}
	}
	return false
}

// IsSeen reports whether n itself is visible text or an image.
func IsSeen(n *html.Node) bool {
	return n.Type == html.TextNode && !IsBlank(n.Data) || IsElement(n, atom.Img)
}

// AppendShown appends n unless it has nothing visible.
func AppendShown(dst, n *html.Node) {
	if Shows(n) {
		dst.AppendChild(n)
	}
}

// WrapLoose puts text beside blocks in n into paragraphs.
func WrapLoose(n *html.Node) {
	var run []*html.Node
	wrap := func(before *html.Node) {
		if len(run) == 0 {
			return
		}
		p := Element(atom.P)
		for _, loose := range run {
			n.RemoveChild(loose)
			p.AppendChild(loose)
		}
		run = run[:0]
		if Shows(p) {
			n.InsertBefore(p, before)
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if !IsBlock(child) {
			run = append(run, child)
			continue
		}
		wrap(child)
	}
	wrap(nil)
}

// FlattenInto replaces the blocks inside n, at any depth, by their contents.
func FlattenInto(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		if IsElement(child, atom.Img, atom.A) || !IsBlock(child) {
			child = child.NextSibling
			continue
		}
		next := child.FirstChild
		if next == nil {
			next = child.NextSibling
		}
		n.InsertBefore(Text(" "), child)
		for inner := child.FirstChild; inner != nil; inner = child.FirstChild {
			child.RemoveChild(inner)
			n.InsertBefore(inner, child)
		}
		n.InsertBefore(Text(" "), child)
		n.RemoveChild(child)
		child = next
	}
}

// HoldsBlocks reports whether a table contains headings, code, quotes or other tables.
func HoldsBlocks(table *html.Node) bool {
	for d := range Below(table) {
		switch d.DataAtom {
		case atom.Table, atom.Pre, atom.Blockquote, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
	}
	return false
}

// Unwrap replaces n by its children.
func Unwrap(n *html.Node) {
	for child := n.FirstChild; child != nil; child = n.FirstChild {
		n.RemoveChild(child)
		n.Parent.InsertBefore(child, n)
	}
	n.Parent.RemoveChild(n)
}
