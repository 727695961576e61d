// Package draft is what the readers of documents hand over, whatever the format: an article in the making, what
// the file has and does not show, and what may be wrong with the file.
package draft

import (
	"cmp"
	"net/url"
	"path"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxText is how many bytes of text a file may give.
const MaxText = 8 << 20

// PerNode is how many bytes of memory an element may take.
const PerNode = 300

// Draft is a document in the making.
type Draft struct {
	Article  *html.Node
	Title    string                // of its metadata; "" for none
	Line     string                // that a text without a heading of its own begins with; "" for none
	Numbered map[*html.Node]string // headings by the numbers that they begin with
	Parts    bool                  // its headings name its parts, and none of them names the whole
	Pages    int
	Wordless int
	Unseen   []Unseen
}

// BestTitle returns the title of a document that came from u, which is never empty, and where it was found.
func (d *Draft) BestTitle(u *url.URL) (title, from string) {
	heading := d.firstHeading()
	if d.Parts {
		heading = ""
	}
	named := OneLine(d.Title)
	switch {
	case heading != "" && strings.HasPrefix(named, heading+" "):
		return heading, "heading" // a browser's print has the site's name after it
	case IsTitle(named) && !isFileName(named, u):
		return named, "metadata"
	case heading != "":
		return heading, "heading"
	case IsTitle(d.Line):
		return d.Line, "first line"
	}
	return fileTitle(u), "file name"
}

// firstHeading is the first one of the highest level that the document has.
func (d *Draft) firstHeading() string {
	var found string
	best := atom.Atom(0)
	for n := range d.Article.Descendants() {
		if level := headingLevel(n); level > 0 {
			if said := strings.TrimPrefix(OneLine(TextOf(n)), d.Numbered[n]+" "); said != "" && len(said) <= maxTitle && (found == "" || level < headingLevelOf(best)) {
				found, best = said, n.DataAtom
			}
		}
	}
	return found
}

// maxTitle is how many bytes a title may have; more is a paragraph.
const maxTitle = 200

// IsTitle tells titles from what programs write where nobody gave one.
func IsTitle(title string) bool {
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
	said := OneLine(strings.Map(func(r rune) rune {
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
