package extract

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// code appends a block of preformatted text, with the language it is said to be
// in, and without the highlighter's markup, line numbers and buttons.
func (c *cleaner) code(dst, n *html.Node) {
	var out strings.Builder
	c.verbatim(&out, n, numbersOf(n))
	body := strings.Trim(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n")
	if htmltree.IsBlank(body) {
		return
	}
	code := htmltree.Element(atom.Code)
	if language := languageOf(n); language != "" {
		code.Attr = []html.Attribute{{Key: "class", Val: "language-" + language}}
	}
	code.AppendChild(htmltree.Text(body))
	pre := htmltree.Element(atom.Pre)
	pre.AppendChild(code)
	dst.AppendChild(pre)
}

func (c *cleaner) verbatim(out *strings.Builder, n *html.Node, numbers map[*html.Node]bool) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
			if htmltree.IsBlank(child.Data) && htmltree.IsElement(n, atom.Tr, atom.Tbody, atom.Table) {
				continue
			}
			out.WriteString(htmltree.Visible(child.Data))
		case child.Type != html.ElementNode || c.drops(child) || isLineNumber(child) || numbers[child]:
		case child.DataAtom == atom.Br:
			out.WriteByte('\n')
		default:
			before := out.Len()
			c.verbatim(out, child, numbers)
			blank := out.Len() == before && numbers[child.FirstChild]
			if isLine(child) && (blank || !strings.HasSuffix(out.String(), "\n")) {
				out.WriteByte('\n')
			}
		}
	}
}

// isLine tells of the elements that hold a line of code, or several.
func isLine(n *html.Node) bool {
	return htmltree.IsBlockName(n.DataAtom) && !htmltree.IsElement(n, atom.Td) || htmltree.HasWord(htmltree.Attr(n, "class"), "CodeMirror-line") || htmltree.HasWord(htmltree.Attr(n, "class"), "cm-line")
}

// isGutter tells of the line numbers that highlighters put beside code.
func isGutter(n *html.Node) bool {
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch lower := strings.ToLower(class); {
		case isGutterName(lower):
			return true
		case lower == "lntd": // Chroma's, which calls the column of the code the same
			return n.FirstChild != nil && onlyNumbers(n)
		}
	}
	return false
}

func isGutterName(class string) bool {
	switch class {
	case "linenos", "lineno", "linenumber", "line-number", "line-numbers-rows", "line-numbers-wrapper", "linenumbers", "gutter", "rouge-gutter", "hljs-ln-numbers",
		"react-syntax-highlighter-line-number", "codemirror-gutter-wrapper", "codemirror-gutters", "codemirror-linenumber", "cm-gutters", "blob-num",
		"diff-line-num", "js-line-number", "linenodiv", "crayon-nums", "ace_gutter":
		return true
	}
	return false
}

// isLineNumber tells of the numbers that stand in the lines of code themselves.
func isLineNumber(n *html.Node) bool {
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch class {
		case "ln", "lnt", "line-num", "lnr", "number-line":
			return onlyNumbers(n)
		}
	}
	return false
}

// numbersOf returns the line numbers in code that go by no name: what begins each of
// several lines and counts them.
func numbersOf(pre *html.Node) map[*html.Node]bool {
	var numbers []*html.Node
	for d := range pre.Descendants() {
		said := strings.TrimSpace(htmltree.OnlyText(d))
		if d.Type != html.ElementNode || said != strconv.Itoa(len(numbers)+1) || htmltree.PrevElement(d) != nil || d.Parent == pre {
			continue
		}
		if len(numbers) > 0 && d.Parent.Parent != numbers[0].Parent.Parent {
			return nil
		}
		numbers = append(numbers, d)
	}
	if len(numbers) < 2 || len(numbers) != len(htmltree.ElementsIn(numbers[0].Parent.Parent)) {
		return nil
	}
	marked := map[*html.Node]bool{}
	for _, number := range numbers {
		marked[number] = true
	}
	return marked
}

func onlyNumbers(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.TextNode && strings.Trim(d.Data, "0123456789 \u00a0\n\r\t") != "" {
			return false
		}
	}
	return true
}

// isToolbar tells of what stands around code for those who click: a button to copy
// it, the name of its language.
func isToolbar(n *html.Node) bool {
	if !htmltree.IsElement(n, atom.Div, atom.Span, atom.A, atom.Button) && n.DataAtom != 0 {
		return false
	}
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch class {
		case "toolbar":
			return n.Parent != nil && htmltree.HasWord(htmltree.Attr(n.Parent, "class"), "code-toolbar")
		case "lang":
			return n.DataAtom == atom.Span && n.Parent != nil && strings.Contains(htmltree.Attr(n.Parent, "class"), "language-")
		}
		if copies(class) && htmltree.WordsUpTo(n, 5) < 5 && !holdsCode(n) {
			return true
		}
	}
	return false
}

// holdsCode reports whether what is called a button to copy stands around the code itself.
func holdsCode(n *html.Node) bool {
	for d := range htmltree.Below(n) {
		if htmltree.IsElement(d, atom.Pre, atom.Code, atom.Kbd, atom.Samp, atom.Table) || htmltree.IsHeading(d.DataAtom) {
			return true
		}
	}
	return false
}

// copies tells of the classes of buttons that copy code.
func copies(class string) bool {
	for word := range css.NameWords(class) {
		switch word {
		case "copy", "clipboard", "copybtn", "zeroclipboard", "copybutton":
			return true
		}
	}
	return false
}

// isEditor tells of the classes of editors' elements that hold lines of code, each in an
// element of its own.
func isEditor(class string) bool {
	switch class {
	case "CodeMirror-code", "cm-content", "ace_text-layer", "syntaxhighlighter":
		return true
	}
	return false
}

// isCodeBlock tells of code that is set in lines of its own by its style, or that
// some pages keep without a pre around it.
func isCodeBlock(n *html.Node) bool {
	if htmltree.IsElement(n.Parent, atom.Pre) {
		return false
	}
	style := css.InlineLook(htmltree.Attr(n, "style"))
	lines := strings.Contains(htmltree.Attr(n, "style"), "white-space") && strings.Contains(htmltree.Attr(n, "style"), "pre") || style.Says[css.Display] == "block"
	if !lines {
		return false
	}
	for d := range n.Descendants() {
		if htmltree.IsElement(d, atom.Br) || d.Type == html.TextNode && strings.Contains(strings.TrimSpace(d.Data), "\n") {
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
		if htmltree.IsElement(child, atom.Code) {
			marked = append(marked, child)
		}
	}
	for p, up := pre.Parent, 0; p != nil && up < 7 && (p.DataAtom == 0 || htmltree.IsElement(p, atom.Div, atom.Figure, atom.Pre, atom.Code, atom.Table, atom.Tbody, atom.Tr, atom.Td)); p = p.Parent {
		marked = append(marked, p)
		if htmltree.IsElement(p, atom.Div, atom.Figure, atom.Pre) {
			up += 2
		}
	}
	for _, n := range marked {
		if language := namedLanguage(n); language != "" {
			return language
		}
	}
	return ""
}

// namedLanguage returns the language that the highlighters' attributes and classes
// name: those of Prism, highlight.js, Rouge, Pygments, Chroma, Shiki, Pandoc,
// SyntaxHighlighter, EnlighterJS, and of the platforms that use them.
func namedLanguage(n *html.Node) string {
	for _, key := range []string{"data-lang", "data-language", "data-enlighter-language", "data-code-language", "syntax"} {
		if language := aLanguage(htmltree.Attr(n, key)); language != "" {
			return language
		}
	}
	if language := aLanguage(htmltree.Attr(n, "lang")); language != "" && htmltree.IsElement(n, atom.Pre, atom.Code) && len(language) > 2 {
		return language
	}
	if _, after, ok := strings.Cut(htmltree.Attr(n, "data-syntaxhighlighter-params"), "brush:"); ok {
		brush, _, _ := strings.Cut(after, ";")
		return aLanguage(strings.TrimSpace(brush))
	}
	classes := strings.Fields(strings.ToLower(htmltree.Attr(n, "class")))
	for i, class := range classes {
		for _, prefix := range []string{"language-", "lang-", "highlight-source-", "highlight-text-", "highlight-", "brush:", "mw-highlight-lang-"} {
			language, ok := strings.CutPrefix(class, prefix)
			if !ok {
				continue
			}
			if language == "" && prefix == "brush:" && i+1 < len(classes) {
				language = classes[i+1]
			}
			if language = strings.TrimSuffix(language, ";"); isNoLanguage(language) {
				return ""
			}
			if language = aLanguage(language); language != "" {
				return language
			}
		}
	}
	// These highlighters set the language beside their own name.
	for i, class := range classes {
		switch class {
		case "hljs", "sourcecode", "code", "syntaxhighlighter", "prettyprint":
			for _, other := range append(classes[i+1:len(classes):len(classes)], classes[:i]...) {
				if isKnownLanguage(other) {
					return other
				}
			}
		}
	}
	return ""
}

// aLanguage returns name in lower case if it can be that of a language, or "".
func aLanguage(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if !languageName.MatchString(name) || isNoLanguage(name) {
		return ""
	}
	return name
}

// isNoLanguage tells of the names that highlighters give to text.
func isNoLanguage(name string) bool {
	switch name {
	case "default", "text", "none", "plaintext", "plain", "notranslate", "highlight", "wrapper", "block", "auto", "generic", "undefined", "nohighlight", "txt", "raw":
		return true
	}
	return false
}

// isKnownLanguage tells of languages by the names that highlighters have for them.
func isKnownLanguage(name string) bool {
	switch name {
	case "bash", "sh", "shell", "zsh", "console", "powershell", "ps1", "batch", "bat", "cmd", "c", "cpp", "c++", "csharp", "cs", "c#", "css", "scss", "less",
		"dart", "diff", "docker", "dockerfile", "elixir", "erlang", "go", "golang", "graphql", "groovy", "haskell", "hcl", "html", "html4strict", "html5", "xhtml", "http", "ini",
		"java", "java5", "javascript", "js", "jsx", "json", "json5", "jsonc", "kotlin", "latex", "tex", "lua", "makefile", "markdown", "md", "matlab", "nginx", "objectivec", "objc",
		"ocaml", "perl", "php", "protobuf", "properties", "python", "py", "python3", "r", "ruby", "rb", "rust", "rs", "scala", "sql", "mysql", "pgsql", "plsql", "tsql",
		"swift", "terraform", "toml", "typescript", "ts", "tsx", "vb", "vbnet", "vim", "vue", "xml", "yaml", "yml", "apex", "clojure", "fsharp", "julia", "liquid", "twig", "jinja":
		return true
	}
	return false
}
