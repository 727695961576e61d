package choose

import (
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// pruneBuilt drops what is told by how it is built, in any language and whatever it is called: lists of the page's
// own headings, questions that buttons answer, forms that ask for an address of mail, links that hand the page on.
func (l Page) pruneBuilt() {
	all := l[0].told()
	headings := sync.OnceValue(l.headings) // few pages list any
	for i := 1; i < len(l); i++ {
		at, said := 0, unknown
		switch p := &l[i]; {
		case isControl(p.node):
			at, said = l.asked(i), appeal
		case p.node.DataAtom == atom.A && handed(htmltree.Attr(p.node, "href")) != "":
			at, said = l.sharedAt(i), appeal
		case htmltree.IsElement(p.node, atom.Ul, atom.Ol) && p.words > 0 && p.linked == p.words && l.listsHeadings(i, headings):
			at, said = l.withLabel(i, wordsOfLabel), navigation
			if l[at].words == p.words {
				continue // a text may begin with what it is about
			}
		}
		if at > 0 && all-l[at].told() >= FewWords {
			end := l[at].end
			l.drop(at, said)
			i = max(i, end-1)
		}
	}
}

// maxBuilt is the largest number of elements of what is told by how it is built, so that a page of nothing but
// controls costs no more than others.
const maxBuilt = 200

// How many words stand with what is for something else.
const (
	wordsOfLabel = 4  // above a list
	wordsOfShare = 12 // in links that hand a page on, with their label
	wordsOfVote  = 25 // in a question to readers, with its answers
	wordsOfOffer = 60 // around a field for an address of mail
)

// headings returns the texts of the page's headings.
func (l Page) headings() map[string]bool {
	texts := map[string]bool{}
	for i := 1; i < len(l); i++ {
		if htmltree.IsHeading(l[i].node.DataAtom) && l[i].words > 0 {
			texts[bareLine(htmltree.TextOf(l[i].node))] = true
		}
	}
	return texts
}

// listsHeadings reports whether the links of a list lead to places on the page that are called the same.
func (l Page) listsHeadings(list int, headings func() map[string]bool) bool {
	const few = 3
	links, same := 0, 0
	for i := list + 1; i < l[list].end; i++ {
		n := l[i].node
		if n.DataAtom != atom.A {
			continue
		}
		if !strings.Contains(htmltree.Attr(n, "href"), "#") {
			return false
		}
		if links++; headings()[bareLine(htmltree.TextOf(n))] {
			same++
		}
	}
	return links >= few && same == links
}

// withLabel returns the largest part around another one that has no more than a few words beside it.
func (l Page) withLabel(at, words int) int {
	for up := l[at].parent; up > 0 && l[up].words-l[at].words <= words && !isFrame(l[up].node); up = l[up].parent {
		at = up
	}
	return at
}

func isFrame(n *html.Node) bool {
	return htmltree.IsElement(n, atom.Body, atom.Main, atom.Article, atom.Table, atom.Tbody, atom.Tr, atom.Td, atom.Li)
}

// isControl reports whether a reader presses n, or writes an address of mail into it.
func isControl(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Button:
		return !htmltree.HasAttr(n, "aria-expanded") && htmltree.Attr(n, "role") != "tab"
	case atom.Input:
		switch strings.ToLower(htmltree.Attr(n, "type")) {
		case "email", "button", "submit", "radio":
			return true
		}
	}
	return false
}

// asked returns the part around a control that asks readers something: whether the page helped them, or for their
// address. It returns 0 where none does.
func (l Page) asked(control int) int {
	if strings.EqualFold(htmltree.Attr(l[control].node, "type"), "email") {
		at := l.withLabel(control, wordsOfOffer)
		if at == control || l[at].end-at > maxBuilt || l[at].words > wordsOfOffer || l.holds(at, func(n *html.Node) bool { return htmltree.Attr(n, "type") == "password" }) {
			return 0
		}
		return at
	}
	for up, n := l[control].parent, 0; up > 0 && n < 5 && l[up].end-up <= maxBuilt && l[up].words <= wordsOfVote && !isFrame(l[up].node); up, n = l[up].parent, n+1 {
		controls := 0
		for i := up; i < l[up].end; i++ {
			if isControl(l[i].node) {
				controls++
			}
		}
		if controls < 2 {
			continue
		}
		for i := up; i < l[up].end; i++ {
			if isQuestion(l[i].node) && !isControl(l[i].node) {
				return up
			}
		}
	}
	return 0
}

// isQuestion reports whether n begins with a text that is a question.
func isQuestion(n *html.Node) bool {
	for child := range n.ChildNodes() {
		if child.Type == html.TextNode && !htmltree.IsBlank(child.Data) {
			text := strings.TrimSpace(child.Data)
			return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
		}
	}
	return false
}

// handed returns the address that a link hands on to another site, and "mail" where it begins a mail to nobody:
// both share a page. It returns "" for other links.
func handed(href string) string {
	if strings.HasPrefix(href, "mailto:?") {
		return "mail"
	}
	_, query, ok := strings.Cut(href, "?")
	if !ok || !strings.HasPrefix(href, "http") {
		return ""
	}
	query = strings.NewReplacer("%3A", ":", "%3a", ":", "%2F", "/", "%2f", "/").Replace(query)
	_, address, ok := strings.Cut(query, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(address, "&?% +#"); end >= 0 {
		address = address[:end]
	}
	return strings.TrimRight(address, "/")
}

// sharedAt returns the largest part around a link that shares the page in which all links do; 0 where it is the only
// one.
func (l Page) sharedAt(link int) (at int) {
	shared := ""
	for up := l[link].parent; up > 0 && l[up].end-up <= maxBuilt && l[up].words <= wordsOfShare && !isFrame(l[up].node); up = l[up].parent {
		links := 0
		for i := up; i < l[up].end; i++ {
			if l[i].node.DataAtom != atom.A {
				continue
			}
			switch address := handed(htmltree.Attr(l[i].node, "href")); {
			case address == "", address != "mail" && shared != "" && address != shared:
				return at
			case address != "mail":
				shared = address
			}
			links++
		}
		if links > 1 {
			at = up
		}
	}
	return at
}
