package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// forms is what the forms of a page say and want.
type forms struct {
	said map[string]int // how often each word stands in them
	asks bool           // one has a field that is to be filled in, and sends it to be kept
}

// readForms reads the forms of a page. One that the whole page stands in, as frameworks of old
// put it around all that they make, is none.
func (d *Document) readForms() (f forms) {
	root := d.node()
	for n := range htmltree.Below(root) {
		if !htmltree.IsElement(n, atom.Form) || holdsPage(n) {
			continue
		}
		post := strings.EqualFold(htmltree.Attr(n, "method"), "post")
		for t := range htmltree.Below(n) {
			f.asks = f.asks || post && isField(t)
			if t.Type != html.TextNode || htmltree.IsElement(t.Parent, atom.Script, atom.Style, atom.Textarea, atom.Option) {
				continue // no article shows what is typed in, though one may say the same beside its form
			}
			d.Meter.Spend(1 + len(t.Data)/budget.BytesPerStep)
			for word := range strings.FieldsSeq(t.Data) {
				if f.said == nil {
					f.said = make(map[string]int)
				}
				f.said[word]++
			}
		}
	}
	return f
}

// isField reports whether n is a control that a reader fills in.
func isField(n *html.Node) bool {
	if htmltree.IsElement(n, atom.Textarea, atom.Select) {
		return true
	}
	if !htmltree.IsElement(n, atom.Input) {
		return false
	}
	switch strings.ToLower(htmltree.Attr(n, "type")) {
	case "hidden", "submit", "image", "button", "reset":
		return false
	}
	return true
}

// holdsPage reports whether a form is around the frame of a page, and not a part of its content.
func holdsPage(form *html.Node) bool {
	for n := range htmltree.Below(form) {
		if htmltree.IsElement(n, atom.Main, atom.Article, atom.Nav, atom.Header, atom.H1) ||
			n.Type == html.ElementNode && htmltree.Attr(n, "role") == "main" {
			return true
		}
	}
	return false
}

// aFewWords are no article beside a form: a heading, a way back.
const aFewWords = 12

// leaveLittle reports whether next to nothing of what an article says stands outside of the
// forms of its page.
func (f forms) leaveLittle(body *html.Node) bool {
	if f.said == nil && !f.asks {
		return false
	}
	inside, outside := 0, 0
	for word := range strings.FieldsSeq(htmltree.TextOf(body)) {
		if f.said[word] > 0 {
			f.said[word]--
			inside++
		} else {
			outside++
		}
	}
	if inside+outside == 0 {
		return false // it shows pictures
	}
	return outside <= aFewWords && (f.asks || inside > outside || saysInHeadings(body) == outside) || inside >= 3*outside
}

// saysInHeadings counts the words of an article's headings.
func saysInHeadings(body *html.Node) (n int) {
	for h := range htmltree.Below(body) {
		if h.Type == html.ElementNode && htmltree.IsHeading(h.DataAtom) {
			n += len(strings.Fields(htmltree.TextOf(h)))
		}
	}
	return n
}
