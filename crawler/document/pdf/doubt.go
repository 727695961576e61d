package pdf

import (
	"math"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// doubt is a letter that a reader may not see. Drawing the page with and without its text shows whether it
// is seen: see [file.settle].
type doubt struct {
	letter int // in sheet.letters
	how    draft.How
	box    rect // on the page
	object uint64
	cover  rect // what lies over the letter
	said   bool // it is a letter or a digit
	sure   bool // it is not seen, by everything known about the page
	// scanned reports whether the letter was recognised in a picture and is not drawn itself.
	scanned bool
	// recognised reports whether nothing lies over the picture. The picture itself may have been painted
	// over.
	recognised bool
	// drawn: the letter is a part of a drawing. Of a drawing, a part is shown, or none of it stands out.
	drawn bool
}

// doubtOf reports whether a letter may not be seen, and why.
func (s *layers) doubtOf(look *style, object uint64, box rect) (d doubt, ok bool) {
	d = doubt{box: box, object: object}
	in := s.texts[object]
	x, y := box.middle()
	cover, big, sure := s.cover(in.order, box)
	covered := cover.size() > 0
	scanned := look.unpainted && (s.pictures > 0.5 || s.onPicture(x, y)) || big
	switch {
	case scanned:
		d.how, d.cover, d.scanned, d.recognised = draft.Covered, cover, true, !covered
		return d, covered || look.unpainted && s.mayScan
	case covered:
		d.how, d.cover, d.sure = draft.Covered, cover, sure
	case look.unpainted:
		d.how, d.sure = draft.Unpainted, true
	case look.size < tiniest:
		d.how, d.sure = draft.Tiny, true
	case in.order > 0 && !in.clip.has(x, y):
		d.how, d.drawn = draft.Clipped, s.isCrop(in.clip)
	case s.fades(look, in.order, x, y):
		d.how, d.sure, d.drawn = draft.Colour, true, look.isSlanted()
	case in.optional:
		d.how = draft.LayerOff
	default:
		return d, false
	}
	return d, true
}

// isSlanted reports whether text runs across a page from corner to corner, as a watermark does.
func (l *style) isSlanted() bool { return math.Abs(math.Sin(2*l.angle)) > 0.2 }

// tiniest is the size of the smallest text that readers make out, in points.
const tiniest = 1.5

// cover returns the topmost object that covers a letter, which was painted before it, or a zero rect. big
// reports whether a picture of most of the page covers it, as in a scan that lies over its recognised text.
func (s *layers) cover(order int, box rect) (cover rect, big, sure bool) {
	const most = 0.5 // of a page
	x, y := box.middle()
	for _, g := range slices.Backward(s.grounds) {
		if s.looked++; g.order <= order || s.looked > maxLooked {
			break
		}
		if !g.covers || !g.has(x, y) {
			continue
		}
		if g.picture && g.size() > most*s.area {
			big = true
			continue
		}
		if cover.size() == 0 {
			cover = g.rect
		}
		sure = sure || g.sure && g.top-g.bottom > (box.top-box.bottom)/2
	}
	return cover, big, sure
}

// onPicture reports whether a picture that may show text lies at a place.
func (s *layers) onPicture(x, y float64) bool {
	const least = 0.005 // of a page: a picture of one word
	for _, g := range s.grounds {
		if s.looked++; s.looked > maxLooked {
			break
		}
		if g.picture && g.has(x, y) && g.size() > least*s.area {
			return true
		}
	}
	return false
}

// fades reports whether text has the colour of what lies behind it.
func (s *layers) fades(look *style, order int, x, y float64) bool {
	if !look.inked || !s.mayFade(look) {
		return false
	}
	const thin = 2 // points; a thinner shape is a line and no background
	paper := draft.RGBA{255, 255, 255, 255}
	for _, g := range slices.Backward(s.grounds) {
		if s.looked++; s.looked > maxLooked {
			return false
		}
		if g.order > order || !g.has(x, y) || g.flat && g.paint[3] == 0 || min(g.right-g.left, g.top-g.bottom) < thin {
			continue
		}
		if !g.flat {
			return false // a picture or something with many colours
		}
		paper = g.paint
		break
	}
	return isLike(look.ink, paper)
}

// mayFade reports whether anything on the page has the colour of a text. If not, the background of its
// letters need not be examined.
func (s *layers) mayFade(look *style) bool {
	if look.fades == 0 {
		look.fades = -1
		isSame := func(g ground) bool { return g.flat && g.paint[3] > 0 && isLike(look.ink, g.paint) }
		if isLike(look.ink, draft.RGBA{255, 255, 255, 255}) || slices.ContainsFunc(s.grounds, isSame) {
			look.fades = 1
		}
	}
	return look.fades > 0
}

func (r rect) middle() (x, y float64) { return (r.left + r.right) / 2, (r.bottom + r.top) / 2 }

// isCrop reports whether a clip shows a part of a drawing: something other than text is painted mostly within it.
func (s *layers) isCrop(clip rect) bool {
	const most = 0.5 // of a page
	if clip.size() > most*s.area {
		return false
	}
	return slices.ContainsFunc(s.grounds, func(g ground) bool {
		s.looked++
		return s.looked <= maxLooked && 2*g.within(clip).size() > g.size()
	})
}

// large returns the doubts without those of letters whose font size is wrongly tiny. Some fonts have a scale of their
// own, so that letters of size 1 stand ten points apart.
func large(doubts []doubt, letters []letter) []doubt {
	pairs, apart := 0, 0
	for i, d := range doubts {
		if i+1 == len(doubts) || d.how != draft.Tiny || doubts[i+1].letter != d.letter+1 {
			continue
		}
		l, next := letters[d.letter], letters[d.letter+1]
		if next.spaced || next.newLine {
			continue
		}
		pairs++
		if math.Hypot(next.x0-l.x0, next.y-l.y) > tiniest {
			apart++
		}
	}
	if 2*apart <= pairs {
		return doubts
	}
	return slices.DeleteFunc(doubts, func(d doubt) bool { return d.how == draft.Tiny })
}

// unhideCopies keeps letters over which the same text was drawn again, because PDFium returns such text only once.
func unhideCopies(layers *layers, doubts []doubt, gone []bool) {
	type place struct{ left, bottom, right, top int }
	placeOf := func(r rect) place {
		half := func(v float64) int { return int(math.Round(2 * v)) }
		return place{half(r.left), half(r.bottom), half(r.right), half(r.top)}
	}
	var uppermost map[place]int
	for i, d := range doubts {
		if !gone[i] || d.how != draft.Covered {
			continue
		}
		if uppermost == nil {
			uppermost = make(map[place]int)
			for _, text := range layers.texts {
				uppermost[placeOf(text.at)] = max(uppermost[placeOf(text.at)], text.order)
			}
		}
		text := layers.texts[d.object]
		gone[i] = uppermost[placeOf(text.at)] <= text.order
	}
}

// settle removes the letters of a page that are not seen, and returns where they were.
func (f *file) settle(
	page uint64, layers *layers, s *sheet, box rect, doubts []doubt, where func(y float64) string,
) (found []unseenRun) {
	if len(doubts) == 0 {
		return nil
	}
	if doubts = large(doubts, s.letters); len(doubts) == 0 {
		return nil
	}
	gone, aside := f.notSeen(page, doubts)
	unhideCopies(layers, doubts, gone)
	// A letter that stands a second time at the same place, like a shadow, is seen there.
	type spot struct {
		text string
		x, y int
	}
	const near = 3 // points
	spotOf := func(l letter) spot { return spot{l.text, int(math.Floor(l.x0 / near)), int(math.Floor(l.y / near))} }
	seen := make(map[spot]bool)
	hidden := make(map[int]bool)
	var readable []int // indices of letters
	for i, d := range doubts {
		hidden[d.letter] = gone[i]
	}
	for i, l := range s.letters {
		if !hidden[i] {
			readable = append(readable, i)
			at := spotOf(l)
			for dx := -1; dx <= 1; dx++ {
				for dy := -1; dy <= 1; dy++ {
					seen[spot{at.text, at.x + dx, at.y + dy}] = true
				}
			}
		}
	}
	partly := partlySeen(s.letters, hidden)
	bears := func(cover rect) bool {
		return cover.size() > 0 && slices.ContainsFunc(readable, func(i int) bool {
			l := s.letters[i]
			return cover.has(box.left+(l.x0+l.x1)/2, box.top-l.y+l.style.size/3)
		})
	}
	var run unseenRun
	for i, d := range doubts {
		l := s.letters[d.letter]
		if !gone[i] || aside[i] || d.drawn || !d.said || seen[spotOf(l)] {
			continue
		}
		here := unseenRun{how: d.how, where: where(l.y), last: run.last}
		if here.how != run.how || here.where != run.where {
			found = run.appendTo(found, bears(run.cover))
			run = here
		}
		run.add(d.letter, l)
		if !partly[d.letter] {
			run.whole++
		}
		run.cover = run.cover.around(d.cover)
	}
	found = run.appendTo(found, bears(run.cover))
	kept := s.letters[:0]
	for i, l := range s.letters {
		if !hidden[i] {
			kept = append(kept, l)
		} else if i+1 < len(s.letters) {
			next := &s.letters[i+1]
			next.newLine, next.spaced = next.newLine || l.newLine, true
		}
	}
	s.letters = kept
	return found
}

// partlySeen reports for each letter whether any letter of its word is seen.
func partlySeen(letters []letter, hidden map[int]bool) []bool {
	partly := make([]bool, len(letters))
	for from := 0; from < len(letters); {
		to, seen := from, false
		for to < len(letters) && (to == from || !letters[to].spaced && !letters[to].newLine) {
			seen = seen || !hidden[to]
			to++
		}
		for ; from < to; from++ {
			partly[from] = seen
		}
	}
	return partly
}

// unseenRun is text at one place that is not seen for one reason.
type unseenRun struct {
	how           draft.How
	where         string
	cover         rect
	letters       int
	whole         int // letters of words of which nothing is seen
	word, longest int // letters of the current word, and of the longest
	line, written int // letters of the current line, and of the longest
	end           letter
	last          int
	lines         []string // its text, letters only
}

// add adds the letter with index at of its page.
func (r *unseenRun) add(at int, l letter) {
	if l.spaced || l.newLine || at != r.last+1 {
		r.word = 0
	}
	const short = 4 // such a line occurs anywhere
	if n := len(r.lines); n == 0 || r.word == 0 && len(r.lines[n-1]) >= short {
		r.lines = append(r.lines, "")
	}
	r.lines[len(r.lines)-1] += l.text
	if l.newLine || l.x0-r.end.x1 > l.style.size || math.Abs(l.y-r.end.y) > l.style.size {
		r.line = 0
	}
	r.last, r.end = at, l
	r.letters++
	r.word++
	r.longest = max(r.longest, r.word)
	r.line++
	r.written = max(r.written, r.line)
}

// appendTo appends the run to others if it says something. The numbers on an axis do not, and neither do the names
// on a drawing that was made tiny. Text under a panel that has text of its own was only misplaced, unless it has
// whole words.
func (r *unseenRun) appendTo(found []unseenRun, bears bool) []unseenRun {
	const word, line = 8, 12
	switch {
	case r.longest < draft.FewestUnseen, bears && (r.whole < word || r.longest < word/2),
		r.how == draft.Tiny && r.written < line:
		return found
	}
	return append(found, *r)
}

// tell reports what the page read before the current one does not show. Text that is shown on the same page
// or on a neighbouring one was not meant to be hidden. Slides, for instance, reveal their text step by step.
func (f *file) tell(found []unseenRun, letters []letter) {
	last := f.unsettled
	f.unsettled = unsettled{runs: found, shown: [2][]letter{last.shown[1], letters}, names: last.names}
	if len(last.runs) == 0 {
		return
	}
	shown := lettersOf(last.shown[0]) + "\n" + lettersOf(last.shown[1]) + "\n" + lettersOf(letters)
	for _, r := range last.runs {
		switch {
		case !slices.ContainsFunc(r.lines, func(line string) bool { return !strings.Contains(shown, line) }):
		case r.how == draft.Colour && len(r.lines) <= 2:
			f.unsettled.names = append(f.unsettled.names, r)
		default:
			f.unseen.Add(r.how, r.where, r.letters)
		}
	}
}

// tellNames reports the names in the colour of their ground that no page of the file shows. Templates have the name of
// a document in white, for programs.
func (f *file) tellNames(pages [][]row) {
	if len(f.unsettled.names) == 0 {
		return
	}
	var shown strings.Builder
	for _, rows := range pages {
		for _, row := range rows {
			for _, s := range row.segments {
				shown.WriteString(strings.Map(func(r rune) rune {
					if draft.IsSaid(r) {
						return r
					}
					return -1
				}, s.text()))
			}
			shown.WriteByte('\n')
		}
	}
	for _, r := range f.unsettled.names {
		if slices.ContainsFunc(r.lines, func(line string) bool { return !strings.Contains(shown.String(), line) }) {
			f.unseen.Add(r.how, r.where, r.letters)
		}
	}
}

// unsettled is what can only be decided when the next page was read.
type unsettled struct {
	runs  []unseenRun
	shown [2][]letter // on the page before, and on the page itself
	names []unseenRun // a word or two in the colour of the ground
}

// lettersOf returns the text of letters, without spaces and punctuation.
func lettersOf(letters []letter) string {
	var said strings.Builder
	for _, l := range letters {
		if strings.ContainsFunc(l.text, draft.IsSaid) {
			said.WriteString(l.text)
		}
	}
	return said.String()
}
