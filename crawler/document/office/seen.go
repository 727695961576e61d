package office

import (
	"fmt"
	"strconv"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// contrast is what shows whether text is visible.
type contrast struct {
	text, highlight, shade wordColour
	clear                  bool // the text is not painted
	size                   int  // in half points; 0 if not given
	wide                   int  // percent of the usual width; 0 if not given
}

// apply applies the properties of a run.
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
	if fill := p.child("textFill"); fill != nil { // Word shows it since 2010, whatever color says
		c.clear = fill.child("noFill") != nil
		if solid := fill.child("solidFill"); solid != nil {
			c.text = t.drawn(solid)
			const nearly = 90_000 // of 100,000
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

// chain returns the properties with a name of a style and of those it is based on, the base first.
func (s *wordStyle) chain(name string) (all []*xmlNode) {
	s.each(func(s *wordStyle) bool {
		if p := s.node.child(name); p != nil {
			all = append([]*xmlNode{p}, all...)
		}
		return false
	})
	return all
}

// readDefaults reads how text is painted by default.
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

// setOf returns how the text of a paragraph is painted, and the colour behind it.
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

// lineOf returns the exact height of a paragraph's lines in twentieths of a point, or 0 if it is not fixed.
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
	plainSize   = 20 // half points, by default
)

// unseenBy returns why a run is not seen, or "".
func (r *wordRun) unseenBy(c contrast) draft.How {
	size := c.size
	if size == 0 {
		size = plainSize
	}
	text := c.text
	behind := c.highlight.or(c.shade).or(r.ground)
	// Automatic text is black on a highlight. On a shading it is white if that is dark.
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

// unseenIn counts the letters of a run that is not seen.
func (r *wordRun) unseenIn(how draft.How, said string) {
	n := draft.CountSaid(said)
	for i := range r.unseen {
		if r.unseen[i].How == how {
			r.unseen[i].Letters += n
			return
		}
	}
	r.unseen = append(r.unseen, draft.Unseen{How: how, Letters: n})
}

// tell adds the text of a paragraph that is not seen to that of the document.
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
	room   int // its height in twentieths of a point; 0 if it is not fixed
}

// box returns the text box of a drawing.
func (w *word) box(drawing, content *xmlNode) wordBox {
	box := wordBox{blocks: content.children, ground: wordColour{is: unknown}}
	if solid := drawing.find("spPr").child("solidFill"); solid != nil {
		box.ground = w.theme.drawn(solid)
	} else if fill := drawing.find("shape").attr("fillcolor"); fill != "" {
		box.ground = w.theme.said(drawing.find("shape"), "fillcolor", "", "", "")
	}
	const perTwip = 635 // English Metric Units, in which drawings are measured
	if body := drawing.find("bodyPr"); body != nil && body.child("spAutoFit") == nil {
		if high, err := strconv.Atoi(drawing.find("extent").attr("cy")); err == nil && high > 0 {
			box.room = max(high/perTwip, 1)
		}
	}
	return box
}

// take subtracts a paragraph, which has at least one line, from the remaining height of a cell or box with a
// fixed height. It returns the height for its first line, or 0 if that is not limited.
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

// behindTable returns the colour behind the cells of a table that have none themselves. If a style shades
// bands and corners, the colour is unknown.
func (w *word) behindTable(t *xmlNode, ground wordColour) wordColour {
	properties := t.child("tblPr")
	style := w.styles[properties.child("tblStyle").attr("val")]
	if style == nil && properties.child("tblStyle") != nil {
		return wordColour{is: unknown}
	}
	style.each(func(s *wordStyle) bool {
		shades := s.node.child("tcPr").child("shd") != nil || s.node.child("tblPr").child("shd") != nil
		if len(s.node.all("tblStylePr")) > 0 || shades {
			ground = wordColour{is: unknown}
		}
		return false
	})
	return w.theme.shading(properties.child("shd")).or(ground)
}
