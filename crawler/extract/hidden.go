package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/formula"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// drops tells whether a reader sees nothing of n, or nothing that belongs to
// the text.
func (c *cleaner) drops(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script:
		_, ok := formula.Of(n, false)
		return !ok
	case atom.Style, atom.Template, atom.Noscript, atom.Noframes, atom.Noembed, atom.Head, atom.Title, atom.Link, atom.Meta, atom.Base,
		atom.Svg, atom.Canvas, atom.Applet, atom.Rp, atom.Wbr, atom.Param, atom.Map, atom.Area, atom.Source, atom.Track,
		atom.Input, atom.Select, atom.Textarea, atom.Datalist, atom.Progress, atom.Meter, atom.Output,
		atom.Dialog, atom.Frame, atom.Frameset, atom.Col, atom.Colgroup:
		return true
	case atom.Button:
		return !opensContent(n)
	case atom.Form:
		return !holdsContent(n)
	case atom.Label:
		return htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Form) }) != nil
	case atom.A:
		if isPermalink(n) || isBackLink(n) {
			return true
		}
	}
	hidden, called := false, classes(0)
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			hidden = hidden || hides(a)
		case "class":
			called = c.classes(a.Val)
		case "id":
			for id := range strings.FieldsSeq(a.Val) {
				if isFurniture(id) {
					return true
				}
			}
		}
	}
	return (hidden || called.say(forReaders)) && !c.shown[n] || c.pruned[n] ||
		called.say(backLinks|furniture) || called.say(gutter) && isGutter(n) || called.say(toolbar) && isToolbar(n)
}

// hides tells whether an element's attribute "hidden" hides it.
func hides(hidden html.Attribute) bool { return hidden.Val != "until-found" }

// isHidden tells of elements that were marked as hidden, see [Document.present], or
// are meant for screen readers alone.
func (c *cleaner) isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			if hides(a) {
				return true
			}
		case "class":
			if c.classes(a.Val).say(forReaders) {
				return true
			}
		}
	}
	return false
}

func isForReaders(class string) bool {
	switch class {
	case "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only":
		return true
	}
	return false
}

// maxLabel is more words than a button has for its label.
const maxLabel = 100

// opensContent tells of the buttons that name what they show: a tab, or all that
// an accordion's heading says.
func opensContent(n *html.Node) bool {
	if htmltree.Attr(n, "role") == "tab" || htmltree.HasAttr(n, "aria-expanded") && !htmltree.HasAttr(n, "aria-haspopup") {
		return true
	}
	heading := htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsHeading(p.DataAtom) })
	if heading == nil {
		return false
	}
	words := htmltree.WordsUpTo(n, maxLabel)
	return words > 0 && words < maxLabel && htmltree.WordsUpTo(heading, words+1) == words
}

// holdsContent tells of a form that surrounds a page's text, as some frameworks
// have it, rather than asking for something.
func holdsContent(form *html.Node) bool {
	words := 0
	for n := range htmltree.Below(form) {
		if n.Type == html.TextNode && !htmltree.IsElement(n.Parent, atom.Script, atom.Style, atom.Option, atom.Label, atom.Button, atom.Textarea) {
			if words += len(strings.Fields(n.Data)); words > 60 {
				return true
			}
		}
	}
	return false
}

// isPermalink tells of the links that headings carry to themselves.
func isPermalink(n *html.Node) bool {
	if !strings.Contains(htmltree.Attr(n, "href"), "#") {
		return false
	}
	var shown strings.Builder
	for d := range htmltree.Below(n) {
		if htmltree.IsElement(d, atom.Img) {
			return false
		}
		if d.Type == html.TextNode {
			if shown.WriteString(d.Data); shown.Len() > 64 {
				return false
			}
		}
	}
	switch strings.TrimSpace(htmltree.Visible(shown.String())) {
	case "", "¶", "#", "§", "🔗", "⚓", "⚓\ufe0e", "∞":
		return true
	}
	for class := range strings.FieldsSeq(htmltree.Attr(n, "class")) {
		switch class {
		case "headerlink", "hash-link":
			return true
		}
	}
	return false
}

// isFurniture tells of the classes and IDs of what wikis and documentation tools put
// into the text for their own use.
func isFurniture(name string) bool {
	switch name {
	case "mw-editsection", "mw-jump-link", "mw-indicators", "printfooter", "siteSub", "contentSub", "jump-to-nav",
		"secedit", "editbutton_section", "pageId", "docInfo", "toggle-corner":
		return true
	}
	return false
}

// unseen tells of elements whose text a reader does not see, or only to operate
// the page.
func (c *cleaner) unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Select, atom.Textarea, atom.Datalist,
		atom.Head, atom.Dialog, atom.Iframe, atom.Object:
		return true
	}
	return c.isHidden(n) && !c.shown[n]
}
