package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// formula is the source of a formula, in TeX where the page has that, and whether
// it stands on a line of its own.
type formula struct {
	source  string
	display bool
}

// appendFormula appends a formula as code, where Markdown changes nothing of it.
func appendFormula(dst *html.Node, f formula) {
	source := strings.TrimSpace(htmltree.Visible(f.source))
	if source == "" {
		return
	}
	code := htmltree.Element(atom.Code)
	if !f.display {
		code.AppendChild(htmltree.Text(strings.Join(strings.Fields(source), " ")))
		dst.AppendChild(code)
		return
	}
	code.Attr = []html.Attribute{{Key: "class", Val: "language-math"}}
	code.AppendChild(htmltree.Text(source))
	pre := htmltree.Element(atom.Pre)
	pre.AppendChild(code)
	dst.AppendChild(pre)
}

// formulaOf returns the formula that n is in the markup of KaTeX, MathJax,
// MediaWiki, Pandoc and Sphinx, or MathML; ok tells that it is one. Their markup
// for the looks says the same again, and is left out with it. What n is called has
// been read.
func formulaOf(n *html.Node, called classes) (f formula, ok bool) {
	switch {
	case n.Namespace == "math" && n.Data == "math":
		return formula{mathSource(n), htmltree.Attr(n, "display") == "block"}, true
	case n.DataAtom == atom.Script:
		kind, mode, _ := strings.Cut(htmltree.Attr(n, "type"), ";")
		if kind == "math/tex" && n.FirstChild != nil {
			return formula{n.FirstChild.Data, strings.Contains(mode, "display")}, true
		}
		return formula{}, false
	case n.DataAtom == atom.Img:
		for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
			switch class {
			case "tex", "latex", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display", "math":
				return formula{withoutStyle(htmltree.Attr(n, "alt")), strings.HasSuffix(class, "display")}, htmltree.Attr(n, "alt") != ""
			}
		}
		return formula{}, false
	case n.Data == "mjx-container" || n.Data == "math-renderer":
		f.display = htmltree.Attr(n, "display") == "true" || htmltree.HasWord(htmltree.Attr(n, "class"), "js-display-math")
		f.source = sourceInside(n)
		return f, f.source != ""
	case !called.say(mathematical):
		return formula{}, false
	}
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch class {
		case "katex", "katex-display", "mwe-math-element", "MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML", "mjx-chtml":
			f.display = f.display || strings.HasSuffix(class, "isplay") || ancestorClass(n, "katex-display") || ancestorClass(n, "MathJax_Display")
			if mathjaxScript(n) {
				return formula{}, true // the script has the source
			}
			f.source = sourceInside(n)
			return f, f.source != ""
		case "MathJax_Preview", "MathJax_Error":
			return formula{}, true
		case "math":
			if source, display, ok := undelimited(onlyText(n)); ok {
				return formula{source, display || n.DataAtom == atom.Div}, true
			}
		}
	}
	return formula{}, false
}

func ancestorClass(n *html.Node, class string) bool {
	return n.Parent != nil && htmltree.HasWord(htmltree.Attr(n.Parent, "class"), class)
}

// mathjaxScript tells whether the script follows that MathJax made n of.
func mathjaxScript(n *html.Node) bool {
	for next := n.NextSibling; next != nil; next = next.NextSibling {
		if next.Type == html.ElementNode {
			return next.DataAtom == atom.Script && strings.HasPrefix(htmltree.Attr(next, "type"), "math/")
		}
	}
	return n.Parent != nil && htmltree.HasWord(htmltree.Attr(n.Parent, "class"), "MathJax_Display") && mathjaxScript(n.Parent)
}

// sourceInside returns the source of the formula that n shows.
func sourceInside(n *html.Node) string {
	for _, key := range []string{"data-latex", "data-tex", "data-expr", "data-formula"} {
		if source := htmltree.Attr(n, key); source != "" {
			return source
		}
	}
	var image string
	for d := range n.Descendants() {
		if source := htmltree.Attr(d, "data-latex"); source != "" {
			return source
		}
		if d.Namespace == "math" && d.Data == "math" {
			return mathSource(d)
		}
		if htmltree.IsElement(d, atom.Img) {
			image = htmltree.FirstOf(image, htmltree.Attr(d, "alt"))
		}
	}
	if image != "" {
		return withoutStyle(image)
	}
	source, _, _ := undelimited(onlyText(n))
	return source
}

// onlyText returns the text of an element without others inside, or "".
func onlyText(n *html.Node) string {
	if n.FirstChild == nil || n.FirstChild != n.LastChild || n.FirstChild.Type != html.TextNode {
		return ""
	}
	return n.FirstChild.Data
}

// undelimited returns the TeX between the delimiters that MathJax looks for.
func undelimited(s string) (source string, display, ok bool) {
	s = strings.TrimSpace(s)
	for _, pair := range []struct {
		open, close string
		display     bool
	}{{`\(`, `\)`, false}, {`\[`, `\]`, true}, {"$$", "$$", true}, {"$", "$", false}} {
		if inside, ok := strings.CutPrefix(s, pair.open); ok && strings.HasSuffix(inside, pair.close) && inside != pair.close {
			return strings.TrimSuffix(inside, pair.close), pair.display, true
		}
	}
	return "", false, false
}

// mathSource returns the TeX that a math element carries, or else its content on
// one line.
func mathSource(math *html.Node) string {
	if source := htmltree.FirstOf(htmltree.Attr(math, "data-latex"), htmltree.Attr(math, "alttext")); source != "" {
		return withoutStyle(source)
	}
	for d := range math.Descendants() {
		if d.Type == html.ElementNode && d.Data == "annotation" && strings.Contains(htmltree.Attr(d, "encoding"), "tex") && d.FirstChild != nil {
			return withoutStyle(d.FirstChild.Data)
		}
	}
	var out strings.Builder
	linear(&out, math)
	return strings.Join(strings.Fields(out.String()), " ")
}

// withoutStyle takes off the braces in which MediaWiki sets a formula's style.
func withoutStyle(source string) string {
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
