package choose

import (
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// How much a part may tell where its name alone says that it is for something else, and little inside of it agrees.
const (
	muchOfLoose  = 60  // its name only describes what it is: profile-review
	muchUnlinked = 100 // it leads around the site, but has hardly any link
)

// doubt takes the roles off the parts whose names are belied by what stands in them: a name is evidence like any
// other. What most parts show that go by a name holds for all of them.
func (l Page) doubt() {
	type votes struct{ belied, of int }
	names := map[string]votes{}
	for i := 1; i < len(l); i++ {
		if !l.isCalled(i) {
			continue
		}
		v := names[l.nameOf(i)]
		if v.of++; l.belies(i) {
			v.belied++
		}
		names[l.nameOf(i)] = v
	}
	for i := 1; i < len(l); i++ {
		if l.isCalled(i) {
			if v := names[l.nameOf(i)]; v.belied*2 > v.of {
				l[i].role = unknown
			}
		}
	}
}

// nameOf returns what a part goes by: the word that gives it its role, with its class where different things
// go by the word.
func (l Page) nameOf(at int) string {
	if l[at].role == person {
		return l[at].by
	}
	return l[at].by + " " + htmltree.Attr(l[at].node, "class")
}

// isCalled reports whether a part has its role by a name that its author gave it.
func (l Page) isCalled(at int) bool {
	p := &l[at]
	return p.role != unknown && p.role != consent && p.by != "role" && p.by[0] != '<'
}

// belies reports whether what stands in a part, and where it stands, speaks against its name.
func (l Page) belies(at int) bool {
	p := &l[at]
	switch {
	case p.role == discussion:
		return !l.holds(at, isOfRemark) && l.inMidst(at)
	case p.role == person:
		return !l.holds(at, isOfPerson) && !l.endsText(at) && (l.beginsSection(at) || l.inMidst(at))
	case p.loose && p.told() > muchOfLoose && l.inMidst(at),
		p.role == navigation && p.told() > muchUnlinked && p.linked*4 < p.words && l.inMidst(at),
		l.holds(at, func(n *html.Node) bool { return n.DataAtom == atom.Pre }):
		return true
	}
	return !(p.role == navigation && p.leads()) && l.holds(at, func(n *html.Node) bool { return n.DataAtom == atom.H1 })
}

// inMidst reports whether a good part of what the page tells comes before a part, and behind it: menus, sidebars
// and footers stand at the edges of a page.
func (l Page) inMidst(at int) bool {
	before := 0
	for i := at; i > 0; i = l[i].parent {
		for j := l[i].parent + 1; j < i; j = l[j].end {
			before += l[j].told()
		}
	}
	return before*7 > l[0].told() && (l[0].told()-before-l[at].told())*7 > l[0].told()
}

// holds reports whether a part, or something in it, is as match says.
func (l Page) holds(at int, match func(*html.Node) bool) bool {
	for i := at; i < l[at].end; i++ {
		if match(l[i].node) {
			return true
		}
	}
	return false
}

// endsText reports whether a part ends what it stands in, behind a text: a forum's post with the signature of who
// wrote it. What stands between a heading and its text does not.
func (l Page) endsText(at int) bool {
	const (
		within = 3 // elements, one in the other
		text   = 15
	)
	inner := at
	for up, n := l[at].parent, 0; up > 0 && n < within; inner, up, n = up, l[up].parent, n+1 {
		for next := l[inner].end; next < l[up].end; next = l[next].end {
			if l[next].words > 0 {
				return false
			}
		}
		if l[up].words-l[at].words > text {
			return true
		}
		if htmltree.IsElement(l[up].node, atom.Section, atom.Li, atom.Article) {
			return false
		}
	}
	return false
}

// beginsSection reports whether a part is the first of a section, or the first below its heading.
func (l Page) beginsSection(at int) bool {
	above := 0
	for i := l[at].parent + 1; i < at; i = l[i].end {
		if l[i].words > 0 {
			above = i
		}
	}
	if above == 0 {
		return l[l[at].parent].node.DataAtom == atom.Section
	}
	return htmltree.IsElement(l[above].node, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6)
}

// isOfPerson reports whether n is what a box about a person has: a picture, a date, a link to more of theirs.
func isOfPerson(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Img, atom.Picture, atom.Svg, atom.Time:
		return true
	case atom.A:
		return htmltree.HasWord(htmltree.Attr(n, "rel"), "author") || leadsToPerson(htmltree.Attr(n, "href"))
	}
	return false
}

// leadsToPerson reports whether an address is of a person: /authors/ada, mailto:ada@example.com, /member.php?u=7.
func leadsToPerson(href string) bool {
	href = strings.ToLower(href)
	if strings.HasPrefix(href, "mailto:") {
		return true
	}
	before, query, _ := strings.Cut(href, "?")
	if htmltree.NameSays(query, "profile", "user") {
		return true
	}
	dir, _ := path.Split(strings.TrimRight(before, "/"))
	for part := range strings.SplitSeq(dir, "/") {
		if strings.HasPrefix(part, "@") {
			return true
		}
		switch part {
		case "author", "authors", "user", "users", "profile", "profiles", "member", "members", "people", "person", "team", "staff",
			"contributor", "contributors", "by", "u", "in", "www.linkedin.com", "twitter.com", "x.com":
			return true
		}
	}
	return false
}

// isOfRemark reports whether n is what a reader's remark has: who wrote it and when, and how to answer.
func isOfRemark(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Img, atom.Time, atom.Form, atom.Textarea, atom.Button, atom.Input:
		return true
	}
	return htmltree.NameSays(strings.ToLower(htmltree.Attr(n, "class")), "user", "author", "date", "time", "avatar", "reply", "vote")
}
