package pdf

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// setting is the layout of a whole document: the rows of its pages.
type setting struct {
	pages [][]row
}

// article derives the structure of a document from its layout. Larger text is a heading, text after a bullet
// is an item, and so on. outline has the levels of the headings in the document's own table of contents.
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

// bodySize returns the font size of most of the text.
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

// words returns the words of the whole document. They show whether a hyphen at the end of a line is part of
// its word.
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

// writer writes rows as HTML. Something that is open may continue in the next row.
type writer struct {
	root    *html.Node
	outline map[string]int
	body    float64
	levels  map[float64]int
	words   map[string]bool

	pieces []piece // of the open paragraph, heading or item
	kind   kind    // of what is open
	level  int     // of an open heading
	large  int     // level of the last heading in a large font
	last   row     // last row of what is open
	start  float64 // x of the first row of what is open
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

// write writes what the rows begin with, and returns how many rows that took.
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

// append adds a row to what is open, and joins a word that is divided between the lines.
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

// mend joins the end of a line with the next one if no space belongs between them.
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
		joined := (last == '-' || last == '/') && unicode.IsLetter(first)
		return joined && len(before.text) > size && !strings.HasSuffix(before.text, " -")
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

// needsNoSpace reports whether r belongs to a script without spaces between words, or to its punctuation.
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

// goesOn reports whether a row continues the open paragraph.
func (w *writer) goesOn(r row) bool {
	before := w.last
	if math.Abs(r.size()-before.size()) > 0.1*before.size() || len(r.segments) != 1 || len(before.segments) != 1 {
		return false
	}
	sameWeight := r.all(isBold) == before.all(isBold)
	if !sameWeight && (len(before.text()) < 60 || r.all(isBold)) && !endsOpen(before.text()) {
		return false
	}
	if r.page != before.page || r.above == 0 { // on the next page or in the next column
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
		text := strings.TrimRight(piecesText(w.pieces), "\n ")
		w.root.AppendChild(draft.Element(atom.Pre, draft.Element(atom.Code, htmltree.Text(text))))
	}
	w.kind, w.pieces, w.item = nothing, nil, nil
}

func piecesText(pieces []piece) string { return segment{pieces: pieces}.text() }

// inline returns pieces as HTML with their emphasis.
func inline(pieces []piece) []*html.Node {
	var nodes []*html.Node
	for i := 0; i < len(pieces); {
		look, said := pieces[i], ""
		for ; i < len(pieces) && pieces[i].looksLike(look); i++ {
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
		indent := min(int(math.Round((s.x0-w.start)/wide)), 80)
		text := strings.Repeat("\n", lines) + strings.Repeat(" ", indent) + s.text()
		w.pieces = append(w.pieces, piece{text: text})
		w.last = r
		return
	}
	w.end()
	w.kind, w.start, w.last = code, s.x0, r
	w.pieces = []piece{{text: s.text()}}
}

// indented indents a line of code.
func indented(line string, by int) string {
	breaks := len(line) - len(strings.TrimLeft(line, "\n"))
	return line[:breaks] + strings.Repeat(" ", max(0, min(by, 80))) + line[breaks:]
}
