// Package choose finds the content of a page that no preset and no setting describes.
//
// It measures every element that a reader sees ([Measure]): how many words it has, how many
// of them are links, and what it is for by its name. From that it leaves out what is no part
// of the text, and chooses the element that holds the rest ([Page.Content]).
package choose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Content returns the element of a measured page that is its content, the elements inside
// it that are for something else, and how it was found, for people. forum reports whether
// the page is a thread, where comments are the text. isTitle reports whether a first-level
// heading is the page's title. The page is measured anew to be asked again.
func (l Page) Content(forum bool, isTitle func(*html.Node) bool) (content *html.Node, pruned map[*html.Node]bool, how string) {
	l.prune(forum)
	title := l.title(isTitle)
	at, how := l.marked(title)
	if title > 0 && !forum {
		at, how = l.titled(at, title, how)
	}
	if most := l.densest(at); most != at {
		at, how = most, how+", narrowed"
	}
	if without := l.without(at); without != "" {
		how += ", without " + without
	}
	return l[at].node, l.pruned(at), how
}

// marked returns what the page marks as its content, or the whole of it. title is the heading that is the
// page's title; 0 where that is not known.
func (l Page) marked(title int) (at int, how string) {
	isMain := func(n *html.Node) bool { return n.DataAtom == atom.Main || htmltree.Attr(n, "role") == "main" }
	isArticle := func(n *html.Node) bool {
		return n.DataAtom == atom.Article || htmltree.Attr(n, "itemprop") == "articleBody"
	}

	at, how = 0, "body"
	if main, of := l.richest(0, title, isMain); main > 0 && (l[main].told()*4 > l[0].told() ||
		(of == 1 || title > 0 && l.isAround(main, title)) && l[main].told()*10 > l[0].told()) {
		at, how = main, "main"
	}
	// Where posts or teasers are articles, none of them has nearly all.
	if article, _ := l.richest(at, 0, isArticle); article > 0 && l[article].told()*4 > l[at].told()*3 {
		return article, "article"
	}
	if at > 0 {
		return at, how
	}
	if known, _ := l.richest(0, 0, isContentName); known > 0 && l[known].told()*3 > l[0].told() {
		return known, "content"
	}
	return at, how
}

// richest returns the part inside another that tells the most of those that
// match, and how many match; 0 is none. One that has the page's title and a text goes before others.
func (l Page) richest(within, title int, match func(*html.Node) bool) (best, of int) {
	titled := 0
	for i := within + 1; i < l[within].end; i++ {
		if match(l[i].node) {
			of++
			if title > i && title < l[i].end && l[i].told() >= FewWords {
				titled = i
			}
			if l[i].told() > l[best].told() || best == 0 && l[i].told() > 0 {
				best = i
			}
		}
	}
	if best > 0 && l[best].told() == 0 {
		best = 0
	}
	if titled > 0 && l.areTeasers(best, 0) {
		best = titled
	}
	return best, of
}

// isContentName tells of the names that content goes by.
func isContentName(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "id":
			switch a.Val {
			case "content", "main", "main-content", "maincontent", "mw-content-text", "bodyContent", "article", "page-content":
				return true
			}
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				switch class {
				case "markdown-body", "entry-content", "post-content", "article-content", "article-body", "article__body", "main-content", "page-content", "rst-content", "theme-doc-markdown":
					return true
				}
			}
		}
	}
	return false
}

// densest returns the part inside another, or that one, which is worth the most.
// It has nearly all that is told; what stands around it leads elsewhere.
func (l Page) densest(within int) (best int) {
	const worthwhile = 20
	all := l[within]
	best = within
	for i := within + 1; i < all.end; i++ {
		p := &l[i]
		if p.worth > l[best].worth && p.worth >= all.worth+worthwhile && p.told()*20 >= all.told()*17 && p.words*2 >= all.words {
			best = i
		}
	}
	if best != within && l.tellsBeside(within, best) {
		return within
	}
	return best
}

// tellsBeside reports whether what of a part stands outside of another inside it tells something of its own: has
// code, terms or the cells of a table, or is like the other, which is one of several then.
func (l Page) tellsBeside(within, inner int) bool {
	const (
		much = 5  // words
		few  = 50 // one in so many
	)
	data := 0
	for at := inner; at != within; at = l[at].parent {
		for beside := l[at].parent + 1; beside < l[l[at].parent].end; beside = l[beside].end {
			if beside == at || l[beside].told() <= much {
				continue
			}
			if areAlike(l[at].node, l[beside].node) && l[beside].told()*few > l[within].told() {
				return true
			}
			for i := beside; i < l[beside].end; i++ {
				if htmltree.IsElement(l[i].node, atom.Pre, atom.Code, atom.Td, atom.Dt, atom.Dd) {
					data += l[i].told()
					i = l[i].end - 1
				}
			}
		}
	}
	return data > much
}

// areAlike reports whether two elements beside each other are of one kind: sections, items, or the same class.
func areAlike(a, b *html.Node) bool {
	class := htmltree.Attr(a, "class")
	return a.DataAtom == b.DataAtom && class == htmltree.Attr(b, "class") &&
		(class != "" || htmltree.IsElement(a, atom.Section, atom.Li, atom.Details))
}
