// Package mathml writes formulas of MathML as a line of text.
package mathml

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Source returns the TeX that a math element carries, or else its content on
// one line.
func Source(math *html.Node) string {
	if source := htmltree.FirstOf(htmltree.Attr(math, "data-latex"), htmltree.Attr(math, "alttext")); source != "" {
		return WithoutStyle(source)
	}
	for d := range math.Descendants() {
		if d.Type == html.ElementNode && d.Data == "annotation" && strings.Contains(htmltree.Attr(d, "encoding"), "tex") && d.FirstChild != nil {
			return WithoutStyle(d.FirstChild.Data)
		}
	}
	var out strings.Builder
	linear(&out, math)
	return strings.Join(strings.Fields(out.String()), " ")
}

// WithoutStyle takes off the braces in which MediaWiki sets a formula's style.
func WithoutStyle(source string) string {
	for _, style := range []string{`{\displaystyle `, `{\textstyle `} {
		if inside, ok := strings.CutPrefix(strings.TrimSpace(source), style); ok && strings.HasSuffix(inside, "}") {
			return strings.TrimSuffix(inside, "}")
		}
	}
	return source
}

// linear writes MathML on one line, with the signs that calculators take.
func linear(out *strings.Builder, n *html.Node) {
	parts := htmltree.ElementsIn(n)
	between := func(sign string) {
		for i, part := range parts {
			if i > 0 {
				out.WriteString(sign)
			}
			group(out, part)
		}
	}
	switch n.Data {
	case "annotation", "annotation-xml", "mphantom":
	case "mfrac":
		between("/")
	case "msup", "mover":
		between("^")
	case "msub", "munder":
		between("_")
	case "msubsup", "munderover":
		for i, part := range parts {
			if i > 0 {
				out.WriteByte("_^"[min(i-1, 1)])
			}
			group(out, part)
		}
	case "msqrt":
		out.WriteString("√(")
		for _, part := range parts {
			linear(out, part)
		}
		out.WriteByte(')')
	case "mtr":
		between(" ")
		out.WriteString("; ")
	default:
		if len(parts) == 0 {
			for child := range n.ChildNodes() {
				if child.Type == html.TextNode {
					out.WriteString(child.Data)
				}
			}
		}
		for _, part := range parts {
			linear(out, part)
		}
	}
}

// group writes a part of a formula, in parentheses unless it is a single sign.
func group(out *strings.Builder, n *html.Node) {
	var inner strings.Builder
	linear(&inner, n)
	s := strings.TrimSpace(inner.String())
	switch n.Data {
	case "mi", "mn", "mo", "mtext", "mtd":
		out.WriteString(s)
	default:
		if len([]rune(s)) == 1 {
			out.WriteString(s)
			return
		}
		out.WriteString("(" + s + ")")
	}
}
