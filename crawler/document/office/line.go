package office

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// lineWriter writes runs of text as one line of HTML. Text with the same formatting stays in one element.
type lineWriter struct {
	meter *budget.Meter
	line  *html.Node

	letters, mono int // letters written, and how many of them are monospaced

	open *html.Node // text node that may continue
	said []byte     // its text
}

func newLine(meter *budget.Meter) lineWriter {
	return lineWriter{meter: meter, line: draft.Element(atom.P)}
}

// look is the formatting of a run of text.
type look struct {
	bold, italic, strike, mono, hidden bool
	raised                             string // "sup", "sub" or ""
	contrast                           contrast
}

// end ends the current text node. It must be called when the line is complete.
func (w *lineWriter) end() { w.goOn(nil, "") }

// isEmpty reports whether the line shows nothing.
func (w *lineWriter) isEmpty() bool { return strings.TrimSpace(draft.TextOf(w.line)) == "" }

// goOn appends to a text node. The node gets its text when another one is begun.
func (w *lineWriter) goOn(with *html.Node, said string) {
	if with != w.open {
		if w.open != nil {
			w.open.Data = string(w.said)
		}
		w.open, w.said = with, w.said[:0]
		if with != nil {
			w.said = append(w.said, with.Data...)
		}
	}
	w.said = append(w.said, said...)
}

func (w *lineWriter) text(to *html.Node, look look, said string) {
	if said == "" {
		return
	}
	n := len(strings.TrimFunc(said, unicode.IsSpace))
	w.letters += n
	if look.mono {
		w.mono += n
	}
	tags := look.tags()
	// Text with the same formatting as before stays in one element.
	if last := to.LastChild; last != nil && sameTags(last, tags) {
		for range len(tags) - 1 {
			last = last.LastChild
		}
		if len(tags) > 0 {
			last = last.LastChild
		}
		w.goOn(last, said)
		return
	}
	w.meter.Make(len(tags))
	node := htmltree.Text(said)
	if n == 0 {
		tags = nil
	}
	for _, tag := range slices.Backward(tags) {
		node = draft.Element(tag, node)
	}
	to.AppendChild(node)
}

// tags returns the elements for the formatting, outermost first.
func (l look) tags() []atom.Atom {
	var tags []atom.Atom
	for _, t := range []struct {
		on  bool
		tag atom.Atom
	}{
		{l.bold, atom.Strong}, {l.italic, atom.Em}, {l.strike, atom.S},
		{l.raised == "sup", atom.Sup}, {l.raised == "sub", atom.Sub}, {l.mono, atom.Code},
	} {
		if t.on {
			tags = append(tags, t.tag)
		}
	}
	return tags
}

// sameTags reports whether n is text in exactly these elements.
func sameTags(n *html.Node, tags []atom.Atom) bool {
	for _, tag := range tags {
		if n == nil || n.DataAtom != tag || n.FirstChild != n.LastChild {
			return false
		}
		n = n.FirstChild
	}
	return n != nil && n.Type == html.TextNode
}

// isCode reports whether a whole paragraph is formatted as code.
func (w *lineWriter) isCode() bool { return w.letters > 0 && w.mono == w.letters }
