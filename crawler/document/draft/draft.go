// Package draft defines what the readers of all formats return: an unfinished article, the text that a file
// contains and does not show, and what may be wrong with a file.
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

// MaxText is the largest text of a file, in bytes.
const MaxText = 8 << 20

// PerNode is how many bytes of memory an element may take.
const PerNode = 300

// Draft is an unfinished document.
type Draft struct {
	Article  *html.Node
	Title    string                // from the metadata; may be ""
	Line     string                // that a text without a heading of its own begins with; "" for none
	Numbered map[*html.Node]string // heading → the number that it begins with
	Parts    bool                  // its headings name its parts, and none of them names the whole
	Pages    int
	Wordless int
	Unseen   []Unseen
}

// BestTitle returns the title of a document from u, and where it was found. The title is never empty.
func (d *Draft) BestTitle(u *url.URL) (title, from string) {
	heading := d.firstHeading()
	if d.Parts {
		heading = ""
	}
	named := OneLine(d.Title)
	switch {
	case heading != "" && strings.HasPrefix(named, heading+" "):
		return heading, "heading" // a browser's printout has the site's name after the heading
	case IsTitle(named) && !isFileName(named, u):
		return named, "metadata"
	case heading != "":
		return heading, "heading"
	case IsTitle(d.Line):
		return d.Line, "first line"
	}
	return fileTitle(u), "file name"
}

// firstHeading returns the first heading of the highest level in the document.
func (d *Draft) firstHeading() string {
	var found string
	best := atom.Atom(0)
	for n := range d.Article.Descendants() {
		if level := headingLevel(n); level > 0 {
			said := strings.TrimPrefix(OneLine(TextOf(n)), d.Numbered[n]+" ")
			if said != "" && len(said) <= maxTitle && (found == "" || level < headingLevelOf(best)) {
				found, best = said, n.DataAtom
			}
		}
	}
	return found
}

// maxTitle is the longest title in bytes. Longer texts are paragraphs.
const maxTitle = 200

// IsTitle reports whether a text may be a title, and is not what programs write if nobody gave one.
func IsTitle(title string) bool {
	says := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	if title == "" || len(title) > maxTitle || !strings.ContainsFunc(title, says) {
		return false
	}
	low := strings.ToLower(title)
	for _, start := range []string{
		"untitled", "unbenannt", "sans titre", "sin título", "microsoft word - ", "microsoft powerpoint - ",
		"microsoft excel - ", "document1", "dokument1", "powerpoint presentation", "powerpoint-präsentation", "slide 1",
		"about:blank", "file:", "http://", "https://", "title", "no title", "(anonymous)",
	} {
		if strings.HasPrefix(low, start) && (start != "title" || low == start) {
			return false
		}
	}
	return true
}

// isFileName reports whether a title is only the name of a file.
func isFileName(title string, u *url.URL) bool {
	if strings.EqualFold(title, path.Base(u.Path)) {
		return true
	}
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(title)), ".")
	switch ext {
	case "pdf", "doc", "docx", "dot", "dotx", "md", "markdown", "txt", "csv", "tsv", "xls", "xlsx", "ppt", "pptx", "rtf",
		"odt", "indd", "qxd", "pmd", "tex", "dvi", "ps", "eps", "html", "htm", "fm", "book":
		return !strings.Contains(title, ". ") || !strings.Contains(title, " ")
	}
	return false
}

// fileTitle makes a title from the name of a file: user_guide-v2.pdf becomes "User guide v2".
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
