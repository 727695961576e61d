package choose

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// title returns the first-level heading that is the page's title; 0 where none is.
func (l Page) title(isTitle func(*html.Node) bool) int {
	for i := 1; i < len(l); i++ {
		if l[i].node.DataAtom == atom.H1 && l[i].words > 0 && isTitle(l[i].node) {
			return i
		}
	}
	return 0
}

// titled returns what is the content of a page with a title, where at is what it marks as that. Where a text
// stands under the title, a list of teasers beside it is none, whatever is marked.
func (l Page) titled(at, title int, how string) (int, string) {
	under := title // the largest part around the title that is not around what is marked, too
	if title < at || title >= l[at].end {
		for up := l[title].parent; !l.isAround(up, at); up = l[up].parent {
			under = up
		}
		if l[under].told()-l[title].told() >= FewWords && l[under].worth > 0 && l.areTeasers(at, 0) {
			return under, "under the title"
		}
		return at, how
	}
	for up := l[title].parent; up > at; up = l[up].parent {
		if l[up].node.DataAtom == atom.Article {
			under = up
		}
	}
	if under != title && l[under].told()-l[title].told() >= FewWords && l.areTeasers(at, under) {
		return under, "article with the title"
	}
	return at, how
}

func (l Page) isAround(outer, inner int) bool { return outer <= inner && inner < l[outer].end }

// areTeasers reports whether a part, without another inside it, lists other pages: most of its headings are
// links.
func (l Page) areTeasers(at, without int) bool {
	const few = 3
	headings, linked := 0, 0
	for i := at + 1; i < l[at].end; i++ {
		if i == without {
			i = l[i].end - 1
			continue
		}
		p := &l[i]
		if !htmltree.IsHeading(p.node.DataAtom) || p.words == 0 {
			continue
		}
		headings++
		if p.linked == p.words || htmltree.IsElement(l[p.parent].node, atom.A) {
			linked++
		}
	}
	return linked >= few && linked*4 >= headings*3
}
