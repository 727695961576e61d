package choose

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// prune drops the parts that are for something else than telling: by what they
// are called, by the line that they begin with, and what readers say about the
// page. What is most of the page stays, whatever it is called.
func (l Page) prune(forum bool) {
	told := l.called()
	l.doubt()
	l.pruneCalled(told)
	l.pruneBuilt()
	if !forum {
		l.pruneTeasers()
	}
	l.pruneAnnounced(forum)
	l.pruneTalk(forum)
	if forum {
		l.pruneRecurring()
	}
}

// Navigation returns what leads around the site inside a body that was found by other means: menus, breadcrumbs,
// links to what comes next, where links are most of what it says.
func Navigation(body *html.Node, unseen func(*html.Node) bool) map[*html.Node]bool {
	page := Measure(body, unseen)
	page.doubt()
	for i := 1; i < len(page); i++ {
		if p := &page[i]; p.role == navigation && p.words > 0 && p.linked*3 >= p.words*2 && p.words*2 < page[0].words {
			end := p.end
			page.drop(i, navigation)
			i = end - 1
		}
	}
	return page.pruned(0)
}

// How much a part may tell and still be taken for what it is called.
const (
	muchOfNavigation = 300
	muchOfAsides     = 100
)

func (l Page) pruneCalled(called map[string]int) {
	all := l[0]
	for i := 1; i < len(l); i++ {
		p := &l[i]
		rules := called[p.by]*3 > all.told() || p.words*2 > all.words // it is the name of the content
		var out bool
		switch {
		case p.role == unknown || p.role == discussion:
			continue
		case p.node.DataAtom == atom.Nav:
			out = true
		case p.role == consent:
			out = p.words*10 < all.words*9
		case p.role != aside && p.by[0] == '<':
			out = p.words*4 < all.words*3
		case p.role == navigation, p.role == appeal:
			out = !rules && p.told() < muchOfNavigation
		default:
			out = !rules && (p.told() < muchOfAsides || p.worth <= 0)
		}
		if out {
			l.drop(i, p.role)
			i = p.end - 1
		}
	}
}

// called returns how much the parts tell together that go by each of the names
// that have a role.
func (l Page) called() map[string]int {
	told, until := map[string]int{}, map[string]int{}
	for i := range l {
		if p := &l[i]; p.role != unknown && i >= until[p.by] {
			told[p.by] += p.told()
			until[p.by] = p.end
		}
	}
	return told
}

// pruneTalk drops what readers say about a text that can stand by itself. In a
// forum they say the text itself; only remarks on the posts are less than they.
func (l Page) pruneTalk(forum bool) {
	talk := 0
	for i := 0; i < len(l); i++ {
		if l[i].role == discussion {
			talk += l[i].told()
			i = l[i].end - 1
		}
	}
	needed := FewWords
	if forum {
		needed = l[0].told() / 2
	}
	if l[0].told()-talk <= needed {
		return
	}
	for i := 1; i < len(l); i++ {
		if l[i].role == discussion {
			end := l[i].end
			l.drop(i, discussion)
			i = end - 1
		}
	}
}
