package extract

import (
	"fmt"
	"strings"
	"unicode"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// body returns the page's content as a clean tree, and which rule found it.
func (d *Document) body(c *cleaner, selector string) (content *html.Node, how string, err error) {
	if selector != "" {
		found, err := d.all(selector)
		if err != nil {
			return nil, "", fmt.Errorf("content.body: %w", err)
		}
		if len(found) == 0 {
			return c.clean(nil), "content.body matched nothing", nil
		}
		return c.clean(outermost(found)), "content.body", nil
	}
	pruning := &cleaner{base: c.base, prune: true}
	content, how = d.choose(pruning)
	return content, how, nil
}

// all returns the elements that selector matches, in document order.
func (d *Document) all(selector string) ([]*html.Node, error) {
	group, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil, fmt.Errorf("parse selector %q: %w", selector, err)
	}
	return cascadia.QueryAll(d.node(), group), nil
}

// outermost leaves out the nodes that stand inside others of them.
func outermost(nodes []*html.Node) []*html.Node {
	among := make(map[*html.Node]bool, len(nodes))
	for _, n := range nodes {
		among[n] = true
	}
	var outer []*html.Node
	for _, n := range nodes {
		if ancestor(n, func(p *html.Node) bool { return among[p] }) == nil {
			outer = append(outer, n)
		}
	}
	return outer
}

// choose finds the content of a page by itself: what the page marks as its
// article or main part, if that holds a sensible share of the text; else what
// readability finds; else everything but the page's furniture.
func (d *Document) choose(c *cleaner) (*html.Node, string) {
	body := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return c.clean(nil), "nothing"
	}
	total := countWords(body)
	if marked, how := d.marked(total); marked != nil {
		return c.clean(marked), how
	}
	if content := d.readable(c, total); content != nil {
		return content, "readability"
	}
	return c.clean([]*html.Node{body}), "body"
}

func (d *Document) find(match func(*html.Node) bool) *html.Node {
	for n := range d.node().Descendants() {
		if n.Type == html.ElementNode && match(n) {
			return n
		}
	}
	return nil
}

// marked returns what the page marks as its content.
func (d *Document) marked(total int) ([]*html.Node, string) {
	var articles, mains, known []*html.Node
	for n := range d.node().Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Article || attr(n, "itemprop") == "articleBody":
			articles = append(articles, n)
		case n.DataAtom == atom.Main || attr(n, "role") == "main":
			mains = append(mains, n)
		case isContentName(n):
			known = append(known, n)
		}
	}
	if best, words := richest(articles); words*2 > total && enough(words, articles) {
		return []*html.Node{best}, "article"
	}
	if best, words := richest(mains); len(mains) == 1 && words > 0 || words*5 > total && words >= fewWords {
		return []*html.Node{best}, "main"
	}
	if best, words := richest(known); words*3 > total && enough(words, known) {
		return []*html.Node{best}, "content"
	}
	return nil, ""
}

// fewWords is what a teaser or a note may have.
const fewWords = 20

// enough tells content from a teaser: the only one of its kind may be short.
func enough(words int, of []*html.Node) bool {
	return words >= fewWords || words > 0 && len(of) == 1
}

// isContentName tells of the names that content goes by.
func isContentName(n *html.Node) bool {
	switch attr(n, "id") {
	case "content", "main", "main-content", "maincontent", "mw-content-text", "bodyContent", "article", "page-content":
		return true
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		switch class {
		case "markdown-body", "entry-content", "post-content", "article-content", "article-body", "article__body", "main-content", "page-content", "rst-content", "theme-doc-markdown":
			return true
		}
	}
	return false
}

// richest returns the node with the most words.
func richest(nodes []*html.Node) (best *html.Node, most int) {
	for _, n := range nodes {
		if words := countWords(n); words > most {
			best, most = n, words
		}
	}
	return best, most
}

// readable returns what readability takes for the article, unless that is next
// to nothing.
func (d *Document) readable(c *cleaner, total int) *html.Node {
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	parser.KeepClasses = true
	article, err := parser.ParseDocument(d.node(), d.URL)
	if err != nil || article.Node == nil || countWords(article.Node)*8 < total {
		return nil
	}
	return c.clean([]*html.Node{article.Node})
}

// countWords counts the words inside n that may belong to the content.
func countWords(n *html.Node) int {
	if n.Type == html.TextNode {
		return wordsIn(n.Data)
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Nav, atom.Header, atom.Footer, atom.Aside,
		atom.Select, atom.Button, atom.Textarea, atom.Head:
		return 0
	}
	words := 0
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		words += countWords(child)
	}
	return words
}

// wordsIn counts words; of scripts that set no spaces between them, letters.
func wordsIn(text string) int {
	unspaced := []*unicode.RangeTable{
		unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
	}
	words, inside := 0, false
	for _, r := range text {
		switch {
		case r >= '\u0e00' && unicode.In(r, unspaced...):
			words, inside = words+1, false
		case unicode.IsSpace(r):
			inside = false
		case !inside:
			words, inside = words+1, true
		}
	}
	return words
}
