package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// choose finds the content of a page by itself, in one walk over its tree and a
// few over the list of what it measured:
//
//	measure ─ leave out what is no telling ─ what the page marks as its content ─ what of that tells the most
//
// See docs/adr/0015 for why it is none of the libraries of the field.
func (d *Document) choose(c *cleaner) (content *html.Node, how string) {
	body := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return c.clean(nil), "nothing"
	}
	page := c.measure(body)
	if page[0].told() < fewWords && c.wait(body) {
		page = c.measure(body)
	}
	page.prune(isForum(d.URL))
	at, how := page.marked()
	if most := page.densest(at); most != at {
		at, how = most, how+", narrowed"
	}
	c.pruned = page.pruned(at)
	if without := page.without(at); without != "" {
		how += ", without " + without
	}
	return c.clean([]*html.Node{page[at].node}), how
}

func (d *Document) find(match func(*html.Node) bool) *html.Node {
	for n := range below(d.node()) {
		if n.Type == html.ElementNode && match(n) {
			return n
		}
	}
	return nil
}

// marked returns what the page marks as its content, or the whole of it.
func (l layout) marked() (at int, how string) {
	isMain := func(n *html.Node) bool { return n.DataAtom == atom.Main || attr(n, "role") == "main" }
	isArticle := func(n *html.Node) bool { return n.DataAtom == atom.Article || attr(n, "itemprop") == "articleBody" }

	at, how = 0, "body"
	if main, of := l.richest(0, isMain); main > 0 && (l[main].told()*4 > l[0].told() || of == 1 && l[main].told()*10 > l[0].told()) {
		at, how = main, "main"
	}
	// Where posts or teasers are articles, none of them has nearly all.
	if article, _ := l.richest(at, isArticle); article > 0 && l[article].told()*4 > l[at].told()*3 {
		return article, "article"
	}
	if at > 0 {
		return at, how
	}
	if known, _ := l.richest(0, isContentName); known > 0 && l[known].told()*3 > l[0].told() {
		return known, "content"
	}
	return at, how
}

// richest returns the part inside another that tells the most of those that
// match, and how many match; 0 is none.
func (l layout) richest(within int, match func(*html.Node) bool) (best, of int) {
	for i := within + 1; i < l[within].end; i++ {
		if match(l[i].node) {
			of++
			if l[i].told() > l[best].told() || best == 0 && l[i].told() > 0 {
				best = i
			}
		}
	}
	if best > 0 && l[best].told() == 0 {
		best = 0
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
func (l layout) densest(within int) (best int) {
	const worthwhile = 20
	all := l[within]
	best = within
	for i := within + 1; i < all.end; i++ {
		p := &l[i]
		if p.worth > l[best].worth && p.worth >= all.worth+worthwhile && p.told()*20 >= all.told()*17 && p.words*2 >= all.words {
			best = i
		}
	}
	return best
}
