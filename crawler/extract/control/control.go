// Package control tells what of a page is hidden and comes to light by a click or by a script.
package control

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Controls tells what a reader or a script of a page can show that is hidden. A name such as
// "accordion", or a rule for a state that nothing ever brings about, shows nothing.
type Controls struct {
	scripted bool            // the page runs a script
	named    map[string]bool // IDs of what something to be clicked names
}

// In returns the controls of a page.
func In(root *html.Node) Controls {
	o := Controls{named: map[string]bool{}}
	for n := range htmltree.Below(root) {
		if n.Type != html.ElementNode {
			continue
		}
		o.scripted = o.scripted || runs(n)
		for _, a := range n.Attr {
			switch {
			case a.Key == "aria-controls" || a.Key == "data-target" || a.Key == "data-bs-target" || a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				for id := range strings.FieldsSeq(a.Val) {
					o.named[strings.TrimPrefix(id, "#")] = true
				}
			case strings.HasPrefix(a.Key, "on") && a.Key != "on":
				o.scripted = true
			}
		}
	}
	return o
}

// runs reports whether n is a script that is run, and no data.
func runs(n *html.Node) bool {
	if n.DataAtom != atom.Script {
		return false
	}
	switch kind := strings.ToLower(strings.TrimSpace(htmltree.Attr(n, "type"))); kind {
	case "", "module", "text/javascript", "application/javascript", "text/ecmascript", "application/x-javascript":
	default:
		return strings.HasSuffix(kind, "-text/javascript") // as an optimiser of scripts marks them
	}
	return htmltree.HasAttr(n, "src") || n.FirstChild != nil && strings.TrimSpace(n.FirstChild.Data) != ""
}

// Shows reports whether what hides n by a property is taken back: by something to be clicked that belongs to
// n, or by a script that lets text appear.
func (o Controls) Shows(n *html.Node, by css.Property) bool {
	if o.isNamed(n) {
		return true
	}
	return o.scripted && (!by.TakesRoom() || hasLabel(n))
}

// isNamed reports whether something to be clicked names n, or stands before it.
func (o Controls) isNamed(n *html.Node) bool {
	for range 3 {
		if n == nil || n.Type != html.ElementNode || n.DataAtom == atom.Body {
			break
		}
		id := htmltree.Attr(n, "id")
		if before := htmltree.PrevElement(n); id != "" && o.named[id] || before != nil && IsTrigger(before, id) {
			return true
		}
		n = n.Parent
	}
	return false
}

// hasLabel reports whether what may be a panel's label stands before n, or others like n beside it.
func hasLabel(n *html.Node) bool {
	const few = 20 // words
	class := htmltree.Attr(n, "class")
	alike := func(other *html.Node) bool {
		return class != "" && other != nil && htmltree.Attr(other, "class") == class
	}
	if alike(htmltree.NextElement(n)) {
		return true
	}
	for at := n; at != nil && at.DataAtom != atom.Body; at = at.Parent {
		before := htmltree.PrevElement(at)
		if before == nil {
			if at != n {
				return false
			}
			continue
		}
		words := htmltree.WordsUpTo(before, few)
		return words > 0 && words < few && before.DataAtom != atom.P || alike(before)
	}
	return false
}

// IsTrigger reports whether n is there to be clicked so that what follows it is shown. id is the ID of what follows;
// "" for none.
func IsTrigger(n *html.Node, id string) bool {
	if htmltree.HasAttr(n, "onclick") || htmltree.HasAttr(n, "aria-expanded") || htmltree.Attr(n, "role") == "button" {
		return true
	}
	for word := range css.NameWords(htmltree.Attr(n, "class")) {
		switch word {
		case "accordion", "collapsible", "expander", "toggle", "toggler", "trigger", "question":
			return true
		}
	}
	if htmltree.WordsUpTo(n, 60) == 60 {
		return false
	}
	for d := range htmltree.Below(n) {
		shows := htmltree.HasAttr(d, "aria-expanded") && !htmltree.HasAttr(d, "aria-haspopup") && (htmltree.Attr(d, "aria-controls") == "" || htmltree.Attr(d, "aria-controls") == id)
		if shows || htmltree.HasAttr(d, "onclick") && htmltree.IsElement(d, atom.Button) {
			return true
		}
	}
	return false
}
