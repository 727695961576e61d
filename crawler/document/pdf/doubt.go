package pdf

import (
	"math"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// doubt is a letter that a reader may not see. Whether it is seen is told by drawing the page
// with its text and without: see [file.settle].
type doubt struct {
	letter int // in sheet.letters
	how    draft.How
	box    rect // of the letter, on the page
	object uint64
	cover  rect // what lies over it
	said   bool // is a letter or a digit
	sure   bool // nothing of it is seen by all that is known of the page
	// scanned: the letter is the word for a picture, and is not drawn itself.
	scanned bool
	// recognised: nothing lies over the picture, and it may have been painted over itself.
	recognised bool
	// drawn: the letter is a part of a drawing. Of a drawing, a part is shown, or none of it stands out.
	drawn bool
}

// doubtOf says why a letter may not be seen, as far as it may.
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

// cover is what covers a letter that was painted before it, the uppermost; zero for nothing. Big reports
// whether a picture does that is most of the page, as where a scanned page lies over the text
// that was recognised on it.
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
	const least = 0.005 // of a page: one word in it
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
	const thin = 2 // points: a rule is no ground
	paper := draft.Ink{255, 255, 255, 255}
	for _, g := range slices.Backward(s.grounds) {
		if s.looked++; s.looked > maxLooked {
			return false
		}
		if g.order > order || !g.has(x, y) || g.flat && g.paint[3] == 0 || min(g.right-g.left, g.top-g.bottom) < thin {
			continue
		}
		if !g.flat {
			return false // a picture, or what has many colours
		}
		paper = g.paint
		break
	}
	return isLike(look.ink, paper)
}

// mayFade reports whether anything on the page has the colour of a text, so that it need not be
// looked for behind each letter.
func (s *layers) mayFade(look *style) bool {
	if look.fades == 0 {
		look.fades = -1
		if isLike(look.ink, draft.Ink{255, 255, 255, 255}) || slices.ContainsFunc(s.grounds, func(g ground) bool { return g.flat && g.paint[3] > 0 && isLike(look.ink, g.paint) }) {
			look.fades = 1
		}
	}
	return look.fades > 0
}

func (r rect) middle() (x, y float64) { return (r.left + r.right) / 2, (r.bottom + r.top) / 2 }

// isCrop reports whether a clip shows a part of a drawing: something else than text is painted there, mostly within it.
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

// large returns the doubts without those of letters that are only said to be tiny. Some fonts have a measure of
// their own, so that letters of size 1 stand ten points apart.
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

// unhideCopies takes back that letters are gone over which the same text was drawn once more: PDFium gives the text
// of the two once.
func unhideCopies(layers *layers, doubts []doubt, gone []bool) {
	type place struct{ left, bottom, right, top int }
	placeOf := func(r rect) place {
		return place{int(math.Round(2 * r.left)), int(math.Round(2 * r.bottom)), int(math.Round(2 * r.right)), int(math.Round(2 * r.top))}
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

// settle takes the letters out of a page that are not seen, and returns where they were.
func (f *file) settle(page uint64, layers *layers, s *sheet, box rect, doubts []doubt, where func(y float64) string) (found []unseenRun) {
	if len(doubts) == 0 {
		return nil
	}
	if doubts = large(doubts, s.letters); len(doubts) == 0 {
		return nil
	}
	gone, aside := f.notSeen(page, doubts)
	unhideCopies(layers, doubts, gone)
	// What stands at the same place a second time, as a shadow, is seen there.
	type spot struct {
		text string
		x, y int
	}
	const near = 3 // points
	spotOf := func(l letter) spot { return spot{l.text, int(math.Floor(l.x0 / near)), int(math.Floor(l.y / near))} }
	seen := make(map[spot]bool)
	hidden := make(map[int]bool)
	var readable []int // letters
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

// partlySeen reports of each letter whether another one of its word is seen.
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

// unseenRun is text of one place that is not seen for one reason.
type unseenRun struct {
	how           draft.How
	where         string
	cover         rect
	letters       int
	whole         int // letters of words that are not seen in part
	word, longest int // letters of the word that goes on, and of the longest one
	line, written int // letters of the line that goes on, and of the longest one
	end           letter
	last          int
	lines         []string // what it says, letters only
}

// add takes in the letter at a place among those of its page.
func (r *unseenRun) add(at int, l letter) {
	if l.spaced || l.newLine || at != r.last+1 {
		r.word = 0
	}
	const short = 4 // a line that is found anywhere
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

// appendTo appends a run to others where it says something. The numbers on an axis do not, nor do the names on a
// drawing that was made tiny, and what is under a panel that bears a text of its own slipped there unless words are.
func (r *unseenRun) appendTo(found []unseenRun, bears bool) []unseenRun {
	const word, line = 8, 12
	switch {
	case r.longest < draft.FewestUnseen, bears && (r.whole < word || r.longest < word/2), r.how == draft.Tiny && r.written < line:
		return found
	}
	return append(found, *r)
}

// tell reports what the pages that were read last do not show. What is shown on the same page, or on the one before
// or after, as by slides that uncover their text step by step, was not to be kept from anybody.
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

// unsettled is what is not known of a page before the next one was read.
type unsettled struct {
	runs  []unseenRun
	shown [2][]letter // on the page before, and on the page itself
	names []unseenRun // a word or two in the colour of the ground
}

// lettersOf is what letters say, without spaces and signs.
func lettersOf(letters []letter) string {
	var said strings.Builder
	for _, l := range letters {
		if strings.ContainsFunc(l.text, draft.IsSaid) {
			said.WriteString(l.text)
		}
	}
	return said.String()
}
