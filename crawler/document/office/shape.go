package office

import (
	"math"
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// wordShape is a filled rectangle that lies upon the text of the paragraph which it is anchored to, in points from where
// the paragraph begins.
type wordShape struct{ left, top, wide, high float64 }

// maxShapes bounds how many shapes of a paragraph are looked at.
const maxShapes = 50

// shapeOf returns the shape that a drawing lays upon text, where all is known that decides that: it is filled, opaque,
// before the text, which does not give way to it, bears none of its own, and has its place by the paragraph.
func shapeOf(drawing *xmlNode) (s wordShape, ok bool) {
	if anchor := drawing.child("anchor"); anchor != nil {
		return anchoredShape(anchor)
	}
	for _, name := range []string{"rect", "roundrect"} {
		if n := drawing.child(name); n != nil {
			return vmlShape(n)
		}
	}
	return s, false
}

const perPoint = 12_700 // of the unit that drawings are measured in

// anchoredShape reads DrawingML.
func anchoredShape(anchor *xmlNode) (s wordShape, ok bool) {
	shape := anchor.find("wsp")
	if shape == nil || anchor.find("wgp") != nil || anchor.child("wrapNone") == nil || anchor.attr("behindDoc") == "1" || strings.TrimSpace(shape.find("txbxContent").allText("t")) != "" {
		return s, false
	}
	properties := shape.child("spPr")
	if form := properties.child("prstGeom").attr("prst"); form != "rect" && !strings.HasPrefix(form, "round") && !strings.HasPrefix(form, "snip") || properties.child("xfrm").attr("rot") != "" {
		return s, false
	}
	fill := properties.child("solidFill")
	if fill == nil && (properties.child("noFill") != nil || shape.child("style").child("fillRef").number("idx") == 0) {
		return s, false
	}
	const opaque = 95_000 // of 100,000
	if alpha := fill.find("alpha"); alpha != nil && alpha.number("val") < opaque {
		return s, false
	}
	across, down := anchor.child("positionH"), anchor.child("positionV")
	if down.attr("relativeFrom") != "paragraph" && down.attr("relativeFrom") != "line" {
		return s, false
	}
	switch across.attr("relativeFrom") {
	case "column", "margin", "character":
	default:
		return s, false
	}
	extent := anchor.child("extent")
	s.wide, s.high = float64(extent.number("cx"))/perPoint, float64(extent.number("cy"))/perPoint
	if big := extent.attr("cx"); len(big) > 6 { // more than number reads
		cx, err := strconv.Atoi(big)
		if err != nil {
			return s, false
		}
		s.wide = float64(cx) / perPoint
	}
	var known bool
	if s.left, known = offsetIn(across); !known && across.child("align").text() != "left" {
		return s, false
	}
	s.top, ok = offsetIn(down)
	return s, ok
}

// offsetIn reads an offset, in points.
func offsetIn(position *xmlNode) (points float64, ok bool) {
	units, err := strconv.Atoi(strings.TrimSpace(position.child("posOffset").text()))
	return float64(units) / perPoint, err == nil
}

// vmlShape reads VML, as older versions of Word write it.
func vmlShape(n *xmlNode) (s wordShape, ok bool) {
	style := map[string]string{}
	for part := range strings.SplitSeq(n.attr("style"), ";") {
		name, value, _ := strings.Cut(part, ":")
		style[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	fill := n.child("fill")
	wrap := n.child("wrap").attr("type")
	switch {
	case style["position"] != "absolute", strings.HasPrefix(style["z-index"], "-"), style["rotation"] != "", style["visibility"] == "hidden",
		n.attr("filled") == "f", n.attr("filled") == "false", fill.attr("opacity") != "", wrap != "" && wrap != "none",
		style["mso-position-vertical-relative"] != "" && style["mso-position-vertical-relative"] != "text", style["mso-position-vertical"] != "" && style["mso-position-vertical"] != "absolute",
		style["mso-position-horizontal-relative"] == "page", style["mso-position-horizontal"] != "" && style["mso-position-horizontal"] != "absolute" && style["mso-position-horizontal"] != "left",
		strings.TrimSpace(n.find("txbxContent").allText("t")) != "":
		return s, false
	}
	for name, to := range map[string]*float64{"margin-left": &s.left, "margin-top": &s.top, "width": &s.wide, "height": &s.high} {
		points, known := pointsIn(style[name])
		if !known && (name == "width" || name == "height") {
			return s, false
		}
		*to = points
	}
	return s, true
}

func pointsIn(length string) (points float64, ok bool) {
	for unit, size := range map[string]float64{"pt": 1, "in": 72, "cm": 28.35, "mm": 2.835, "px": 0.75} {
		if number, found := strings.CutSuffix(length, unit); found {
			n, err := strconv.ParseFloat(number, 64)
			return n * size, err == nil
		}
	}
	return 0, false
}

// under estimates how many letters of a paragraph's text lie under a shape. Letters are half as wide as they are high, and lines
// as long as those of a usual page.
func (s wordShape) under(text string, halfPoints int) int {
	const page, fewest = 440, 0.6 // points; lines
	if halfPoints == 0 {
		halfPoints = plainSize
	}
	size := float64(halfPoints) / 2
	letter, line := size/2, 1.2*size
	letters := draft.CountSaid(text)
	long := letter * float64(len([]rune(text)))
	lines := math.Ceil(long / page)
	high := min(s.top+s.high, lines*line) - max(s.top, 0)
	last := min(long, page)
	if lines > 1 {
		last = page
	}
	wide := min(s.left+s.wide, last) - max(s.left, 0)
	if high < fewest*line || wide <= 0 {
		return 0
	}
	rows := max(1, math.Round(high/line))
	return min(letters, int(rows*wide/letter))
}

// tellCovered adds what of a paragraph lies under shapes. It stays a part of the text, since nothing says which letters they are.
func (w *word) tellCovered(r *wordRun, text string, properties *xmlNode, where string) {
	switch properties.child("jc").attr("val") {
	case "", "left", "start", "both":
	default:
		return
	}
	for _, s := range r.shapes {
		w.unseen.Add(draft.Covered, where, s.under(text, r.base.contrast.size))
	}
}
