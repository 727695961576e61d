package pdf

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"golang.org/x/text/unicode/norm"
)

// sheet is one page of a PDF as letters at their places. Lines, paragraphs and the rest are derived from
// them.
type sheet struct {
	width, height float64 // in points, in the direction of the text
	letters       []letter
	pictures      float64 // share of the page that is covered by pictures
	links         []link
	dots          []rect // small shapes that may be bullets, in the coordinates of letters
}

// letter is one character at its place. Coordinates are in points from the upper left corner.
type letter struct {
	text    string
	x0, x1  float64
	y       float64 // of the baseline
	style   *style
	newLine bool // PDFium begins a new line with it
	spaced  bool // a space stands before it
}

// style is how letters look.
type style struct {
	size               float64 // in points
	bold, italic, mono bool
	angle              float64 // of the baseline
	unpainted          bool    // it is set but not drawn
	ink                draft.RGBA
	inked              bool // ink is known
	fades              int8 // whether anything has its colour: 1, -1, or 0 if not yet examined
}

// link is a part of a page that links to an address.
type link struct {
	left, top, right, bottom float64
	address                  string
}

// sheet reads page i.
func (f *file) sheet(i int) sheet {
	page := f.long("FPDF_LoadPage", f.doc, uint64(i))
	if page == 0 {
		return sheet{} // one page of many is damaged
	}
	defer f.call("FPDF_ClosePage", page)
	box := f.pageBox(page)
	s := sheet{width: box.right - box.left, height: box.top - box.bottom}
	layers := f.layers(page, box)
	s.pictures = layers.pictures
	s.links = f.links(page, box)
	for _, dot := range layers.dots {
		s.dots = append(s.dots, rect{dot.left - box.left, box.top - dot.bottom, dot.right - box.left, box.top - dot.top})
	}

	text := f.long("FPDFText_LoadPage", page)
	if text == 0 {
		return s
	}
	defer f.call("FPDFText_ClosePage", text)
	styles := make(map[uint64]*style)
	breaks, spaced := true, false
	n := f.count("FPDFText_CountChars", text)
	if n > 2*maxLetters {
		s.letters = make([]letter, maxLetters+1) // too many to read
		return s
	}
	var doubts []doubt
	marked := 0
	beyond := unseenRun{how: draft.Clipped, where: fmt.Sprintf("page %d, beyond its edge", i+1)}
	sheet, onSheet := f.sheetOf(page, box)
	for k := uint64(0); k < uint64(n) && f.err == nil; k++ {
		r := rune(uint32(f.call("FPDFText_GetUnicode", text, k)))
		if ligature := texLigature(r); ligature != 0 && !f.truth("FPDFText_IsGenerated", text, k) {
			r = ligature
		}
		switch {
		case r == '\r' || r == '\n':
			breaks = true
			continue
		case r == 2 || r == 0xfffe: // PDFium's hyphen at the end of a line
			r = '-'
		case unicode.IsSpace(r):
			spaced = true
			continue
		case r == 0 || unicode.Is(unicode.Cc, r):
			continue
		}
		object := f.call("FPDFText_GetTextObject", text, k)
		look := styles[object]
		if look == nil {
			look = f.style(text, k, object)
			styles[object] = look
		}
		f.call("FPDFText_GetCharOrigin", text, k, f.scratch, f.scratch+8)
		_, y := f.doubles()
		f.call("FPDFText_GetLooseCharBox", text, k, f.scratch)
		loose := f.floats() // left, top, right, bottom
		mid := (loose[0] + loose[2]) / 2
		if mid < box.left || mid > box.right || y < box.bottom || y > box.top {
			if draft.IsSaid(r) && onSheet(mid, y) {
				beyond.add(beyond.last+1, letter{text: plain(r), style: look, newLine: breaks, spaced: spaced})
			}
			breaks, spaced = false, false
			continue // off the page
		}
		l := letter{
			text: plain(r), x0: loose[0] - box.left, x1: loose[2] - box.left, y: box.top - y, style: look,
			newLine: breaks, spaced: spaced,
		}
		if l.text == "" {
			continue
		}
		at := rect{loose[0], min(loose[1], loose[3]), loose[2], max(loose[1], loose[3])}
		if d, ok := layers.doubtOf(look, object, at); ok {
			d.letter, d.said = len(s.letters), draft.IsSaid(r)
			doubts = append(doubts, d)
		}
		x, y := at.middle()
		if draft.IsSaid(r) && slices.ContainsFunc(layers.marked, func(m rect) bool { return m.has(x, y) }) {
			marked++
		}
		s.letters = append(s.letters, l)
		breaks, spaced = false, false
	}
	where := func(y float64) string {
		third := min(max(int(3*y/max(s.height, 1)), 0), 2)
		return fmt.Sprintf("page %d, %s", i+1, [3]string{"near the top", "in the middle", "near the bottom"}[third])
	}
	if 2*box.size() < sheet.size() && beyond.letters > len(s.letters) {
		beyond = unseenRun{} // the page is a figure that was cut out of a sheet
	}
	runs := beyond.appendTo(f.settle(page, layers, &s, box, doubts, where), false)
	f.tell(runs, s.letters)
	f.unseen.Add(draft.Marked, fmt.Sprintf("page %d", i+1), marked)
	s.straighten()
	return s
}

// rect is a rectangle in the coordinates of PDF, which go upwards.
type rect struct{ left, bottom, right, top float64 }

func (r rect) has(x, y float64) bool {
	return r.left <= x && x <= r.right && r.bottom <= y && y <= r.top
}

func (f *file) pageBox(page uint64) rect {
	if f.truth("FPDF_GetPageBoundingBox", page, f.scratch) {
		b := f.floats() // left, top, right, bottom
		if b[2] > b[0] && b[1] > b[3] {
			return rect{b[0], b[3], b[2], b[1]}
		}
	}
	return rect{0, 0, 612, 792}
}

// sheetOf returns the sheet that a page was cut from, and a function that reports whether a point is on the sheet but
// off the page. The margin of the page does not count, since printers write notes there.
func (f *file) sheetOf(page uint64, box rect) (sheet rect, beyond func(x, y float64) bool) {
	const notes = 40 // points
	if !f.truth("FPDFPage_GetMediaBox", page, f.scratch, f.scratch+4, f.scratch+8, f.scratch+12) {
		return box, func(float64, float64) bool { return false }
	}
	b := f.floats() // left, bottom, right, top
	sheet = rect{min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3])}
	around := rect{box.left - notes, box.bottom - notes, box.right + notes, box.top + notes}
	return sheet, func(x, y float64) bool { return sheet.has(x, y) && !around.has(x, y) }
}

// style returns how the letters of one text object look.
func (f *file) style(text, k, object uint64) *style {
	look := &style{size: math.Float64frombits(f.call("FPDFText_GetFontSize", text, k))}
	look.size = math.Abs(finite(look.size))
	if f.truth("FPDFText_GetMatrix", text, k, f.scratch) {
		m := f.floats() // a, b, c, d
		look.size *= math.Hypot(m[2], m[3])
		look.angle = math.Atan2(m[1], m[0])
	}
	n := f.count("FPDFText_GetFontInfo", text, k, f.scratch+4, scratchSize/2, f.scratch)
	var flags uint32
	var name string
	if n > 0 && n < scratchSize/2 {
		raw := f.bytes(4 + n)
		flags = binary.LittleEndian.Uint32(raw)
		name = strings.ToLower(strings.TrimRight(string(raw[4:]), "\x00"))
	}
	const fixedPitch, slanted, forceBold = 1 << 0, 1 << 6, 1 << 18
	look.bold = flags&forceBold != 0 || draft.HasAny(name, "bold", "black", "heavy", "cmbx", "-semibold", "demi")
	look.italic = flags&slanted != 0 || draft.HasAny(name, "italic", "oblique", "cmti")
	look.mono = flags&fixedPitch != 0 || draft.HasAny(name, "mono", "courier", "consol", "menlo", "cmtt", "typewriter",
		"lmtt", "sftt", "nimbusmon")
	if object != 0 {
		f.inkOf(object, look)
	}
	return look
}

// inkOf sets the colour of a text object.
func (f *file) inkOf(object uint64, look *style) {
	const fills, strokes, both, unseen, clip = 0, 1, 2, 3, 7
	mode := f.count("FPDFTextObj_GetTextRenderMode", object)
	if mode == unseen || mode == clip {
		look.unpainted = true
		return
	}
	if mode%4 == strokes {
		look.ink, look.inked = f.stroke(object)
		return
	}
	look.ink, look.inked = f.fill(object)
	if line, ok := f.stroke(object); mode%4 == both && ok && !isLike(line, look.ink) {
		look.inked = false // it has two colours
	}
}

// texLigature returns the ligature that TeX fonts without letter names have in place of a control character,
// or 0.
func texLigature(r rune) rune {
	const ff, fi, fl, ffi, ffl = 0xfb00, 0xfb01, 0xfb02, 0xfb03, 0xfb04
	switch r {
	case 0x0b, 0x1b:
		return ff
	case 0x0c, 0x1c:
		return fi
	case 0x0d, 0x1d:
		return fl
	case 0x0e, 0x1e:
		return ffi
	case 0x0f, 0x1f:
		return ffl
	}
	return 0
}

// plain returns a character as people type it, without ligatures and special spaces.
func plain(r rune) string {
	switch {
	case r >= 0xfb00 && r <= 0xfb06:
		return norm.NFKC.String(string(r))
	case r == 0xad:
		return "-" // a soft hyphen
	case slices.Contains([]rune{0xf0b7, 0xf0a7, 0x2022, 0x25cf, 0x25e6, 0xf0d8, 0x25aa, 0x25a0}, r):
		return "•" // also a bullet of the fonts Symbol and Wingdings
	case unicode.Is(unicode.Co, r) || r == unicode.ReplacementChar || r > unicode.MaxRune:
		return ""
	}
	return string(r)
}

// measureTurned sets the widths of rotated letters, which PDFium does not know. A letter ends where the next
// one of its word begins.
func measureTurned(letters []letter) {
	for i := range len(letters) - 1 {
		l, next := &letters[i], &letters[i+1]
		wide, size := next.x0-l.x0, l.style.size
		if math.Abs(next.y-l.y) > 0.3*size || wide <= 0 {
			continue
		}
		if !next.spaced && wide < 1.2*size {
			l.x1 = next.x0
		} else {
			l.x1 = min(l.x1, next.x0)
		}
	}
}

// straighten rotates a page so that most of its text runs from left to right. Text in other directions, such
// as a stamp in the margin, comes last.
func (s *sheet) straighten() {
	votes := make(map[int]int)
	turns := func(angle float64) int { return (int(math.Round(angle/(math.Pi/2))) + 4) % 4 }
	for _, l := range s.letters {
		votes[turns(l.style.angle)]++
	}
	most := 0
	for turn := range 4 {
		if votes[turn] > votes[most] {
			most = turn
		}
	}
	for i := range s.letters {
		l := &s.letters[i]
		w := l.x1 - l.x0
		switch most {
		case 1: // upwards
			l.x0, l.y = s.height-l.y, l.x0
		case 2: // upside down
			l.x0, l.y = s.width-l.x1, s.height-l.y
		case 3: // downwards
			l.x0, l.y = l.y, s.width-l.x0
		default:
			continue
		}
		l.x1 = l.x0 + max(w, l.style.size/2)
	}
	if most%2 == 1 {
		s.width, s.height = s.height, s.width
	}
	if most != 0 {
		s.links, s.dots = nil, nil
	}
	var straight, others []letter
	for _, l := range s.letters {
		angle := math.Mod(l.style.angle-float64(most)*math.Pi/2, 2*math.Pi)
		if math.Abs(math.Sin(angle)) < 0.09 && math.Cos(angle) > 0 {
			straight = append(straight, l)
		} else {
			others = append(others, l)
		}
	}
	if most != 0 {
		measureTurned(straight)
	}
	if len(others) > 0 {
		others[0].newLine = true
	}
	s.letters = slices.Concat(straight, others)
}

// links returns the links of a page.
func (f *file) links(page uint64, box rect) []link {
	var links []link
	position := f.scratch + scratchSize - 16
	if f.err == nil && !f.module.Memory().WriteUint32Le(uint32(position), 0) {
		return nil
	}
	const most = 2000
	for range most {
		if !f.truth("FPDFLink_Enumerate", page, position, position+4) {
			break
		}
		raw, ok := f.module.Memory().ReadUint32Le(uint32(position + 4))
		if !ok || raw == 0 {
			break
		}
		action := f.call("FPDFLink_GetAction", uint64(raw))
		if action == 0 {
			continue
		}
		address := f.bytesText("FPDFAction_GetURIPath", f.doc, action)
		if address == "" || !f.truth("FPDFLink_GetAnnotRect", uint64(raw), f.scratch) {
			continue
		}
		b := f.floats() // left, top, right, bottom
		links = append(links, link{
			left: b[0] - box.left, right: b[2] - box.left,
			top: box.top - max(b[1], b[3]), bottom: box.top - min(b[1], b[3]), address: address,
		})
	}
	return links
}
