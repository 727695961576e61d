package office

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// math writes an equation (ECMA-376, part 1, section 22.1) as a line of text: 3/4, (a+b)/2, √2, with numeric
// powers and indices raised and lowered.
func (w *lineWriter) math(to *html.Node, nodes []*xmlNode) {
	w.end()
	for _, n := range nodes {
		w.meter.Spend(2)
		part := func(name string) *html.Node {
			inner := draft.Element(atom.Span)
			w.math(inner, n.child(name).nodes())
			return inner
		}
		switch n.name {
		case "r":
			if !n.child("rPr").child("vanish").on() {
				to.AppendChild(htmltree.Text(n.allText("t")))
			}
		case "f":
			if last, _ := utf8.DecodeLastRuneInString(lastText(to)); unicode.IsDigit(last) {
				to.AppendChild(htmltree.Text(" ")) // so that one and a half does not become eleven halves
			}
			appendGroup(to, part("num"))
			to.AppendChild(htmltree.Text("/"))
			appendGroup(to, part("den"))
		case "sSup", "sSub", "sSubSup", "sPre":
			appendGroup(to, part("e"))
			shift(to, atom.Sub, "_", part("sub"))
			shift(to, atom.Sup, "^", part("sup"))
		case "rad":
			if degree := part("deg"); degree.FirstChild != nil {
				shift(to, atom.Sup, "", degree)
			}
			to.AppendChild(htmltree.Text("√"))
			appendGroup(to, part("e"))
		case "nary":
			sign := n.child("naryPr").child("chr").attr("val")
			if sign == "" {
				sign = "∫"
			}
			to.AppendChild(htmltree.Text(sign))
			shift(to, atom.Sub, "_", part("sub"))
			shift(to, atom.Sup, "^", part("sup"))
			to.AppendChild(htmltree.Text(" "))
			htmltree.MoveChildren(to, part("e"))
		case "d":
			w.delimited(to, n)
		case "limLow", "limUpp":
			htmltree.MoveChildren(to, part("e"))
			shift(to, atom.Sub, "_", part("lim"))
			to.AppendChild(htmltree.Text(" "))
		case "func":
			htmltree.MoveChildren(to, part("fName"))
			to.AppendChild(htmltree.Text(" "))
			htmltree.MoveChildren(to, part("e"))
		case "mr":
			for i, cell := range n.all("e") {
				if i > 0 {
					to.AppendChild(htmltree.Text(", "))
				}
				w.math(to, cell.children)
			}
			to.AppendChild(htmltree.Text("; "))
		default:
			w.math(to, n.children)
		}
	}
}

// lastText returns the text that n ends with.
func lastText(n *html.Node) string {
	for n.LastChild != nil {
		n = n.LastChild
	}
	return n.Data
}

// delimited writes what stands between brackets or other delimiters.
func (w *lineWriter) delimited(to *html.Node, n *xmlNode) {
	sign := func(name, usual string) *html.Node {
		if given := n.child("dPr").child(name); given != nil {
			usual = given.attr("val")
		}
		return htmltree.Text(usual)
	}
	to.AppendChild(sign("begChr", "("))
	for i, inner := range n.all("e") {
		if i > 0 {
			to.AppendChild(sign("sepChr", "|"))
		}
		w.math(to, inner.children)
	}
	to.AppendChild(sign("endChr", ")"))
}

// appendGroup appends a part of an equation, in brackets unless it is a single number or word.
func appendGroup(to, part *html.Node) {
	said := strings.TrimSpace(draft.TextOf(part))
	joins := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != ',' }
	if strings.ContainsFunc(said, joins) && !isBracketed(said) {
		to.AppendChild(htmltree.Text("("))
		htmltree.MoveChildren(to, part)
		to.AppendChild(htmltree.Text(")"))
		return
	}
	htmltree.MoveChildren(to, part)
}

// isBracketed reports whether one pair of brackets encloses the whole text.
func isBracketed(said string) bool {
	return strings.HasPrefix(said, "(") && strings.Index(said, ")") == len(said)-1
}

// shift appends a power or an index: a number raised or lowered, and anything else after a sign.
func shift(to *html.Node, as atom.Atom, sign string, part *html.Node) {
	said := strings.TrimSpace(draft.TextOf(part))
	switch {
	case said == "":
	case strings.Trim(said, "0123456789+-−") == "":
		to.AppendChild(draft.Element(as, htmltree.Text(said)))
	default:
		to.AppendChild(htmltree.Text(sign))
		appendGroup(to, part)
	}
}
