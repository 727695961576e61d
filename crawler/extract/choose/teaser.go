package choose

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// maxTeasers is the largest number of teasers that stand behind a text.
const maxTeasers = 100

// pruneTeasers drops the teasers of other pages that stand behind a text: parts beside each other that are of
// one kind, each with a picture or a date, and each with one page that its heading leads to.
func (l Page) pruneTeasers() {
	var teasers []int
	text := l[0].told() // that is in no teaser
	for i := 1; i < len(l); i++ {
		if l[i].words == 0 || !l.isTeaser(i) {
			continue
		}
		for _, one := range l.alikeFrom(i) {
			teasers = append(teasers, one)
			text -= l[one].told()
			i = l[one].end - 1
		}
	}
	if text*3 < l[0].told()*2 || text < 2*FewWords || len(teasers) > maxTeasers {
		return // the page is there to list others
	}
	for k, one := range teasers {
		told := l.toldBefore(one)
		for _, other := range teasers[:k] {
			told -= l[other].told()
		}
		if told*3 >= text*2 {
			l.drop(one, aside)
			l.pruneEmptied(one)
		}
	}
}

// alikeFrom returns a teaser and those beside it that are like it, where there are some.
func (l Page) alikeFrom(first int) (all []int) {
	all = []int{first}
	for next := l[first].end; next < l[l[first].parent].end; next = l[next].end {
		switch {
		case l[next].words == 0:
		case areAlike(l[first].node, l[next].node) && l.isTeaser(next):
			all = append(all, next)
		default:
			return all[:len(all)*min(len(all)-1, 1)]
		}
	}
	return all[:len(all)*min(len(all)-1, 1)]
}

// isTeaser reports whether a part has a picture or a date, and a heading that leads to the only other page that
// it leads to.
func (l Page) isTeaser(at int) bool {
	const (
		most     = 120 // words
		headline = 3   // words, at least: those of a card that leads to a thing are its name
	)
	if l[at].words > most || l[at].end-at > maxBuilt || isFrame(l[at].node) && !htmltree.IsElement(l[at].node, atom.Article, atom.Li) {
		return false
	}
	pictured, titled, leads := false, false, ""
	for i := at; i < l[at].end; i++ {
		p := &l[i]
		switch p.node.DataAtom {
		case atom.Img, atom.Picture, atom.Time, atom.Video:
			pictured = pictured || !strings.HasSuffix(htmltree.Attr(p.node, "src"), ".svg")
		case atom.A:
			to := htmltree.Attr(p.node, "href")
			if strings.Contains(to, "#") || leads != "" && to != leads && p.words >= headline {
				return false
			}
			if leads == "" {
				leads = to
			}
		}
		if htmltree.IsHeading(p.node.DataAtom) && p.words >= headline && p.linked == p.words {
			titled = true
		}
	}
	return pictured && titled && leads != ""
}

// toldBefore is how many words that are no links come before a part.
func (l Page) toldBefore(at int) (told int) {
	for i := at; i > 0; i = l[i].parent {
		for j := l[i].parent + 1; j < i; j = l[j].end {
			told += l[j].told()
		}
	}
	return told
}

// pruneEmptied drops what is left around a part that was dropped, where that is a heading or a line.
func (l Page) pruneEmptied(at int) {
	outer := 0
	for up := l[at].parent; up > 0 && l[up].words <= 12 && !isFrame(l[up].node); up = l[up].parent {
		outer = up
	}
	if outer > 0 && l[outer].words > 0 {
		l.drop(outer, aside)
	}
}
