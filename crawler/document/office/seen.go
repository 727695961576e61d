package office

import (
	"fmt"
	"strconv"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// contrast is how text is painted, as far as that tells whether it is seen.
type contrast struct {
	text, highlight, shade wordColour
	clear                  bool // is not painted
	size                   int  // in half points; 0 for not said
	wide                   int  // percent of its usual width; 0 for not said
}

// apply changes a contrast as the properties of a run say.
func (c *contrast) apply(p *xmlNode, t wordTheme) {
	if n := p.child("color"); n != nil {
		c.text = t.text(n)
	}
	if n := p.child("highlight"); n != nil {
		c.highlight = wordColour{}
		if marker, ok := highlights[n.attr("val")]; ok {
			c.highlight = wordColour{known, marker}
		}
	}
	if n := p.child("shd"); n != nil {
		c.shade = t.shading(n)
	}
	if fill := p.child("textFill"); fill != nil { // what Word shows since 2010, whatever color says
		c.clear = fill.child("noFill") != nil
		if solid := fill.child("solidFill"); solid != nil {
			c.text = t.drawn(solid)
			const nearly = 90_000 // of 100,000, its transparency
			c.clear = solid.find("alpha").number("val") > nearly
		} else if !c.clear {
			c.text = wordColour{is: unknown}
		}
	}
	if n := p.child("sz"); n.number("val") > 0 {
		c.size = n.number("val")
	}
	if n := p.child("w"); n.number("val") > 0 {
		c.wide = n.number("val")
	}
}

// chain are the properties of a name that a style and those that it is based on have, the base first.
func (s *wordStyle) chain(name string) (all []*xmlNode) {
	s.each(func(s *wordStyle) bool {
		if p := s.node.child(name); p != nil {
			all = append([]*xmlNode{p}, all...)
		}
		return false
	})
	return all
}

// readDefaults is how text is painted of which nothing is said.
func (w *word) readDefaults(styles *xmlNode) {
	defaults := styles.child("docDefaults")
	w.plain.apply(defaults.child("rPrDefault").child("rPr"), w.theme)
	w.plainSpacing = defaults.child("pPrDefault").child("pPr").child("spacing")
	for _, n := range styles.all("style") {
		if n.attr("type") == "paragraph" && n.attr("default") == "1" {
			w.normal = w.styles[n.attr("styleId")]
		}
	}
}

// setOf is how the text of a paragraph is painted, and the ground that it stands on.
func (w *word) setOf(properties *xmlNode, style *wordStyle, ground wordColour) (contrast, wordColour) {
	if style == nil {
		style = w.normal
	}
	set := w.plain
	for _, p := range style.chain("rPr") {
		set.apply(p, w.theme)
	}
	for _, p := range append(style.chain("pPr"), properties) {
		if n := p.child("shd"); n != nil {
			ground = w.theme.shading(n).or(ground)
		}
	}
	return set, ground
}

// lineOf is the height that lines of a paragraph have exactly, in twentieths of a point; 0 for as
// much as they need.
func (w *word) lineOf(properties *xmlNode, style *wordStyle) (exact int) {
	if style == nil {
		style = w.normal
	}
	line, rule := 0, ""
	for _, p := range append(style.chain("pPr"), properties) {
		for _, n := range []*xmlNode{p.child("spacing")} {
			if n.attr("line") != "" {
				line = max(n.number("line"), 1)
			}
			if n.attr("lineRule") != "" {
				rule = n.attr("lineRule")
			}
		}
	}
	if line == 0 && rule == "" {
		line, rule = w.plainSpacing.number("line"), w.plainSpacing.attr("lineRule")
	}
	frame := properties.child("framePr")
	if frame.attr("hRule") == "exact" && frame.attr("h") != "" {
		return max(frame.number("h"), 1)
	}
	if rule != "exact" {
		return 0
	}
	return line
}

const (
	tiniestWord = 4  // half points
	narrowest   = 10 // percent of the usual width
	plainSize   = 20 // half points, where nothing is said
)

// unseenBy says what keeps a run from being seen; "" for nothing.
func (r *wordRun) unseenBy(c contrast) draft.How {
	size := c.size
	if size == 0 {
		size = plainSize
	}
	text := c.text
	behind := c.highlight.or(c.shade).or(r.ground)
	// Automatic text is black upon a marker; upon shadings it is white where they are dark.
	if c.highlight.is == known && text.is != known && text.is != unknown {
		text = known3(0, 0, 0)
	}
	const inTwips = 10 // of a half point
	switch {
	case size <= tiniestWord || c.wide > 0 && c.wide <= narrowest:
		return draft.Tiny
	case r.height > 0 && r.height < size*inTwips/2:
		return draft.Clipped
	case c.clear || behind.hides(text):
		return draft.Colour
	}
	return ""
}

// unseenIn counts what a run says that is not seen.
func (r *wordRun) unseenIn(how draft.How, said string) {
	n := 0
	for _, c := range said {
		if draft.IsSaid(c) {
			n++
		}
	}
	for i := range r.unseen {
		if r.unseen[i].How == how {
			r.unseen[i].Letters += n
			return
		}
	}
	r.unseen = append(r.unseen, draft.Unseen{How: how, Letters: n})
}

// tell adds what of a paragraph is not seen.
func (w *word) tell(r *wordRun, in *place) {
	for _, u := range r.unseen {
		w.unseen.Add(u.How, w.where(in), u.Letters)
	}
}

// where names the paragraph that is read.
func (w *word) where(in *place) string {
	where := fmt.Sprintf("paragraph %d", w.paragraphs)
	if in.cell {
		where += ", in a table"
	}
	return where
}

// wordBox is a text box.
type wordBox struct {
	blocks []*xmlNode
	ground wordColour
	room   int // its height where that is fixed, in twentieths of a point; 0 where it grows
}

// box is the text box that a drawing has.
func (w *word) box(drawing, content *xmlNode) wordBox {
	box := wordBox{blocks: content.children, ground: wordColour{is: unknown}}
	if solid := drawing.find("spPr").child("solidFill"); solid != nil {
		box.ground = w.theme.drawn(solid)
	} else if fill := drawing.find("shape").attr("fillcolor"); fill != "" {
		box.ground = w.theme.said(drawing.find("shape"), "fillcolor", "", "", "")
	}
	const perTwip = 635 // of the unit that drawings are measured in
	if body := drawing.find("bodyPr"); body != nil && body.child("spAutoFit") == nil {
		if high, err := strconv.Atoi(drawing.find("extent").attr("cy")); err == nil && high > 0 {
			box.room = max(high/perTwip, 1)
		}
	}
	return box
}

// take takes the room of a paragraph, which has one line at least, from what is left of a cell or box
// with a fixed height. It returns the height that its first line may have; 0 for any.
func (p *place) take(size, line int) int {
	if p.room == 0 {
		return line
	}
	left := max(p.room, 1)
	if size == 0 {
		size = plainSize
	}
	need := size * 10
	if line > 0 {
		need = line
	}
	p.room = max(p.room-need, 1)
	if line > 0 {
		return min(line, left)
	}
	return left
}

// behindTable is what the cells of a table stand on that say nothing for themselves. The bands and
// corners that a style shades are not worked out.
func (w *word) behindTable(t *xmlNode, ground wordColour) wordColour {
	properties := t.child("tblPr")
	style := w.styles[properties.child("tblStyle").attr("val")]
	if style == nil && properties.child("tblStyle") != nil {
		return wordColour{is: unknown}
	}
	style.each(func(s *wordStyle) bool {
		if len(s.node.all("tblStylePr")) > 0 || s.node.child("tcPr").child("shd") != nil || s.node.child("tblPr").child("shd") != nil {
			ground = wordColour{is: unknown}
		}
		return false
	})
	return w.theme.shading(properties.child("shd")).or(ground)
}
