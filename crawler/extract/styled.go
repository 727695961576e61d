package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// styled appends an element that style sets otherwise than its name does: what is struck
// through is marked, and what stands on lines or in cells of its own is kept apart.
func (c *cleaner) styled(dst, n *html.Node, called classes, as css.Setting) {
	part := htmltree.Element(atom.P)
	c.named(part, n, called)
	if as.Has(css.Struck) {
		strike(part)
	}
	switch {
	case as.Has(css.Lines) && htmltree.HasBlock(part):
		htmltree.WrapLoose(part)
		htmltree.MoveChildren(dst, part)
	case as.Has(css.Lines):
		htmltree.AppendShown(dst, part)
	case as.Has(css.Apart):
		dst.AppendChild(htmltree.Text(" "))
		htmltree.MoveChildren(dst, part)
		dst.AppendChild(htmltree.Text(" "))
	default:
		htmltree.MoveChildren(dst, part)
	}
}

// appendLines appends the text of n, whose lines end where they end in the source.
func appendLines(dst, n *html.Node) {
	text := n.Data
	if dst.LastChild == nil || htmltree.IsBlock(dst.LastChild) {
		text = strings.TrimLeft(text, " \t\r\n")
	}
	if n.NextSibling == nil || htmltree.IsBlock(n.NextSibling) {
		text = strings.TrimRight(text, " \t\r\n")
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			dst.AppendChild(htmltree.Element(atom.Br))
		}
		if shown := htmltree.Collapse(htmltree.Visible(line)); shown != "" {
			dst.AppendChild(htmltree.Text(shown))
		}
	}
}

// beginsWithMark reports whether n is a text that begins with no letter or figure.
func beginsWithMark(n *html.Node) bool {
	first, _ := utf8.DecodeRuneInString(n.Data)
	return n.Type == html.TextNode && !isWordRune(first)
}

// strike marks the running text inside n, to any depth, as struck through.
func strike(n *html.Node) {
	var struck *html.Node
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case htmltree.IsElement(child, atom.S, atom.Del, atom.Pre):
			struck = nil
		case child.Type == html.ElementNode && htmltree.IsBlock(child):
			strike(child)
			struck = nil
		case struck == nil && htmltree.Shows(child) || child.Type == html.TextNode && struck == nil && !htmltree.IsBlank(child.Data):
			struck = htmltree.Element(atom.S)
			n.InsertBefore(struck, child)
			fallthrough
		case struck != nil:
			n.RemoveChild(child)
			struck.AppendChild(child)
		}
		child = next
	}
}

// counting returns the attributes that say how the items of a list are counted.
func counting(list *html.Node, as css.Setting) (attrs []html.Attribute) {
	if htmltree.HasAttr(list, "reversed") {
		attrs = append(attrs, html.Attribute{Key: "reversed"})
	}
	kind := htmltree.Attr(list, "type")
	switch {
	case as.Has(css.Letters):
		kind = "a"
	case as.Has(css.Capitals):
		kind = "A"
	case as.Has(css.Romans):
		kind = "i"
	case as.Has(css.GreatRomans):
		kind = "I"
	}
	if kind != "" {
		attrs = append(attrs, html.Attribute{Key: "type", Val: kind})
	}
	return attrs
}
