package office

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// wordRun writes the content of a paragraph as a line of HTML.
type wordRun struct {
	lineWriter
	w      *word
	base   look // of the paragraph's style
	ground wordColour
	height int         // of its lines, in twentieths of a point; 0 for as much as they need
	boxes  []wordBox   // that are fixed to the paragraph
	shapes []wordShape // that lie upon the paragraph
	unseen []draft.Unseen
}

func (r *wordRun) write(nodes []*xmlNode) {
	r.into(r.line, nodes)
	r.end()
}

func (r *wordRun) into(to *html.Node, nodes []*xmlNode) {
	for _, n := range nodes {
		switch n.name {
		case "r":
			r.run(to, n)
		case "hyperlink":
			target := r.w.links[n.attr("id")]
			if target == "" || r.w.skips() {
				r.into(to, n.children)
				continue
			}
			link := draft.With(draft.Element(atom.A), "href", target)
			r.into(link, n.children)
			if link.FirstChild != nil {
				to.AppendChild(link)
			}
		case "ins", "moveTo", "smartTag", "fldSimple", "customXml", "dir", "bdo":
			r.into(to, n.children)
		case "sdt":
			r.into(to, n.child("sdtContent").nodes())
		case "AlternateContent":
			r.into(to, n.chosen())
		case "oMath", "oMathPara":
			if !r.w.skips() {
				r.math(to, n.children)
			}
		}
	}
}

// run writes one run, which is text with the same formatting.
func (r *wordRun) run(to *html.Node, n *xmlNode) {
	r.meter.Spend(10)
	look := r.base.with(n.child("rPr"), r.w.styles, r.w.theme)
	unseen := r.unseenBy(look.contrast)
	for _, c := range n.children {
		switch c.name {
		case "fldChar":
			r.w.fieldChar(c.attr("fldCharType"))
			continue
		case "instrText":
			r.w.instruct(c)
			continue
		}
		if look.hidden || r.w.skips() {
			continue
		}
		if unseen != "" && c.name == "t" {
			r.unseenIn(unseen, c.text())
			continue
		}
		switch c.name {
		case "t":
			r.text(to, look, c.text())
		case "tab", "ptab":
			r.text(to, look, "\t")
		case "br", "cr":
			if c.attr("type") != "page" {
				to.AppendChild(draft.Element(atom.Br))
			}
		case "noBreakHyphen":
			r.text(to, look, "-")
		case "sym":
			r.text(to, look, symbol(c.attr("char")))
		case "footnoteReference", "endnoteReference":
			if note := r.w.notes[strings.TrimSuffix(c.name, "Reference")+c.attr("id")]; note != nil {
				to.AppendChild(r.w.noted.mark(note))
			}
		case "ruby":
			r.into(to, c.child("rubyBase").nodes())
		case "AlternateContent":
			for _, chosen := range c.chosen() {
				r.drawing(to, chosen)
			}
		case "drawing", "pict", "object":
			r.drawing(to, c)
		}
	}
}

// drawing writes the description of a picture, and keeps the text of its boxes.
func (r *wordRun) drawing(to *html.Node, n *xmlNode) {
	if shape, ok := shapeOf(n); ok && len(r.shapes) < maxShapes {
		r.shapes = append(r.shapes, shape)
	}
	if box := n.find("txbxContent"); box != nil {
		r.boxes = append(r.boxes, r.w.box(n, box))
		return
	}
	var said string
	if properties := n.find("docPr"); properties != nil {
		said = cmp.Or(properties.attr("descr"), properties.attr("title"))
	} else if shape := n.find("shape"); shape != nil {
		said = shape.attr("alt")
	}
	if said = draft.OneLine(said); said != "" {
		to.AppendChild(htmltree.Text("[" + said + "]"))
	}
}

// fieldChar begins a field, switches to its result, or ends it.
func (w *word) fieldChar(kind string) {
	switch n := len(w.fields); {
	case kind == "begin" && n < 100:
		w.fields = append(w.fields, field{skips: true})
	case kind == "separate" && n > 0:
		f := &w.fields[n-1]
		name, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(f.instruction)), " ")
		f.skips = name == "TOC" || name == "INDEX" || name == "PAGE" || name == "NUMPAGES"
	case kind == "end" && n > 0:
		w.fields = w.fields[:n-1]
	}
}

// skips reports whether the text here is not the document's own: the instruction of a field, or a table of
// contents.
func (w *word) skips() bool {
	return slices.ContainsFunc(w.fields, func(f field) bool { return f.skips })
}

// instruct appends to the instruction of the open field.
func (w *word) instruct(n *xmlNode) {
	const longestName = 100
	if open := len(w.fields); open > 0 && len(w.fields[open-1].instruction) < longestName {
		w.fields[open-1].instruction += n.text()
	}
}

// symbol returns the character for a code of a symbol font, or "" if there is none.
func symbol(code string) string {
	switch strings.ToUpper(code) {
	case "F0B7", "F0A7", "F0D8":
		return "•"
	case "F0FC", "F0FE", "F052":
		return "✓"
	case "F0FB", "F0FD":
		return "✗"
	case "F0E0", "F0AE":
		return "→"
	}
	return ""
}
