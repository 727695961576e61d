package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// code appends a block of preformatted text, with the language it is said to be
// in, and without the highlighter's markup and line numbers.
func (c *cleaner) code(dst, n *html.Node) {
	var out strings.Builder
	c.verbatim(&out, n)
	body := strings.Trim(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n")
	if isBlank(body) {
		return
	}
	code := element(atom.Code)
	if language := languageOf(n); language != "" {
		code.Attr = []html.Attribute{{Key: "class", Val: "language-" + language}}
	}
	code.AppendChild(text(body))
	pre := element(atom.Pre)
	pre.AppendChild(code)
	dst.AppendChild(pre)
}

func (c *cleaner) verbatim(out *strings.Builder, n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
			out.WriteString(visible(child.Data))
		case child.Type != html.ElementNode || c.drops(child):
		case child.DataAtom == atom.Br:
			out.WriteByte('\n')
		default:
			c.verbatim(out, child)
			if isBlockName(child.DataAtom) && !strings.HasSuffix(out.String(), "\n") {
				out.WriteByte('\n')
			}
		}
	}
}

// isGutter tells of the line numbers that highlighters put beside code.
func isGutter(n *html.Node) bool {
	for class := range strings.FieldsSeq(attr(n, "class")) {
		switch strings.ToLower(class) {
		case "linenos", "lineno", "linenumber", "line-number", "line-numbers-rows", "linenumbers", "gutter", "hljs-ln-numbers", "react-syntax-highlighter-line-number":
			return true
		}
	}
	return false
}

// languageName is what a language may be called, in a class name.
var languageName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+#._-]{0,30}$`)

// languageOf returns the language that the classes of a pre, of the code inside
// or of the highlighter's elements around it name, or "".
func languageOf(pre *html.Node) string {
	marked := []*html.Node{pre}
	for child := pre.FirstChild; child != nil; child = child.NextSibling {
		if isElement(child, atom.Code) {
			marked = append(marked, child)
		}
	}
	for p, up := pre.Parent, 0; p != nil && up < 3 && isElement(p, atom.Div, atom.Figure); p, up = p.Parent, up+1 {
		marked = append(marked, p)
	}
	for _, n := range marked {
		if language := namedLanguage(n); language != "" {
			return language
		}
	}
	return ""
}

func namedLanguage(n *html.Node) string {
	for _, key := range []string{"data-lang", "data-language"} {
		if language := strings.ToLower(attr(n, key)); languageName.MatchString(language) {
			return language
		}
	}
	for class := range strings.FieldsSeq(strings.ToLower(attr(n, "class"))) {
		for _, prefix := range []string{"language-", "lang-", "highlight-source-", "highlight-", "brush:"} {
			language, ok := strings.CutPrefix(class, prefix)
			if !ok || !languageName.MatchString(language) {
				continue
			}
			switch language {
			case "default", "text", "none", "plaintext", "notranslate", "highlight", "wrapper", "block":
				return ""
			}
			return language
		}
	}
	return ""
}
