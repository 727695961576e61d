package pdf

import (
	"encoding/binary"
	"math"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// layers are the objects that a page is painted with besides its text, in order.
type layers struct {
	pictures float64 // share of the page
	grounds  []ground
	dots     []rect               // as small as bullets
	texts    map[uint64]textLayer // text objects
	marked   []rect               // marked for redaction
	mayScan  bool                 // pages may be drawn to check recognised words
	looked   int                  // number of grounds examined: see maxLooked

	left int // objects that may still be examined
	next int // position in the painting order
	area float64
}

// ground is an object that may lie behind text or over it.
type ground struct {
	rect
	order   int
	picture bool
	paint   draft.RGBA
	flat    bool // it has one known colour
	covers  bool // it hides what lies beneath it within its outline
	sure    bool // it is known to be opaque
}

// textLayer is a text object in the painting order.
type textLayer struct {
	order    int
	optional bool // it is optional content, which may be off
	clip     rect // nothing is shown outside of it
	at       rect
}

// maxShapes is how many objects of a page are examined. Drawings may have very many.
const maxShapes = 20_000

// maxScans is how many pages are drawn to check that their pictures show the recognised words.
const maxScans = 200

// maxLooked is how many times a ground is examined to find out what lies behind letters and over them.
const maxLooked = 50_000_000

// layers returns what a page is painted with.
func (f *file) layers(page uint64, box rect) *layers {
	s := &layers{
		mayScan: f.scans < maxScans, texts: make(map[uint64]textLayer), left: maxShapes,
		area: max((box.right-box.left)*(box.top-box.bottom), 1),
	}
	at := parent{to: affine{1, 0, 0, 1, 0, 0}, box: box}
	for i := range uint64(f.count("FPDFPage_CountObjects", page)) {
		if s.left--; s.left < 0 {
			break
		}
		f.layer(s, f.call("FPDFPage_GetObject", page, i), at)
	}
	f.annotations(page, s, box)
	s.pictures = min(s.pictures/s.area, 1)
	return s
}

// parent is what an object is part of.
type parent struct {
	to       affine // from its coordinates to those of the page
	box      rect   // of the page
	depth    int
	optional bool
}

// layer adds an object of a page, with those inside it.
func (f *file) layer(s *layers, object uint64, in parent) {
	const text, path, image, shading, form, deepest = 1, 2, 3, 4, 5, 8
	s.next++
	kind := f.count("FPDFPageObj_GetType", object)
	switch kind {
	case text:
		s.texts[object] = textLayer{
			order: s.next, optional: in.optional || f.isOptional(object), clip: f.clip(object, in), at: f.bounds(object, in),
		}
		return
	case form:
		if in.depth >= deepest {
			return
		}
		inside := in
		inside.depth++
		inside.optional = in.optional || f.optionalForms || f.isOptional(object)
		if f.truth("FPDFPageObj_GetMatrix", object, f.scratch) {
			inside.to = f.affine().then(in.to)
		}
		for i := range uint64(f.count("FPDFFormObj_CountObjects", object)) {
			if s.left--; s.left < 0 {
				return
			}
			f.layer(s, f.call("FPDFFormObj_GetObject", object, i), inside)
		}
		return
	case path, image, shading:
	default:
		return
	}
	g := ground{rect: f.bounds(object, in).within(in.box), order: s.next, picture: kind == image}
	wide, high := g.right-g.left, g.top-g.bottom
	if wide <= 0 || high <= 0 {
		return
	}
	switch kind {
	case path:
		if f.paintOf(object, &g) && wide > 1.5 && wide < 8 && high > 0.6*wide && high < 1.6*wide {
			s.dots = append(s.dots, g.rect)
		}
	case image:
		s.pictures += wide * high
		g.covers = true
	case shading:
		g.covers = true
	}
	s.grounds = append(s.grounds, g)
}

// bounds returns the rectangle of an object on the page, or an empty one if it is not known.
func (f *file) bounds(object uint64, in parent) rect {
	if !f.truth("FPDFPageObj_GetBounds", object, f.scratch, f.scratch+4, f.scratch+8, f.scratch+12) {
		return rect{}
	}
	b := f.floats() // left, bottom, right, top
	return in.to.rect(rect{b[0], b[1], b[2], b[3]})
}

// paintOf sets the colour with which a path is filled, or drawn if its line is so wide that it covers text.
// It reports whether the path is visible on white.
func (f *file) paintOf(path uint64, g *ground) (shows bool) {
	const widest = 1 // points; several wider lines may cover a text
	if !f.truth("FPDFPath_GetDrawMode", path, f.scratch, f.scratch+4) {
		return false
	}
	mode := f.bytes(8)
	fills, strokes := binary.LittleEndian.Uint32(mode) != 0, binary.LittleEndian.Uint32(mode[4:]) != 0
	switch {
	case fills:
		g.paint, g.flat = f.fill(path)
	case strokes && f.truth("FPDFPageObj_GetStrokeWidth", path, f.scratch) && f.floats()[0] > widest:
		g.paint, g.flat = f.stroke(path)
	default:
		g.flat = true // it is not painted
		return strokes
	}
	const nearly = 200
	g.covers = !g.flat || g.paint[3] > nearly
	g.sure = g.covers && g.flat && fills && !f.truth("FPDFPageObj_HasTransparency", path)
	return strokes || !g.flat || !isWhite(g.paint)
}

func (f *file) fill(object uint64) (draft.RGBA, bool) {
	return f.inkBy("FPDFPageObj_GetFillColor", object)
}
func (f *file) stroke(object uint64) (draft.RGBA, bool) {
	return f.inkBy("FPDFPageObj_GetStrokeColor", object)
}

func (f *file) inkBy(function string, object uint64) (draft.RGBA, bool) {
	if !f.truth(function, object, f.scratch, f.scratch+4, f.scratch+8, f.scratch+12) {
		return draft.RGBA{}, false
	}
	raw := f.bytes(16)
	return draft.RGBA{raw[0], raw[4], raw[8], raw[12]}, true
}

// isWhite reports whether a colour is white or transparent.
func isWhite(c draft.RGBA) bool {
	const nearly = 250
	return c[3] == 0 || c[0] >= nearly && c[1] >= nearly && c[2] >= nearly
}

// isLike reports whether text of colour c on paper looks like the paper.
func isLike(c, paper draft.RGBA) bool { return c.IsCloseTo(paper, sameColour) }

// sameColour is how much the components of two colours, from 0 to 255, may differ without a visible
// difference.
const sameColour = 18

// isOptional reports whether an object is marked as optional content.
func (f *file) isOptional(object uint64) bool {
	const most = 16 // marks of an object
	for i := range uint64(min(f.count("FPDFPageObj_CountMarks", object), most)) {
		mark := f.call("FPDFPageObj_GetMark", object, i)
		if mark == 0 || !f.truth("FPDFPageObjMark_GetName", mark, f.scratch, 64, f.scratch+64) {
			continue
		}
		if name := f.bytes(68); binary.LittleEndian.Uint32(name[64:]) == 6 && name[0] == 'O' && name[2] == 'C' {
			return true
		}
	}
	return false
}

// clip returns the part of the page in which an object is shown.
func (f *file) clip(object uint64, in parent) rect {
	shown := in.box
	path := f.call("FPDFPageObj_GetClipPath", object)
	if path == 0 {
		return shown
	}
	const mostPaths, mostPoints = 8, 64
	for i := range uint64(min(f.count("FPDFClipPath_CountPaths", path), mostPaths)) {
		points := f.count("FPDFClipPath_CountPathSegments", path, i)
		if points == 0 || points > mostPoints {
			continue
		}
		outline := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
		step := uint64(1)
		if points == 4 || points == 5 {
			step = 2 // most are rectangles, for which two corners are enough
		}
		for k := uint64(0); k < uint64(points); k += step {
			segment := f.call("FPDFClipPath_GetPathSegment", path, i, k)
			if segment == 0 || !f.truth("FPDFPathSegment_GetPoint", segment, f.scratch, f.scratch+4) {
				continue
			}
			p := f.floats()
			x, y := in.to.point(p[0], p[1])
			outline = rect{min(outline.left, x), min(outline.bottom, y), max(outline.right, x), max(outline.top, y)}
		}
		shown = shown.within(outline)
	}
	return shown
}

// annotations adds what lies over a page, such as a black square, and records what is only marked for
// redaction.
func (f *file) annotations(page uint64, s *layers, box rect) {
	const text, link, popup, redact, most = 1, 2, 16, 28, 2000
	for i := range uint64(min(f.count("FPDFPage_GetAnnotCount", page), most)) {
		annotation := f.call("FPDFPage_GetAnnot", page, i)
		if annotation == 0 {
			continue
		}
		kind := f.count("FPDFAnnot_GetSubtype", annotation)
		if kind != text && kind != link && kind != popup && f.truth("FPDFAnnot_GetRect", annotation, f.scratch) {
			b := f.floats() // left, top, right, bottom
			s.next++
			at := rect{min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])}.within(box)
			if kind == redact {
				s.marked = append(s.marked, at)
			}
			s.grounds = append(s.grounds, ground{rect: at, order: s.next, covers: true})
		}
		f.call("FPDFPage_CloseAnnot", annotation)
	}
}

// affine is an affine transformation matrix in the order of PDF.
type affine [6]float64

// affine returns the matrix that a call left in the scratch space.
func (f *file) affine() (m affine) {
	b := f.bytes(4 * len(m))
	for i := range m {
		m[i] = finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))))
	}
	return m
}

func (m affine) point(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// then returns the transformation that applies m and then next.
func (m affine) then(next affine) affine {
	e, g := next.point(m[4], m[5])
	return affine{
		m[0]*next[0] + m[1]*next[2], m[0]*next[1] + m[1]*next[3],
		m[2]*next[0] + m[3]*next[2], m[2]*next[1] + m[3]*next[3], e, g,
	}
}

// rect returns the smallest rectangle around a transformed rectangle.
func (m affine) rect(r rect) rect {
	x0, y0 := m.point(r.left, r.bottom)
	around := rect{x0, y0, x0, y0}
	for _, corner := range [3][2]float64{{r.left, r.top}, {r.right, r.bottom}, {r.right, r.top}} {
		x, y := m.point(corner[0], corner[1])
		around = rect{min(around.left, x), min(around.bottom, y), max(around.right, x), max(around.top, y)}
	}
	return around
}

func (r rect) within(box rect) rect {
	return rect{max(r.left, box.left), max(r.bottom, box.bottom), min(r.right, box.right), min(r.top, box.top)}
}

func (r rect) size() float64 { return max(r.right-r.left, 0) * max(r.top-r.bottom, 0) }

// around returns the smallest rectangle around two rectangles.
func (r rect) around(other rect) rect {
	if r.size() == 0 {
		return other
	}
	if other.size() == 0 {
		return r
	}
	return rect{min(r.left, other.left), min(r.bottom, other.bottom), max(r.right, other.right), max(r.top, other.top)}
}
