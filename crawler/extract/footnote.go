package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// isNoteMark tells of the links from a text to its footnotes.
func isNoteMark(a *html.Node) bool {
	if !strings.Contains(attr(a, "href"), "#") {
		return false
	}
	if attr(a, "role") == "doc-noteref" || hasAttr(a, "data-footnote-ref") || attr(a, "epub:type") == "noteref" {
		return true
	}
	for class := range strings.FieldsSeq(attr(a, "class")) {
		switch class {
		case "footnote-ref", "footnote-reference", "footnoteref", "footnote", "noteref", "fn-ref", "citation-reference":
			return true
		}
	}
	if a.Parent == nil || a.Parent.DataAtom != atom.Sup || onlyLink(a.Parent) != a {
		return false
	}
	mark := strings.Trim(rawText(a, 20), "[]()")
	return mark != "" && len(mark) <= 6
}

// noteMark appends the mark of a footnote as readers see it, in brackets.
func (c *cleaner) noteMark(dst, a *html.Node) {
	mark := element(atom.Span)
	c.children(mark, a)
	if said := strings.Trim(textOf(mark), "[]() "); said != "" {
		dst.AppendChild(text("[" + said + "]"))
	}
}

// isBackLink tells of the links that lead from a footnote back to the text, which
// are for those who click.
func isBackLink(a *html.Node) bool {
	return isBackward(a) && strings.IndexFunc(rawText(a, 40), isWordRune) < 0
}

func isBackward(a *html.Node) bool {
	if !strings.Contains(attr(a, "href"), "#") {
		return false
	}
	if attr(a, "role") == "doc-backlink" || hasAttr(a, "data-footnote-backref") || attr(a, "rev") == "footnote" {
		return true
	}
	for word := range nameWords(attr(a, "class")) {
		switch word {
		case "backref", "backlink", "back", "reversefootnote":
			return true
		}
	}
	switch strings.Trim(rawText(a, 20), "\ufe0e\ufe0f ") {
	case "↩", "↑", "⤴", "↵", "⏎", "↲":
		return true
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
