package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// LinkSign is what the place and the markup of a link tell of what it does.
type LinkSign struct {
	URL *url.URL // absolute, not normalised
	// Acts: scripts or the markup make an action of the link.
	Acts bool
	// Control: it stands among the controls of the page, of which menus are a part.
	Control bool
	// InText: it stands in what the page says.
	InText bool
}

// LinkSigns returns the signs of the document's links whose address is wanted. It is called before
// [Document.Extract].
func (d *Document) LinkSigns(wanted func(*url.URL) bool) (signs []LinkSign) {
	base := d.base()
	for n := range htmltree.Below(d.node()) {
		if !htmltree.IsElement(n, atom.A, atom.Area) || !htmltree.HasAttr(n, "href") {
			continue
		}
		u := resolveIn(base, htmltree.Attr(n, "href"), d.encoding)
		if u == nil || u.Scheme == "mailto" || !wanted(u) {
			continue
		}
		controls := htmltree.Ancestor(n, isControls) != nil
		signs = append(signs, LinkSign{URL: u, Acts: isAction(n), Control: controls, InText: !controls && htmltree.Ancestor(n, isText) != nil})
	}
	return signs
}

// isAction reports whether the markup of a link makes more of it than a way to another page.
func isAction(a *html.Node) bool {
	for _, attr := range a.Attr {
		switch key := attr.Key; {
		case key == "onclick", strings.HasPrefix(key, "hx-"), key == "data-confirm", key == "data-turbo-method", key == "data-turbo-confirm", key == "data-remote":
			return true
		case key == "data-method":
			return !strings.EqualFold(attr.Val, "get")
		case key == "role":
			return attr.Val == "button" || strings.HasPrefix(attr.Val, "menuitem")
		case key == "rel":
			return htmltree.HasWord(attr.Val, "nofollow")
		case key == "class":
			if htmltree.HasWord(attr.Val, "btn") || htmltree.HasWord(attr.Val, "button") {
				return true
			}
		}
	}
	return false
}

// isControls reports whether n holds the controls of a page: what leads around, and what is done
// with what it shows.
func isControls(n *html.Node) bool {
	if htmltree.IsElement(n, atom.Body, atom.Html) {
		return false
	}
	if isBoxed(n) || htmltree.IsElement(n, atom.Form, atom.Menu, atom.Button) || htmltree.Attr(n, "role") == "toolbar" {
		return true
	}
	for name := range strings.FieldsSeq(strings.ToLower(htmltree.Attr(n, "class") + " " + htmltree.Attr(n, "id"))) {
		_, last, _ := strings.Cut(name, "-")
		if namesControls(name) || namesControls(last) {
			return true
		}
	}
	return false
}

// namesControls reports whether a name is that of the controls of a page.
func namesControls(name string) bool {
	switch name {
	case "toolbar", "actions", "controls", "buttons", "contextual", "menu", "dropdown", "tools":
		return true
	}
	return false
}

// isText reports whether n is a part of a text that people write: a paragraph, an item of a list, a
// cell of a table.
func isText(n *html.Node) bool {
	return htmltree.IsElement(n, atom.P, atom.Li, atom.Td, atom.Dd, atom.Main, atom.Article, atom.Blockquote) || htmltree.Attr(n, "role") == "main"
}

// HashRoutes counts the links that lead to places behind a # that are written like paths, as
// programs do that run in the browser: to a crawl they are all one address.
func (d *Document) HashRoutes() int {
	routes := make(map[string]bool)
	for n := range htmltree.Below(d.node()) {
		if !htmltree.IsElement(n, atom.A, atom.Area) {
			continue
		}
		if _, place, ok := strings.Cut(htmltree.Attr(n, "href"), "#"); ok && (strings.HasPrefix(place, "/") || strings.HasPrefix(place, "!")) && len(place) > 1 {
			routes[place] = true
		}
	}
	return len(routes)
}

// IsProgram reports whether a document is a program rather than a page: it leads to no other place of its site, and its
// scripts are a hundred times what it says.
func (d *Document) IsProgram() bool {
	for _, u := range d.Links() {
		if u.Host == d.URL.Host && u.EscapedPath() != d.URL.EscapedPath() {
			return false
		}
	}
	code, said := 0, 0
	for n := range htmltree.Below(d.node()) {
		switch {
		case n.Type != html.TextNode || n.Parent == nil || htmltree.IsElement(n.Parent, atom.Style):
		case htmltree.IsElement(n.Parent, atom.Script):
			code += len(n.Data)
		default:
			said += len(n.Data)
		}
	}
	return code > 100*said
}
