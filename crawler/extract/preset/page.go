package preset

import (
	"math"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is a page that a preset was found for.
type Page struct {
	Preset   string // its name
	Evidence string // what told it, for people: the mark, or what the generator tag says
	read     *reader
}

// Body returns the elements that are the page's text, in its order and none inside
// another; none where the preset knows of nothing with text in it. It may add to the
// page what that has for browsers without scripts.
func (p *Page) Body(root *html.Node) []*html.Node {
	found := first(&p.read.body, root)
	if found == nil && p.read.noscript && unfold(root) {
		found = first(&p.read.body, root)
	}
	return found
}

// Title returns the elements that have the page's title, in its order.
func (p *Page) Title(root *html.Node) []*html.Node { return first(&p.read.title, root) }

// View returns what of the page tells that it is no article; "" where nothing does.
func (p *Page) View(root *html.Node) string {
	for n := following(root, root); n != nil; n = following(n, root) {
		if n.Type == html.ElementNode {
			if told := p.read.views.match(n, 0); told != nil {
				return told.text
			}
		}
	}
	return ""
}

// Traps returns the patterns of addresses that are not followed on the page's site.
func (p *Page) Traps() []string { return p.read.traps }

// IsStatic reports whether the page's site is made of files.
func (p *Page) IsStatic() bool { return p.read.static }

// Strip takes out of an element what of it is not the text.
func (p *Page) Strip(n *html.Node) {
	var found []*html.Node // removed when all are known: what one matches may depend on another
	for d := following(n, n); d != nil; {
		next := following(d, n)
		if d.Type == html.ElementNode && p.read.remove.match(d, 0) != nil {
			found, next = append(found, d), after(d, n)
		}
		d = next
	}
	for _, d := range found {
		d.Parent.RemoveChild(d)
	}
}

// reader is a preset's selectors, those of title and body ranked by preference.
type reader struct {
	title, body, remove, views finder
	traps                      []string
	noscript, static           bool
}

func newReader(p Preset) *reader {
	r := &reader{noscript: p.Noscript, static: p.Static, traps: p.Traps}
	for i, selector := range p.Title {
		r.title.add(i, selector)
	}
	for i, selector := range p.Body {
		r.body.add(i, selector)
	}
	for _, selector := range p.Remove {
		r.remove.add(0, selector)
	}
	for _, selector := range p.Views {
		r.views.add(0, selector)
	}
	return r
}

// first returns all that the first selector with any text matches.
func first(f *finder, root *html.Node) (found []*html.Node) {
	rank := math.MaxInt
	for n := following(root, root); n != nil; {
		next := following(n, root)
		if n.Type == html.ElementNode {
			r := f.match(n, rank)
			switch {
			case r == nil || !hasText(n):
			case r.rank < rank:
				found, rank = []*html.Node{n}, r.rank
			case !within(n, found[len(found)-1]):
				found = append(found, n)
			}
		}
		n = next
	}
	return found
}

// unfold parses what stands in noscript elements, which a parser that knows of
// scripts has left as text, and tells whether there was any.
func unfold(root *html.Node) (any bool) {
	for n := following(root, root); n != nil; n = following(n, root) {
		if n.DataAtom != atom.Noscript || n.Parent.DataAtom == atom.Head || n.FirstChild == nil || n.FirstChild.Type != html.TextNode {
			continue
		}
		text := n.FirstChild
		around := &html.Node{Type: html.ElementNode, DataAtom: atom.Div, Data: "div"}
		nodes, err := html.ParseFragment(strings.NewReader(text.Data), around)
		if err != nil {
			continue // nested too deeply
		}
		n.RemoveChild(text)
		for _, child := range nodes {
			n.AppendChild(child)
			any = true
		}
	}
	return any
}

func within(n, outer *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}

// hasText tells whether a reader may see any text, image or video of n.
func hasText(n *html.Node) bool {
	for d := following(n, n); d != nil; {
		next := following(d, n)
		switch {
		case d.Type == html.TextNode && strings.TrimSpace(d.Data) != "":
			return true
		case d.Type != html.ElementNode:
		case d.DataAtom == atom.Img || d.DataAtom == atom.Iframe || d.DataAtom == atom.Video:
			return true
		case d.DataAtom == atom.Script || d.DataAtom == atom.Style || d.DataAtom == atom.Template || d.DataAtom == atom.Noscript:
			next = after(d, n)
		}
		d = next
	}
	return false
}
