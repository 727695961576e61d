// Package formula finds the formulas of a page, and says them in TeX.
package formula

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/mathml"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Formula is a formula of a page.
type Formula struct {
	Source  string // in TeX where the page has that
	Display bool   // on a line of its own
}

// AppendTo appends a formula as code, where Markdown changes nothing of it.
func (f Formula) AppendTo(dst *html.Node) {
	source := strings.TrimSpace(htmltree.Visible(f.Source))
	if source == "" {
		return
	}
	code := htmltree.Element(atom.Code)
	if !f.Display {
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

// Of returns the formula that n is in the markup of KaTeX, MathJax, MediaWiki, Pandoc and
// Sphinx, or MathML; ok reports whether it is one. Their markup for the looks says the same
// again, and is left out with it. named reports whether a class of n may be that of a formula.
func Of(n *html.Node, named bool) (f Formula, ok bool) {
	switch {
	case n.Namespace == "math" && n.Data == "math":
		return Formula{mathml.Source(n), htmltree.Attr(n, "display") == "block"}, true
	case n.DataAtom == atom.Script:
		kind, mode, _ := strings.Cut(htmltree.Attr(n, "type"), ";")
		if kind == "math/tex" && n.FirstChild != nil {
			return Formula{n.FirstChild.Data, strings.Contains(mode, "display")}, true
		}
		return Formula{}, false
	case n.DataAtom == atom.Img:
		for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
			switch class {
			case "tex", "latex", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display", "math":
				return Formula{mathml.WithoutStyle(htmltree.Attr(n, "alt")), strings.HasSuffix(class, "display")}, htmltree.Attr(n, "alt") != ""
			}
		}
		return Formula{}, false
	case n.Data == "mjx-container" || n.Data == "math-renderer":
		f.Display = htmltree.Attr(n, "display") == "true" || htmltree.HasWord(htmltree.Attr(n, "class"), "js-display-math")
		f.Source = sourceInside(n)
		return f, f.Source != ""
	case !named:
		return Formula{}, false
	}
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch class {
		case "katex", "katex-display", "mwe-math-element", "MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML", "mjx-chtml":
			f.Display = f.Display || strings.HasSuffix(class, "isplay") || ancestorClass(n, "katex-display") || ancestorClass(n, "MathJax_Display")
			if mathjaxScript(n) {
				return Formula{}, true // the script has the source
			}
			f.Source = sourceInside(n)
			return f, f.Source != ""
		case "MathJax_Preview", "MathJax_Error":
			return Formula{}, true
		case "math":
			if source, display, ok := undelimited(htmltree.OnlyText(n)); ok {
				return Formula{source, display || n.DataAtom == atom.Div}, true
			}
		}
	}
	return Formula{}, false
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
			return mathml.Source(d)
		}
		if htmltree.IsElement(d, atom.Img) {
			image = htmltree.FirstOf(image, htmltree.Attr(d, "alt"))
		}
	}
	if image != "" {
		return mathml.WithoutStyle(image)
	}
	source, _, _ := undelimited(htmltree.OnlyText(n))
	return source
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
