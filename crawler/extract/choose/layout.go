package choose

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Page is the elements of a page that a reader sees, in document order, with
// what is needed to choose among them. The first is the page's body.
type Page []part

// part is an element and what stands in it.
type part struct {
	node   *html.Node
	parent int // the element around it
	end    int // the first element after it that isn't inside it
	before int // words of the page that come before it

	words  int // inside
	linked int // those of them that are links
	worth  int // of the texts inside, see run.worth

	called
	out role // why it was pruned; unknown where it was not
}

// told is how many words inside are no links.
func (p *part) told() int { return p.words - p.linked }

// leads tells whether much of what is inside are links.
func (p *part) leads() bool { return p.linked*3 > p.words }

// Words is how many words of the page are no links.
func (l Page) Words() int { return l[0].told() }

// Measure walks over body. unseen reports whether a reader does not see the text of an
// element, or only to operate the page.
func Measure(body *html.Node, unseen func(*html.Node) bool) Page {
	elements := 1
	for n := range htmltree.Below(body) {
		if n.Type == html.ElementNode {
			elements++
		}
	}
	m := measurer{unseen: unseen, parts: make(Page, 0, elements)}
	m.element(body, 0, false, false)
	return m.parts
}

// measurer is a walk over a page.
type measurer struct {
	unseen func(*html.Node) bool
	parts  Page
	words  int // read so far
	run    run // the text that is being read
	block  int // the part that it stands in
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
	m.parts = append(m.parts, part{node: n, parent: parent, before: m.words, called: roleOf(n)})
	switch n.DataAtom {
	case atom.A:
		link = link || htmltree.HasAttr(n, "href")
	case atom.Pre, atom.Code, atom.Td, atom.Th, atom.Dt, atom.Dd, atom.Math:
		data = true
	}
	around, breaks := m.block, htmltree.IsBlockName(n.DataAtom) || n.DataAtom == atom.Br || n.DataAtom == 0
	if breaks {
		m.endRun()
		m.block = at
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			m.text(at, htmltree.WordsIn(child.Data), link, data)
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

// drop prunes a part: the page is measured as if it were empty.
func (l Page) drop(at int, why role) {
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
func (l Page) pruned(within int) map[*html.Node]bool {
	nodes := map[*html.Node]bool{}
	for i := within + 1; i < l[within].end; i++ {
		if l[i].out != unknown {
			nodes[l[i].node] = true
		}
	}
	return nodes
}

// without says what was pruned inside a part, for people.
func (l Page) without(within int) string {
	var why []string
	for i := within + 1; i < l[within].end; i++ {
		if out := l[i].out.String(); l[i].out != unknown && !slices.Contains(why, out) {
			why = append(why, out)
		}
	}
	slices.Sort(why)
	return strings.Join(why, ", ")
}

// FewWords is what a page has that is empty until its scripts have run, and what
// a text has at least that can stand by itself.
const FewWords = 50
