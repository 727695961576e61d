package pdf

import (
	"encoding/binary"
	"math"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/tetratelabs/wazero/api"
)

// notSeen reports for each doubt whether the letter is not seen (gone). It draws the page with and without
// the text objects. A letter that makes no difference is not seen, whatever covers it. If the page cannot be
// drawn, only sure doubts count. aside reports whether text of a hidden layer has something else shown in
// its place.
func (f *file) notSeen(page uint64, doubts []doubt) (gone, aside []bool) {
	gone, aside = make([]bool, len(doubts)), make([]bool, len(doubts))
	said := 0
	for _, d := range doubts {
		if d.said {
			said++
		}
	}
	if f.blind || said < draft.FewestUnseen {
		for i, d := range doubts {
			gone[i] = d.sure
		}
		return gone, aside
	}
	f.drawing = true
	with, ok := f.draw(page)
	objects := make(map[uint64]bool)
	for _, d := range doubts {
		if !d.scanned && d.object != 0 && !objects[d.object] {
			objects[d.object] = true
			f.call("FPDFPageObj_SetIsActive", d.object, 0)
		}
	}
	without := with
	if ok && len(objects) > 0 {
		without, ok = f.draw(page)
	}
	for object := range objects {
		f.call("FPDFPageObj_SetIsActive", object, 1)
	}
	f.drawing = f.err != nil
	fits := ok && f.fits(with, doubts)
	for i, d := range doubts {
		switch {
		case !ok || d.how == draft.Tiny:
			gone[i] = d.sure
		case d.recognised:
			gone[i] = fits && d.said && with.isEven(d.box)
		case d.scanned:
			gone[i] = with.isEven(d.box)
		case d.how == draft.Unpainted || d.how == draft.Colour: // the same text may be drawn there again
			gone[i] = !with.differs(without, d.box) && with.isEven(d.box)
		default:
			gone[i] = !with.differs(without, d.box)
			aside[i] = d.how == draft.LayerOff && !with.isEven(d.box)
		}
	}
	keepStray(doubts, gone)
	return gone, aside
}

// keepStray keeps single letters of recognised words, which are only misplaced.
func keepStray(doubts []doubt, gone []bool) {
	const fewest = 4 // letters in a row
	for from := 0; from < len(doubts); {
		to := from
		for to < len(doubts) && doubts[to].recognised && gone[to] {
			to++
		}
		if to-from < fewest {
			clear(gone[from:to])
		}
		from = max(to, from+1)
	}
}

// fits reports whether the recognised words stand where their picture shows something. A few may not, since
// they may have been painted over.
func (f *file) fits(page drawn, doubts []doubt) bool {
	const few = 5 // one in so many
	all, even := 0, 0
	for _, d := range doubts {
		if d.recognised && d.said {
			all++
			if page.isEven(d.box) {
				even++
			}
		}
	}
	if all > 0 {
		f.scans++
	}
	return few*even <= all
}

// drawn is a drawn page, with four bytes for each pixel.
type drawn struct {
	pixels     []byte
	wide, high int
	to         affine // from the coordinates of the page
}

// maxPixels is the largest number of pixels of a drawn page.
const maxPixels = 2_000_000

// draw draws a page with its annotations.
func (f *file) draw(page uint64) (drawn, bool) {
	wide := api.DecodeF32(f.call("FPDF_GetPageWidthF", page))
	high := api.DecodeF32(f.call("FPDF_GetPageHeightF", page))
	if f.err != nil || !(wide >= 1 && high >= 1 && wide < 1e5 && high < 1e5) {
		return drawn{}, false
	}
	scale := min(2, math.Sqrt(maxPixels/(float64(wide)*float64(high))))
	d := drawn{wide: max(int(float64(wide)*scale), 1), high: max(int(float64(high)*scale), 1)}
	if d.wide*d.high > 2*maxPixels {
		return drawn{}, false
	}
	w, h := uint64(d.wide), uint64(d.high)
	bitmap := f.call("FPDFBitmap_Create", w, h, 0)
	if bitmap == 0 {
		return drawn{}, false
	}
	const white, annotations = 0xffffffff, 1
	f.call("FPDFBitmap_FillRect", bitmap, 0, 0, w, h, white)
	f.long("FPDF_RenderPageBitmap", bitmap, page, 0, 0, w, h, 0, annotations)
	stride := f.count("FPDFBitmap_GetStride", bitmap)
	buffer := f.call("FPDFBitmap_GetBuffer", bitmap)
	if f.err == nil && stride == 4*d.wide {
		if raw, ok := f.module.Memory().Read(uint32(buffer), uint32(stride*d.high)); ok {
			d.pixels = append([]byte(nil), raw...)
		}
	}
	f.call("FPDFBitmap_Destroy", bitmap)
	// The mapping is affine, so three points determine it.
	const far = 10_000
	x0, y0 := f.onBitmap(page, w, h, 0, 0)
	x1, y1 := f.onBitmap(page, w, h, far, 0)
	x2, y2 := f.onBitmap(page, w, h, 0, far)
	d.to = affine{(x1 - x0) / far, (y1 - y0) / far, (x2 - x0) / far, (y2 - y0) / far, x0, y0}
	return d, f.err == nil && d.pixels != nil
}

// onBitmap returns where a point of a page is drawn.
func (f *file) onBitmap(page, wide, high uint64, x, y float64) (float64, float64) {
	f.call("FPDF_PageToDevice", page, 0, 0, wide, high, 0, api.EncodeF64(x), api.EncodeF64(y), f.scratch, f.scratch+4)
	b := f.bytes(8)
	return float64(int32(binary.LittleEndian.Uint32(b))), float64(int32(binary.LittleEndian.Uint32(b[4:])))
}

// inside calls look with the offset of each pixel in the inner part of a letter's box, until look returns
// false.
func (d drawn) inside(box rect, look func(at int) bool) {
	const edge = 0.15
	x, y := edge*(box.right-box.left), edge*(box.top-box.bottom)
	at := d.to.rect(rect{box.left + x, box.bottom + y, box.right - x, box.top - y})
	for row := max(int(at.bottom), 0); row <= min(int(at.top), d.high-1); row++ {
		for column := max(int(at.left), 0); column <= min(int(at.right), d.wide-1); column++ {
			if !look(4 * (row*d.wide + column)) {
				return
			}
		}
	}
}

// differs reports whether a letter's box differs in another drawing.
func (d drawn) differs(other drawn, box rect) (differs bool) {
	d.inside(box, func(at int) bool {
		differs = !alike(d.pixels[at:at+3], other.pixels[at:at+3])
		return !differs
	})
	return differs
}

// isEven reports whether a letter's box has a single colour, so that nothing is written there.
func (d drawn) isEven(box rect) bool {
	first, even := -1, true
	d.inside(box, func(at int) bool {
		if first < 0 {
			first = at
		}
		even = alike(d.pixels[first:first+3], d.pixels[at:at+3])
		return even
	})
	return even && first >= 0
}

// alike reports whether two pixels look the same to a reader. The edges of letters are paler than the
// letters.
func alike(a, b []byte) bool {
	const same = 20
	for i := range a {
		if max(a[i], b[i])-min(a[i], b[i]) > same {
			return false
		}
	}
	return true
}
