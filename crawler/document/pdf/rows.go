package pdf

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// row is a line of a page: one segment, or several with gaps between them, like the cells of a table.
type row struct {
	segments []segment
	page     int
	above    float64 // distance from the baseline of the row before; 0 for the first row
	edge     edge
	height   float64 // of its page
}

// edge says whether a row stands where running heads and page numbers do.
type edge int

const (
	inside edge = iota
	atTop
	atBottom
)

// segment is a sequence of letters on one line.
type segment struct {
	x0, x1, y, size float64
	pieces          []piece
	end             float64 // of the last letter
}

// piece is text with the same formatting.
type piece struct {
	text               string
	bold, italic, mono bool
	link               string
}

// looksLike reports whether two pieces have the same formatting and link.
func (p piece) looksLike(other piece) bool {
	return p.bold == other.bold && p.italic == other.italic && p.mono == other.mono && p.link == other.link
}
func (s segment) text() string {
	var out strings.Builder
	for _, p := range s.pieces {
		out.WriteString(p.text)
	}
	return out.String()
}

// all reports whether all text of a segment has a property.
func (s segment) all(looks func(piece) bool) bool {
	return !slices.ContainsFunc(s.pieces, func(p piece) bool { return strings.TrimSpace(p.text) != "" && !looks(p) })
}

func isBold(p piece) bool { return p.bold }
func isMono(p piece) bool { return p.mono }

func (r row) text() string {
	parts := make([]string, len(r.segments))
	for i, s := range r.segments {
		parts[i] = s.text()
	}
	return strings.Join(parts, " ")
}

func (r row) x0() float64   { return r.segments[0].x0 }
func (r row) x1() float64   { return r.segments[len(r.segments)-1].x1 }
func (r row) y() float64    { return r.segments[0].y }
func (r row) size() float64 { return r.segments[0].size }

func (r row) all(looks func(piece) bool) bool {
	return !slices.ContainsFunc(r.segments, func(s segment) bool { return !s.all(looks) })
}

// rows returns the lines of a page in reading order. That is the order of the file, unless that order is
// plainly wrong.
func (s sheet) rows() []row {
	segments := s.segments()
	rows := joined(segments)
	if isDisordered(rows) {
		slices.SortStableFunc(segments, func(a, b segment) int {
			if math.Abs(a.y-b.y) > 0.35*max(a.size, b.size) {
				return cmp.Compare(a.y, b.y)
			}
			return cmp.Compare(a.x0, b.x0)
		})
		rows = joined(segments)
	}
	rows = inPlace(rows)
	rows = byColumns(rows, s.width)
	for i := range rows {
		r := &rows[i]
		r.height = s.height
		r.segments = s.withDot(withMarker(r.segments))
		if i > 0 && r.y() > rows[i-1].y() {
			r.above = r.y() - rows[i-1].y()
		}
		switch {
		case r.y() < 0.12*s.height:
			r.edge = atTop
		case r.y() > 0.88*s.height:
			r.edge = atBottom
		}
	}
	return rows
}

func (s sheet) segments() []segment {
	var segments []segment
	var now *segment
	for _, l := range s.letters {
		if now == nil || !now.takes(l) {
			segments = append(segments, segment{x0: l.x0, x1: l.x1, y: l.y, size: l.style.size, end: l.x0})
			now = &segments[len(segments)-1]
		}
		now.add(l, s.linkAt(l))
	}
	return segments
}

func (s sheet) linkAt(l letter) string {
	x, y := (l.x0+l.x1)/2, l.y-l.style.size/4
	for _, link := range s.links {
		if link.left <= x && x <= link.right && link.top <= y && y <= link.bottom {
			return link.address
		}
	}
	return ""
}

// takes reports whether a letter continues a segment: it is on the same line, or a little above or below in
// smaller type, and not far from the end.
func (s *segment) takes(l letter) bool {
	size := max(s.size, l.style.size)
	apart := math.Abs(l.y - s.y)
	level := apart < 0.3*size || apart < 0.6*size && min(s.size, l.style.size) < 0.85*size && !l.newLine
	if !level {
		return false
	}
	first, _ := utf8.DecodeRuneInString(l.text)
	if isRightToLeft(first) {
		return l.x1 < s.end+size && l.x1 > s.x0-2*size || l.x0 > s.end-size
	}
	gap := l.x0 - s.end
	if l.style.mono && s.all(isMono) {
		return gap > -size && gap < 40*size
	}
	ligature := l.x1 == s.end // the letters of a ligature have the same place
	return (gap > -0.6*size || ligature) && gap < 1.2*size
}

func isRightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana)
}

func (s *segment) add(l letter, link string) {
	if l.style.size > s.size { // it began with a marker in smaller type
		s.size, s.y = l.style.size, l.y
	}
	p := piece{text: l.text, bold: l.style.bold, italic: l.style.italic, mono: l.style.mono, link: link}
	spaces := 0
	if gap := l.x0 - s.end; len(s.pieces) > 0 && (l.spaced || gap > 0.3*l.style.size) {
		spaces = 1
		if wide := l.x1 - l.x0; l.style.mono && wide > 0 {
			spaces = max(1, min(int(math.Round(gap/wide)), 80))
		}
	}
	last := len(s.pieces) - 1
	if last >= 0 {
		before := &s.pieces[last]
		before.text += strings.Repeat(" ", spaces)
		if before.looksLike(p) {
			before.text += p.text
			last = -2
		}
	}
	if last != -2 {
		s.pieces = append(s.pieces, p)
	}
	s.x0, s.x1, s.end = min(s.x0, l.x0), max(s.x1, l.x1), l.x1
}

// joined makes rows of segments that follow one another on the same line.
func joined(segments []segment) []row {
	var rows []row
	for _, s := range segments {
		if strings.TrimSpace(s.text()) == "" {
			continue
		}
		if n := len(rows); n > 0 {
			before := &rows[n-1]
			last := before.segments[len(before.segments)-1]
			if math.Abs(last.y-s.y) < 0.35*max(last.size, s.size) && s.x0 > last.x1-0.2*s.size {
				before.segments = append(before.segments, s)
				continue
			}
		}
		rows = append(rows, row{segments: []segment{s}})
	}
	return rows
}

// isDisordered reports whether rows go upwards more often than columns explain.
func isDisordered(rows []row) bool {
	up := 0
	for i := 1; i < len(rows); i++ {
		if rows[i].y() < rows[i-1].y()-rows[i].size() {
			up++
		}
	}
	return up > 4 && up*6 > len(rows)
}

// mostRows is how many rows are reordered at most. No page for reading has more.
const mostRows = 5000

// inPlace moves rows up to their places, since browsers write what scrolls, such as code, after all the text
// around it. A row goes before the first row below it, but not before one beside it, as in the next column.
func inPlace(rows []row) []row {
	if len(rows) > mostRows {
		return rows
	}
	placed := make([]row, 0, len(rows))
	for _, r := range rows {
		at := slices.IndexFunc(placed, func(other row) bool {
			return other.y() > r.y()+0.5*r.size() && other.x0() < r.x1() && r.x0() < other.x1()
		})
		if at < 0 {
			at = len(placed)
		}
		placed = slices.Insert(placed, at, r)
	}
	return placed
}

// byColumns puts two columns of text one after the other if the file has their lines side by side.
func byColumns(rows []row, width float64) []row {
	gutterLeft, gutterRight := 0.0, width
	first, last, pairs := -1, 0, 0
	for i, r := range rows {
		if len(r.segments) != 2 || min(r.segments[0].x1-r.segments[0].x0, r.segments[1].x1-r.segments[1].x0) < width/4 {
			continue
		}
		gutterLeft, gutterRight = max(gutterLeft, r.segments[0].x1), min(gutterRight, r.segments[1].x0)
		if pairs++; first < 0 {
			first = i
		}
		last = i
	}
	if pairs < 5 || pairs*2 < last-first+1 || gutterRight <= gutterLeft {
		return rows
	}
	var left, right []row
	for _, r := range rows[first : last+1] {
		for _, s := range r.segments {
			switch {
			case s.x1 <= gutterRight:
				left = append(left, row{segments: []segment{s}})
			case s.x0 >= gutterLeft:
				right = append(right, row{segments: []segment{s}})
			default:
				return rows // a line across both columns
			}
		}
	}
	return slices.Concat(rows[:first], left, right, rows[last+1:])
}

// withDot adds a bullet to a line if a small shape stands before it.
func (s sheet) withDot(segments []segment) []segment {
	first := &segments[0]
	for _, dot := range s.dots {
		middle := (dot.bottom + dot.top) / 2
		near := dot.right <= first.x0 && dot.right > first.x0-2.5*first.size
		beside := middle < first.y && middle > first.y-first.size
		if near && beside && dot.right-dot.left < 0.7*first.size {
			bulleted := *first
			bulleted.x0 = dot.left
			bulleted.pieces = append([]piece{{text: "• "}}, first.pieces...)
			return append([]segment{bulleted}, segments[1:]...)
		}
	}
	return segments
}

// withMarker joins the marker of an item, or the number of a heading, with the text after it.
func withMarker(segments []segment) []segment {
	if len(segments) < 2 || segments[1].x0-segments[0].x1 > 6*segments[1].size {
		return segments
	}
	marker := strings.TrimSpace(segments[0].text())
	if !markerAlone().MatchString(marker) {
		return segments
	}
	whole := segments[1]
	whole.x0 = segments[0].x0
	whole.pieces = append([]piece{{text: marker + " ", bold: whole.all(isBold)}}, whole.pieces...)
	return append([]segment{whole}, segments[2:]...)
}

var markerAlone = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[•◦‣·*–—-]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|` +
		`(?:[A-Z]|\d{1,3})(?:\.\d{1,3})+\.?)$`)
})
