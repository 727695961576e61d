package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/choose"
	"github.com/fincrawl/fincrawl/internal/htmltree"
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
	page := choose.Measure(body, c.unseen)
	if page.Words() < choose.FewWords && c.wait(body) {
		page = choose.Measure(body, c.unseen)
	}
	head := d.head()
	content, c.pruned, how = page.Content(isForum(d.URL), func(h *html.Node) bool { return head.names(htmltree.TextOf(h)) })
	return c.clean([]*html.Node{content}), how
}

func (d *Document) find(match func(*html.Node) bool) *html.Node {
	for n := range htmltree.Below(d.node()) {
		if n.Type == html.ElementNode && match(n) {
			return n
		}
	}
	return nil
}

// isForum tells by its address whether a page is a thread.
func isForum(u *url.URL) bool {
	separates := func(r rune) bool { return r < 'a' || r > 'z' }
	for word := range strings.FieldsFuncSeq(strings.ToLower(u.Host+u.Path), separates) {
		switch word {
		case "forum", "forums", "community", "bbs", "thread", "threads", "showthread", "topic", "viewtopic", "questions", "answers",
			"discuss", "discussion", "discussions":
			return true
		}
	}
	return false
}
