package extract

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// layout is the elements of a page that a reader sees, in document order, with
// what is needed to choose among them. The first is the page's body.
type layout []part

// part is an element and what stands in it.
type part struct {
	node   *html.Node
	parent int // the element around it
	end    int // the first element after it that isn't inside it
	before int // words of the page that come before it

	words  int // inside
	linked int // those of them that are links
	worth  int // of the texts inside, see run.worth

	name string // by which its role was told
	role role
	out  role // why it was pruned; unknown where it was not
}

// told is how many words inside are no links.
func (p *part) told() int { return p.words - p.linked }

// leads tells whether much of what is inside are links.
func (p *part) leads() bool { return p.linked*3 > p.words }

// measure walks over body.
func (c *cleaner) measure(body *html.Node) layout {
	elements := 1
	for n := range below(body) {
		if n.Type == html.ElementNode {
			elements++
		}
	}
	m := measurer{cleaner: c, parts: make(layout, 0, elements)}
	m.element(body, 0, false, false)
	return m.parts
}

// measurer is a walk over a page.
type measurer struct {
	*cleaner
	parts layout
	words int // read so far
	run   run // the text that is being read
	block int // the part that it stands in
}

// run is text that nothing breaks: a paragraph, an item, a label.
type run struct {
	words, linked int
	data          bool // of a table or of code, where few words tell much
}

// worth is how much a text tells. A word tells as much as a linked one leads
// away, and a few words alone are a label.
func (r run) worth() int {
	const label = 8
	worth := r.words - 2*r.linked
	if r.data {
		return worth
	}
	return worth - label
}

// element reads n and what is inside.
func (m *measurer) element(n *html.Node, parent int, link, data bool) {
	at := len(m.parts)
	named, name := roleOf(n)
	m.parts = append(m.parts, part{node: n, parent: parent, before: m.words, role: named, name: name})
	switch n.DataAtom {
	case atom.A:
		link = link || hasAttr(n, "href")
	case atom.Pre, atom.Code, atom.Td, atom.Th, atom.Dt, atom.Dd, atom.Math:
		data = true
	}
	around, breaks := m.block, isBlockName(n.DataAtom) || n.DataAtom == atom.Br || n.DataAtom == 0
	if breaks {
		m.endRun()
		m.block = at
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			m.text(at, wordsIn(child.Data), link, data)
		case html.ElementNode:
			if !m.unseen(child) {
				m.element(child, at, link, data)
			}
		}
	}
	if breaks {
		m.endRun()
		m.block = around
	}
	p := &m.parts[at]
	p.end = len(m.parts)
	if at > 0 {
		above := &m.parts[parent]
		above.words += p.words
		above.linked += p.linked
		above.worth += p.worth
	}
}

func (m *measurer) text(at, words int, link, data bool) {
	m.words += words
	m.run.words += words
	m.parts[at].words += words
	if link {
		m.run.linked += words
		m.parts[at].linked += words
	}
	if words > 0 {
		m.run.data = data
	}
}

func (m *measurer) endRun() {
	if m.run.words > 0 {
		m.parts[m.block].worth += m.run.worth()
		m.run = run{}
	}
}

// unseen tells of elements whose text a reader does not see, or only to operate
// the page.
func (c *cleaner) unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Select, atom.Textarea, atom.Datalist,
		atom.Head, atom.Dialog, atom.Iframe, atom.Object:
		return true
	}
	return c.isHidden(n) && !c.shown[n]
}

// drop prunes a part: the page is measured as if it were empty.
func (l layout) drop(at int, why role) {
	gone := l[at]
	for i := at; ; i = l[i].parent {
		l[i].words -= gone.words
		l[i].linked -= gone.linked
		l[i].worth -= gone.worth
		if i == 0 {
			break
		}
	}
	for i := at + 1; i < gone.end; i++ {
		l[i].words, l[i].linked, l[i].worth, l[i].out = 0, 0, 0, unknown
	}
	l[at].out = why
}

// pruned returns the elements inside a part that were pruned.
func (l layout) pruned(within int) map[*html.Node]bool {
	nodes := map[*html.Node]bool{}
	for i := within + 1; i < l[within].end; i++ {
		if l[i].out != unknown {
			nodes[l[i].node] = true
		}
	}
	return nodes
}

// without says what was pruned inside a part, for people.
func (l layout) without(within int) string {
	var why []string
	for i := within + 1; i < l[within].end; i++ {
		if out := l[i].out.String(); l[i].out != unknown && !slices.Contains(why, out) {
			why = append(why, out)
		}
	}
	slices.Sort(why)
	return strings.Join(why, ", ")
}

// wordsIn counts words; of scripts that set no spaces between them, letters.
func wordsIn(text string) int { return countWords(text, math.MaxInt) }

// countWords counts words as [wordsIn] does, and stops at most.
func countWords(text string, most int) int {
	words, inside := 0, false
	for i := 0; i < len(text) && words < most; {
		if b := text[i]; b < utf8.RuneSelf {
			if b <= ' ' {
				inside = false
			} else if !inside && ('0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z') {
				words, inside = words+1, true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			inside = false
		case r >= '\u0e00' && isUnspaced(r):
			words, inside = words+1, false
		case !inside:
			words, inside = words+1, true
		}
		i += size
	}
	return words
}

func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
