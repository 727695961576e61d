package render

import (
	"bytes"
	"strings"

	"github.com/fincrawl/fincrawl/internal/htmltree"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// fewWords is how many words may surround an application that was not yet made: a name, a menu,
	// "Loading…".
	fewWords = 25
	// almostNone is how many words any page may have that is nothing without its scripts.
	almostNone = 3
)

// Bare reports whether an HTML document has no text yet and leaves it to scripts. It has scripts, hardly a
// word and no form, and either a place for an application, a request to enable JavaScript, or nothing else.
func Bare(document []byte) bool {
	root, err := html.ParseWithOptions(bytes.NewReader(document), html.ParseOptionEnableScripting(false))
	if err != nil {
		return false
	}
	var c contents
	c.add(root)
	waiting := c.places > 0 || c.pleas > 0 || c.words <= almostNone
	return c.scripts > 0 && c.fields == 0 && c.words <= fewWords && waiting
}

// contents counts what a document contains.
type contents struct{ scripts, words, fields, places, pleas int }

func (c *contents) add(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		c.words += len(strings.Fields(n.Data))
		return
	case n.Type != html.ElementNode:
	case n.DataAtom == atom.Script:
		if runs(n) {
			c.scripts++
		}
		return
	case n.DataAtom == atom.Noscript:
		if strings.Contains(strings.ToLower(text(n)), "javascript") {
			c.pleas++
		}
		return
	case n.DataAtom == atom.Style, n.DataAtom == atom.Template, n.DataAtom == atom.Title, n.DataAtom == atom.Svg:
		return
	case n.DataAtom == atom.Input && htmltree.Attr(n, "type") != "hidden", n.DataAtom == atom.Textarea:
		c.fields++
	case waits(n) && len(strings.Fields(text(n))) <= almostNone:
		c.places++
	}
	for child := range n.ChildNodes() {
		c.add(child)
	}
}

// runs reports whether a script element contains a script and no data.
func runs(n *html.Node) bool {
	kind := strings.ToLower(htmltree.Attr(n, "type"))
	return kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript")
}

// waits reports whether an application is made in this element: it has an ID that tools use for that, or the
// dash of a custom element.
func waits(n *html.Node) bool {
	switch id := strings.ToLower(htmltree.Attr(n, "id")); id {
	case "app", "root", "__next", "__nuxt", "__docusaurus", "___gatsby", "svelte", "q-app", "application", "main-app",
		"app-root", "react-root",
		"ember-app", "mount", "container-app":
		return true
	}
	custom := strings.Contains(n.Data, "-") && n.DataAtom == 0
	return custom || htmltree.Attr(n, "ng-app") != "" || htmltree.Attr(n, "data-reactroot") != ""
}

// text returns the text of n without that of scripts and styles.
func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data + " "
	}
	if n.DataAtom == atom.Script || n.DataAtom == atom.Style || n.DataAtom == atom.Template {
		return ""
	}
	var b strings.Builder
	for child := range n.ChildNodes() {
		b.WriteString(text(child))
	}
	return b.String()
}
