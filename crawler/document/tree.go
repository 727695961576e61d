package document

import (
	"cmp"
	"net/url"
	"path"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// draft is a document in the making.
type draft struct {
	article  *html.Node
	title    string                // of its metadata; "" for none
	line     string                // that a text without headings begins with; "" for none
	numbered map[*html.Node]string // headings by the numbers that they begin with
	pages    int
	wordless int
	unseen   []Unseen
}

// finish gives the document its title and its frame.
func (d *draft) finish(u *url.URL) Document {
	title, from := d.bestTitle(u)
	root := &html.Node{Type: html.DocumentNode}
	page, head, body := element(atom.Html), element(atom.Head), element(atom.Body)
	root.AppendChild(page)
	page.AppendChild(head)
	page.AppendChild(body)
	head.AppendChild(element(atom.Title, htmltree.Text(title)))
	body.AppendChild(d.article)
	return Document{Root: root, TitleFrom: from, Pages: d.pages, Wordless: d.wordless, Unseen: d.unseen}
}

// bestTitle is never empty.
func (d *draft) bestTitle(u *url.URL) (title, from string) {
	heading := d.firstHeading()
	named := oneLine(d.title)
	switch {
	case heading != "" && strings.HasPrefix(named, heading+" "):
		return heading, "heading" // a browser's print has the site's name after it
	case isTitle(named) && !isFileName(named, u):
		return named, "metadata"
	case heading != "":
		return heading, "heading"
	case isTitle(d.line):
		return d.line, "first line"
	}
	return fileTitle(u), "file name"
}

// firstHeading is the first one of the highest level that the document has.
func (d *draft) firstHeading() string {
	var found string
	best := atom.Atom(0)
	for n := range d.article.Descendants() {
		if level := headingLevel(n); level > 0 {
			if said := strings.TrimPrefix(oneLine(textOf(n)), d.numbered[n]+" "); said != "" && len(said) <= maxTitle && (found == "" || level < headingLevelOf(best)) {
				found, best = said, n.DataAtom
			}
		}
	}
	return found
}

func headingLevel(n *html.Node) int {
	if n.Type != html.ElementNode {
		return 0
	}
	return headingLevelOf(n.DataAtom)
}

func headingLevelOf(a atom.Atom) int {
	for i, heading := range headings() {
		if a == heading {
			return i + 1
		}
	}
	return 0
}

func headings() [6]atom.Atom {
	return [6]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
}

// heading is an element for a heading of a level; those beyond the sixth are sixth.
func heading(level int, children ...*html.Node) *html.Node {
	return element(headings()[min(max(level, 1), 6)-1], children...)
}

// maxTitle is how many bytes a title may have; more is a paragraph.
const maxTitle = 200

// isTitle tells titles from what programs write where nobody gave one.
func isTitle(title string) bool {
	if title == "" || len(title) > maxTitle || !strings.ContainsFunc(title, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return false
	}
	low := strings.ToLower(title)
	for _, start := range []string{"untitled", "unbenannt", "sans titre", "sin título", "microsoft word - ", "microsoft powerpoint - ",
		"microsoft excel - ", "document1", "dokument1", "powerpoint presentation", "powerpoint-präsentation", "slide 1", "about:blank",
		"file:", "http://", "https://", "title", "no title", "(anonymous)"} {
		if strings.HasPrefix(low, start) && (start != "title" || low == start) {
			return false
		}
	}
	return true
}

// isFileName reports whether a title only repeats the name of a file.
func isFileName(title string, u *url.URL) bool {
	if strings.EqualFold(title, path.Base(u.Path)) {
		return true
	}
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(title)), ".")
	switch ext {
	case "pdf", "doc", "docx", "dot", "dotx", "md", "markdown", "txt", "csv", "tsv", "xls", "xlsx", "ppt", "pptx", "rtf", "odt",
		"indd", "qxd", "pmd", "tex", "dvi", "ps", "eps", "html", "htm", "fm", "book":
		return !strings.Contains(title, ". ") || !strings.Contains(title, " ")
	}
	return false
}

// fileTitle makes a title of the name of a file: user_guide-v2.pdf is "User guide v2".
func fileTitle(u *url.URL) string {
	name := path.Base(u.Path)
	if name == "/" || name == "." || name == "" {
		return cmp.Or(u.Host, "Document")
	}
	bare := strings.TrimSuffix(name, path.Ext(name))
	said := oneLine(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '+' {
			return ' '
		}
		return r
	}, bare))
	if said == "" {
		return name
	}
	runes := []rune(said)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// oneLine is what of s shows, in one line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func element(a atom.Atom, children ...*html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
	appendAll(n, children...)
	return n
}

func with(n *html.Node, key, value string) *html.Node {
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
	return n
}

func appendAll(n *html.Node, children ...*html.Node) {
	for _, child := range children {
		n.AppendChild(child)
	}
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}
