package pdf

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// setting is how a whole document was set: the rows of its pages.
type setting struct {
	pages [][]row
}

// article guesses from how a document was set what it says: what is set larger is
// a heading, what hangs from a bullet is an item, and so on. outline has the levels
// of the headings that the document itself names.
func (s setting) article(outline map[string]int) *html.Node {
	body := s.bodySize()
	s.dropRunning(body, outline)
	w := &writer{root: draft.Element(atom.Article), outline: outline, body: body, words: s.words()}
	w.levels = s.headingSizes(w.body)
	for page, rows := range s.pages {
		for i := 0; i < len(rows); {
			rows[i].page = page
			i += w.write(rows[i:])
		}
	}
	w.end()
	return w.root
}

// dropRunning takes away what stands at the same place of several pages, the number of
// the page aside, and lines of tables of contents.
func (s setting) dropRunning(body float64, outline map[string]int) {
	type place struct {
		says string
		y    int
	}
	const step = 4 // points that the same line may be apart
	places := func(says string, r row) [2]place {
		return [2]place{{says, int(r.y() / step)}, {says, int(r.y()/step + 0.5)}}
	}
	count := make(map[place]int)
	for page, rows := range s.pages {
		seen := make(map[place]bool)
		for _, r := range rows {
			if r.edge == inside {
				continue
			}
			said := sameWords(r.text())
			for _, says := range []string{said, withoutPage(said, page)} {
				for _, p := range places(says, r) {
					if !seen[p] {
						seen[p] = true
						count[p]++
					}
				}
			}
		}
	}
	for page, rows := range s.pages {
		s.pages[page] = slices.DeleteFunc(rows, func(r row) bool {
			said := strings.TrimSpace(r.text())
			if leaders().MatchString(said) || isListed(said, outline) {
				return true
			}
			if r.edge == inside || len(s.pages) == 1 {
				return false
			}
			if pageNumber().MatchString(said) {
				return true
			}
			times := func(says string) int {
				p := places(says, r)
				return max(count[p[0]], count[p[1]])
			}
			literal := sameWords(said)
			again := times(literal)
			if isLarge(r.size(), body) { // a heading, unless it is on most pages
				return again > 2 && again*2 > len(s.pages)
			}
			numbered := withoutPage(literal, page)
			return again > 2 || again == len(s.pages) || numbered != literal && times(numbered) > 1
		})
	}
}

// withoutPage writes the number of a page, at the end of a line or at its beginning, as
// how far it is from page, so that it says the same on all pages.
func withoutPage(says string, page int) string {
	for _, pattern := range []*regexp.Regexp{lastNumber(), firstNumber()} {
		if m := pattern.FindStringSubmatchIndex(says); m != nil {
			if n, err := strconv.Atoi(says[m[2]:m[3]]); err == nil {
				return fmt.Sprintf("%s\x00%d%s", says[:m[2]], n-page, says[m[3]:])
			}
		}
	}
	return says
}

// isListed reports whether a line is one of a table of contents: what the outline
// names, and a page.
func isListed(said string, outline map[string]int) bool {
	at := strings.LastIndexByte(said, ' ')
	if at < 0 || !pageNumber().MatchString(said[at+1:]) {
		return false
	}
	key := sameWords(said[:at])
	return outline[key] > 0 || outline[sameWords(number().ReplaceAllString(said[:at], ""))] > 0
}

var firstNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\(?(\d{1,4})\b`) })
var lastNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\d/.,:])(\d{1,4})(?:\s*(?:/|of|von|sur|de|di)\s*\d{1,4})?\)?$`)
})
var leaders = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:\. ?|…\s?){4,}\s*[\divxlc]+\s*$`) })
var pageNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:[-–—[(|]\s*)?(?:(?:page|seite|página|pagina|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|sur|de|di)\s*\d{1,4})?(?:\s*[-–—\])|])?$`)
})

// bodySize is the size in which most of the text is set.
func (s setting) bodySize() float64 {
	count := make(map[float64]int)
	for _, rows := range s.pages {
		for _, r := range rows {
			for _, g := range r.segments {
				if !g.all(isMono) {
					count[rounded(g.size)] += len(g.text())
				}
			}
		}
	}
	best := 10.0
	for _, size := range sortedKeys(count) {
		if count[size] > count[best] {
			best = size
		}
	}
	return best
}

func rounded(size float64) float64 { return math.Round(size*2) / 2 }

func sortedKeys[V any](m map[float64]V) []float64 {
	keys := make([]float64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// isLarge tells the size of a heading.
func isLarge(size, body float64) bool { return size >= 1.12*body && size >= body+0.9 }

// longestHeading is how many bytes a line may have to be one.
const longestHeading = 160

// headingSizes gives a level to each size that headings are set in, the largest being
// the first.
func (s setting) headingSizes(body float64) map[float64]int {
	found := make(map[float64]bool)
	for _, rows := range s.pages {
		for _, r := range rows {
			if size := rounded(r.size()); isLarge(size, body) && len(r.segments) == 1 && len(r.text()) <= longestHeading && hasLetters(r.text()) {
				found[size] = true
			}
		}
	}
	sizes := sortedKeys(found)
	slices.Reverse(sizes)
	levels := make(map[float64]int)
	level, before := 0, math.Inf(1)
	for _, size := range sizes {
		if size < before*0.96 {
			level++
			before = size
		}
		levels[size] = min(level, 5)
	}
	return levels
}

// words are the words of the whole document, by which a hyphen at the end of a line is
// told from one of the word's own.
func (s setting) words() map[string]bool {
	words := make(map[string]bool)
	for _, rows := range s.pages {
		for _, r := range rows {
			for word := range strings.FieldsSeq(strings.ToLower(r.text())) {
				words[strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })] = true
			}
		}
	}
	return words
}

// writer writes rows as HTML. What it is in the middle of may go on with the next row.
type writer struct {
	root    *html.Node
	outline map[string]int
	body    float64
	levels  map[float64]int
	words   map[string]bool

	pieces []piece // of the paragraph, heading or item that is open
	kind   kind    // of it
	level  int     // of an open heading
	large  int     // of the last heading that is set larger than the text
	last   row     // its last row
	start  float64 // x of its first row
	lists  []openList
	item   *html.Node // the open item
}

type kind int

const (
	nothing kind = iota
	paragraph
	title
	item
	code
)

// openList is a list that the next item may belong to.
type openList struct {
	x      float64 // of its markers
	node   *html.Node
	item   *html.Node // its last one
	number int        // of its last item; 0 where it has bullets
	style  byte       // '1', 'a' or 'A'
}

// write writes what rows begin with and returns how many rows that were.
func (w *writer) write(rows []row) int {
	if n := w.table(rows); n > 0 {
		return n
	}
	r := rows[0]
	switch {
	case len(r.segments) == 1 && r.all(isMono) && r.size() < 1.1*w.body:
		w.code(r)
	case w.headingLevel(rows) > 0:
		w.heading(r, w.headingLevel(rows))
	case w.listItem(r):
	case w.kind == item && w.hangs(r) || w.kind == paragraph && w.goesOn(r):
		w.append(r)
	default:
		w.end()
		if !w.inList(r) {
			w.lists = nil
		}
		w.begin(paragraph, r)
	}
	return 1
}

func (w *writer) begin(k kind, r row) {
	w.kind, w.start, w.last = k, r.x0(), r
	w.pieces = nil
	w.append(r)
}

// append adds a row to what is open, and mends a word that the line end cut.
func (w *writer) append(r row) {
	w.last = r
	for i, s := range r.segments {
		pieces := slices.Clone(s.pieces)
		if n := len(w.pieces); n > 0 {
			before := &w.pieces[n-1]
			before.text = strings.TrimRight(before.text, " ")
			if i > 0 || !w.mend(before, pieces) {
				before.text += " "
			}
		}
		w.pieces = append(w.pieces, pieces...)
	}
}

// mend joins the end of a line with the next one where no space belongs between them.
func (w *writer) mend(before *piece, after []piece) bool {
	if len(after) == 0 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(after[0].text)
	last, size := utf8.DecodeLastRuneInString(before.text)
	switch {
	case needsNoSpace(first) && needsNoSpace(last):
		return true
	case last != '-' && last != '‐' || !unicode.IsLower(first):
		return (last == '-' || last == '/') && unicode.IsLetter(first) && len(before.text) > size && !strings.HasSuffix(before.text, " -")
	}
	head := lastWord(before.text[:len(before.text)-size])
	if head == "" {
		return false
	}
	tail := firstWord(after[0].text)
	if w.words[strings.ToLower(head+"-"+tail)] && !w.words[strings.ToLower(head+tail)] {
		return true
	}
	before.text = before.text[:len(before.text)-size]
	return true
}

// needsNoSpace reports whether r is of a script that sets no spaces between words, or of
// its punctuation.
func needsNoSpace(r rune) bool { return htmltree.IsUnspaced(r) || r >= 0x3000 && r <= 0x303f }

func lastWord(s string) string {
	i := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if i < 0 {
		return s
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[i+size:]
}

func firstWord(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		return s[:i]
	}
	return s
}

// goesOn reports whether a row belongs to the open paragraph.
func (w *writer) goesOn(r row) bool {
	before := w.last
	if math.Abs(r.size()-before.size()) > 0.1*before.size() || len(r.segments) != 1 || len(before.segments) != 1 {
		return false
	}
	if r.all(isBold) != before.all(isBold) && (len(before.text()) < 60 || r.all(isBold)) && !endsOpen(before.text()) {
		return false
	}
	if r.page != before.page || r.above == 0 { // on the next page, or in the next column
		return endsOpen(before.text()) && startsLow(r.text())
	}
	if r.above > 1.75*r.size() || r.x0() > before.x1() || r.x1() < before.x0() {
		return false
	}
	if r.x0() > before.x0()+0.9*r.size() && w.start <= before.x0()+0.5*r.size() && !endsOpen(before.text()) {
		return false // indented
	}
	width := before.x1() - before.x0()
	return endsOpen(before.text()) || r.x1()-r.x0() <= width*1.25 || startsLow(r.text())
}

// endsOpen reports whether a line ends in the middle of a sentence.
func endsOpen(s string) bool {
	s = strings.TrimRight(s, " \"”’')»")
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && !strings.ContainsRune(".!?:;。！？", r)
}

func startsLow(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r) || needsNoSpace(r)
}

// hangs reports whether a row goes on with the open item.
func (w *writer) hangs(r row) bool {
	if len(w.lists) == 0 || len(r.segments) != 1 {
		return false
	}
	if r.page != w.last.page || r.above == 0 {
		return endsOpen(w.last.text()) && startsLow(r.text())
	}
	return r.above <= 1.75*r.size() && r.x0() > w.lists[len(w.lists)-1].x+0.4*r.size()
}

// inList reports whether a row is a further paragraph of the list's last item.
func (w *writer) inList(r row) bool {
	for len(w.lists) > 0 {
		list := w.lists[len(w.lists)-1]
		if r.x0() > list.x+0.8*r.size() && r.x0() < list.x+5*r.size() {
			w.item = list.item
			return true
		}
		w.lists = w.lists[:len(w.lists)-1]
	}
	return false
}

// end writes what is open.
func (w *writer) end() {
	switch {
	case w.kind == nothing:
	case w.kind == title:
		w.root.AppendChild(draft.Heading(w.level, htmltree.Text(draft.OneLine(piecesText(w.pieces)))))
	case w.kind == paragraph && w.item != nil:
		w.item.AppendChild(draft.Element(atom.P, inline(w.pieces)...))
	case w.kind == paragraph:
		w.root.AppendChild(draft.Element(atom.P, inline(w.pieces)...))
	case w.kind == item:
		w.item.AppendChild(draft.Element(atom.P, inline(w.pieces)...))
	case w.kind == code:
		w.root.AppendChild(draft.Element(atom.Pre, draft.Element(atom.Code, htmltree.Text(strings.TrimRight(piecesText(w.pieces), "\n ")))))
	}
	w.kind, w.pieces, w.item = nothing, nil, nil
}

func piecesText(pieces []piece) string { return segment{pieces: pieces}.text() }

// inline writes pieces with their emphasis. A whole that looks the same is not
// emphasised by it.
func inline(pieces []piece) []*html.Node {
	var nodes []*html.Node
	for i := 0; i < len(pieces); {
		look, said := pieces[i], ""
		for ; i < len(pieces) && pieces[i].bold == look.bold && pieces[i].italic == look.italic && pieces[i].mono == look.mono && pieces[i].link == look.link; i++ {
			said += pieces[i].text
		}
		var n = htmltree.Text(said)
		if trimmed := strings.TrimSpace(said); trimmed != "" && (look.bold || look.italic || look.mono || look.link != "") {
			n = htmltree.Text(trimmed)
			if look.mono {
				n = draft.Element(atom.Code, n)
			}
			if look.italic {
				n = draft.Element(atom.Em, n)
			}
			if look.bold {
				n = draft.Element(atom.Strong, n)
			}
			if look.link != "" {
				n = draft.With(draft.Element(atom.A, n), "href", look.link)
			}
			if strings.HasPrefix(said, " ") {
				nodes = append(nodes, htmltree.Text(" "))
			}
			nodes = append(nodes, n)
			if strings.HasSuffix(said, " ") {
				nodes = append(nodes, htmltree.Text(" "))
			}
			continue
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func sameWords(s string) string { return strings.ToLower(draft.OneLine(s)) }

func hasLetters(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// headingLevel tells whether the first row is a heading, or goes on with one; 0 if not.
func (w *writer) headingLevel(rows []row) int {
	r := rows[0]
	said := strings.TrimSpace(r.text())
	if len(r.segments) > 2 || !hasLetters(said) || len(said) > longestHeading || bullet().MatchString(said) {
		return 0
	}
	size := rounded(r.size())
	large := isLarge(size, w.body)
	if level := w.outlined(said); level > 0 && (large || r.all(isBold)) {
		return min(level, 6)
	}
	if large {
		if level := w.levels[size]; level > 0 {
			return level
		}
		return 0
	}
	if !r.all(isBold) || size < 0.95*w.body || strings.HasSuffix(said, ".") || strings.HasSuffix(said, ",") || len(said) > 100 || len(r.segments) > 1 {
		return 0
	}
	// A bold line by itself: with room above, and something else below.
	if r.above != 0 && r.above < 1.3*r.size() && w.kind != title {
		return 0
	}
	if len(rows) > 1 && rows[1].all(isBold) && rows[1].above < 1.75*r.size() {
		return 0
	}
	return min(w.large+1, 6)
}

// outlined returns the level of a heading that the document's own table of contents
// names, with its number or without.
func (w *writer) outlined(said string) int {
	key := sameWords(said)
	if level := w.outline[key]; level > 0 {
		return level
	}
	return w.outline[sameWords(number().ReplaceAllString(said, ""))]
}

var number = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:chapter|appendix|section|kapitel)\s+)?(?:[A-Z]|\d{1,3})(?:\.\d{1,3})*[.:]?\s+`)
})

func (w *writer) heading(r row, level int) {
	if w.kind == title && w.level == level && r.page == w.last.page && r.above > 0 && r.above < 1.6*r.size() &&
		math.Abs(r.size()-w.last.size()) < 0.1*r.size() && w.outlined(w.last.text()) == 0 {
		w.append(r)
		return
	}
	w.end()
	w.lists = nil
	w.level = level
	if isLarge(r.size(), w.body) {
		w.large = level
	}
	w.begin(title, r)
}

// code adds a line of code, with its indentation and the empty lines before it.
func (w *writer) code(r row) {
	s := r.segments[0]
	wide := s.size * 0.6
	if w.kind == code && (r.page != w.last.page || r.above < 5*s.size) {
		lines := 1
		if r.page == w.last.page && r.above > 1.9*s.size {
			lines = 2
		}
		if s.x0 < w.start-wide/2 {
			shift := int(math.Round((w.start - s.x0) / wide))
			for i := range w.pieces {
				w.pieces[i].text = indented(w.pieces[i].text, shift)
			}
			w.start = s.x0
		}
		w.pieces = append(w.pieces, piece{text: strings.Repeat("\n", lines) + strings.Repeat(" ", min(int(math.Round((s.x0-w.start)/wide)), 80)) + s.text()})
		w.last = r
		return
	}
	w.end()
	w.kind, w.start, w.last = code, s.x0, r
	w.pieces = []piece{{text: s.text()}}
}

// indented puts spaces before the line that a piece of code is.
func indented(line string, by int) string {
	breaks := len(line) - len(strings.TrimLeft(line, "\n"))
	return line[:breaks] + strings.Repeat(" ", max(0, min(by, 80))) + line[breaks:]
}

var bullet = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:[•◦‣·*–-]|o(?:\s{2,}|\s[A-Z]))\s*`) })
var numeral = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\(?(\d{1,3}|[a-zA-Z])[.)]\s+`) })

// listItem writes a row that begins with an item's mark.
func (w *writer) listItem(r row) bool {
	if len(r.segments) > 2 {
		return false
	}
	said := r.segments[0].text()
	var mark string
	n, style := 0, byte(0)
	if m := bullet().FindString(said); m != "" && len(said) > len(m) && (strings.HasPrefix(m, "•") || strings.HasSuffix(m, " ")) {
		mark = m
	} else if m := numeral().FindStringSubmatch(said); m != nil && len(said) > len(m[0]) {
		mark = m[0]
		if v, err := strconv.Atoi(m[1]); err == nil {
			n, style = v, '1'
		} else if m[1] >= "a" {
			n, style = int(m[1][0]-'a')+1, 'a'
		} else {
			n, style = int(m[1][0]-'A')+1, 'A'
		}
	} else {
		return false
	}
	x := r.x0()
	depth := len(w.lists)
	for depth > 0 && w.lists[depth-1].x > x+0.5*r.size() {
		depth--
	}
	fits := depth > 0 && math.Abs(w.lists[depth-1].x-x) <= 0.5*r.size()+2 && w.lists[depth-1].style == style
	if fits && n > 0 && n != w.lists[depth-1].number+1 {
		fits = false
	}
	if n > 1 && !fits {
		return false // "3. Quarter" is no third item where nothing is a second
	}
	if style != 0 && style != '1' && !fits && w.kind == paragraph && endsOpen(w.last.text()) {
		return false // an initial, as in "A. Smith"
	}
	w.end()
	w.lists = w.lists[:depth]
	if !fits {
		if depth > 0 && math.Abs(w.lists[depth-1].x-x) <= 0.5*r.size()+2 {
			w.lists = w.lists[:depth-1]
			depth--
		}
		list := draft.Element(atom.Ul)
		if n > 0 {
			list = draft.Element(atom.Ol)
			if style != '1' {
				list = draft.With(list, "type", string(rune(style)))
			}
		}
		if depth > 0 {
			w.lists[depth-1].item.AppendChild(list)
		} else {
			w.root.AppendChild(list)
		}
		w.lists = append(w.lists, openList{x: x, node: list, style: style})
		depth++
	}
	list := &w.lists[depth-1]
	list.number = n
	list.item = draft.Element(atom.Li)
	list.node.AppendChild(list.item)

	w.begin(item, r)
	w.item = list.item
	cut := len(mark)
	for i := range w.pieces {
		n := min(cut, len(w.pieces[i].text))
		w.pieces[i].text = w.pieces[i].text[n:]
		cut -= n
	}
	return true
}

// table writes the rows at the beginning that are a table's: two or more whose segments
// stand below one another. It returns how many these are.
func (w *writer) table(rows []row) int {
	if len(rows[0].segments) < 2 || rows[0].all(isMono) {
		return 0
	}
	n, several := 0, 0
	var columns []span
	for _, r := range rows {
		if n > 0 && (r.above == 0 || r.above > 3.5*r.size()) {
			break
		}
		wider := merged(columns, r)
		if !w.belongs(r, columns, wider) {
			break
		}
		if len(r.segments) > 1 {
			columns = wider
			several++
		}
		n++
	}
	for n > 0 && len(rows[n-1].segments) == 1 && fitting(columns, rows[n-1].segments[0]) == 0 {
		n-- // the text after the table
	}
	if several < 2 || len(columns) < 2 {
		return 0
	}
	w.end()
	w.lists = nil
	w.writeTable(rows[:n], columns)
	return n
}

// belongs reports whether a row may stand in a table with these columns, or with wider
// ones if it has several cells itself.
func (w *writer) belongs(r row, columns, wider []span) bool {
	if len(r.segments) > 1 {
		return len(wider) >= max(2, len(columns)) && apart(wider, r)
	}
	return len(columns) > 0 && fitting(columns, r.segments[0]) >= 0 && r.above <= 2.2*r.size() && !isLarge(r.size(), w.body)
}

// span is what a column takes of a page's width.
type span struct{ x0, x1 float64 }

// merged are the columns when the segments of a row belong to them, too.
func merged(columns []span, r row) []span {
	all := slices.Clone(columns)
	for _, s := range r.segments {
		all = append(all, span{s.x0, s.x1})
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.x0, b.x0) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.x0 <= out[n-1].x1 {
			out[n-1].x1 = max(out[n-1].x1, s.x1)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// fitting is the column that a segment stands in; -1 for none, or several.
func fitting(columns []span, s segment) int {
	found := -1
	for i, c := range columns {
		if s.x0 < c.x1 && s.x1 > c.x0 {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// apart reports whether each segment of a row has a column of its own.
func apart(columns []span, r row) bool {
	seen := make(map[int]bool)
	for _, s := range r.segments {
		i := fitting(columns, s)
		if i < 0 || seen[i] {
			return false
		}
		seen[i] = true
	}
	return true
}

func (w *writer) writeTable(rows []row, columns []span) {
	type cells [][]piece
	var lines []cells
	header := rows[0].all(isBold) && !rows[len(rows)-1].all(isBold)
	for i, r := range rows {
		// The rest of a cell of the row before.
		rest := i > 0 && r.above < 1.45*r.size() && fitting(columns, r.segments[0]) > 0
		if !rest {
			lines = append(lines, make(cells, len(columns)))
		}
		line := lines[len(lines)-1]
		for _, s := range r.segments {
			at := fitting(columns, s)
			if at < 0 {
				continue
			}
			pieces := slices.Clone(s.pieces)
			if n := len(line[at]); n > 0 && !w.mend(&line[at][n-1], pieces) {
				line[at][n-1].text += " "
			}
			line[at] = append(line[at], pieces...)
		}
	}
	table := draft.Element(atom.Table)
	for i, line := range lines {
		tr := draft.Element(atom.Tr)
		for _, pieces := range line {
			if header && i == 0 {
				tr.AppendChild(draft.Element(atom.Th, htmltree.Text(strings.TrimSpace(piecesText(pieces)))))
			} else {
				tr.AppendChild(draft.Element(atom.Td, inline(pieces)...))
			}
		}
		table.AppendChild(tr)
	}
	w.root.AppendChild(table)
}
