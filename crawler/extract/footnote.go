package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// isNoteMark tells of the links from a text to its footnotes.
func isNoteMark(a *html.Node) bool {
	if !strings.Contains(htmltree.Attr(a, "href"), "#") {
		return false
	}
	if htmltree.Attr(a, "role") == "doc-noteref" || htmltree.HasAttr(a, "data-footnote-ref") || htmltree.Attr(a, "epub:type") == "noteref" {
		return true
	}
	for class := range strings.FieldsSeq(htmltree.Attr(a, "class")) {
		switch class {
		case "footnote-ref", "footnote-reference", "footnoteref", "footnote", "noteref", "fn-ref", "citation-reference":
			return true
		}
	}
	said := strings.TrimSpace(htmltree.RawText(a, 20))
	mark := strings.Trim(said, "[]()")
	if mark == "" || len(mark) > 6 {
		return false
	}
	if number, ok := strings.CutPrefix(said, "["); ok && strings.Trim(number, "0123456789") == "]" {
		return true
	}
	return a.Parent != nil && a.Parent.DataAtom == atom.Sup && htmltree.OnlyLink(a.Parent) == a
}

// isNote reports whether n is a footnote.
func isNote(n *html.Node) bool {
	if !htmltree.IsElement(n, atom.Aside, atom.Div) {
		return false
	}
	role := htmltree.Attr(n, "role")
	return role == "doc-footnote" || (role == "note" || n.DataAtom == atom.Aside) && htmltree.HasWord(htmltree.Attr(n, "class"), "footnote")
}

// note appends a footnote, with its number on the line that it begins.
func (c *cleaner) note(dst, n *html.Node) {
	part := htmltree.Element(atom.Div)
	c.children(part, n)
	htmltree.WrapLoose(part)
	if number := part.FirstChild; number != nil && number.DataAtom == atom.P && number.NextSibling != nil && number.NextSibling.DataAtom == atom.P {
		if said := htmltree.TextOf(number); len(strings.Trim(said, "[]().")) <= 6 {
			text := number.NextSibling
			text.InsertBefore(htmltree.Text(said+" "), text.FirstChild)
			part.RemoveChild(number)
		}
	}
	htmltree.MoveChildren(dst, part)
}

// noteMark appends the mark of a footnote as readers see it, in brackets.
func (c *cleaner) noteMark(dst, a *html.Node) {
	mark := htmltree.Element(atom.Span)
	c.children(mark, a)
	if said := strings.Trim(htmltree.TextOf(mark), "[]() "); said != "" {
		dst.AppendChild(htmltree.Text("[" + said + "]"))
	}
}

// isBackLink tells of the links that lead from a footnote back to the text, which
// are for those who click.
func isBackLink(a *html.Node) bool {
	return isBackward(a) && strings.IndexFunc(htmltree.RawText(a, 40), isWordRune) < 0
}

func isBackward(a *html.Node) bool {
	if !strings.Contains(htmltree.Attr(a, "href"), "#") {
		return false
	}
	if htmltree.Attr(a, "role") == "doc-backlink" || htmltree.HasAttr(a, "data-footnote-backref") || htmltree.Attr(a, "rev") == "footnote" {
		return true
	}
	for word := range css.NameWords(htmltree.Attr(a, "class")) {
		switch word {
		case "backref", "backlink", "back", "reversefootnote":
			return true
		}
	}
	switch strings.Trim(htmltree.RawText(a, 20), "\ufe0e\ufe0f ") {
	case "↩", "↑", "⤴", "↵", "⏎", "↲":
		return true
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
