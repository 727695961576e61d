// Package shortcode leaves out of a text what a plugin should have replaced.
package shortcode

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// pattern matches what the plugins of a content management system replace by what they make: [vc_row], [/vc_row],
// [caption id="7"]. Its name has several words, or it has settings.
var pattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\[/?([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)((?: +[a-z_-]+=(?:"[^"]*"|“[^”]*”|”[^”]*”|'[^']*'|[^\s\]]+))*) */?\]`)
})

// Paired are the names of the shortcodes of a page that begin something and end it. One is known by
// the other of its pair; one that stands alone may be an example.
type Paired map[string]bool

// Without returns a text of n without the shortcodes that nothing replaced.
func (p Paired) Without(text string, n *html.Node) string {
	if len(p) == 0 || isInCode(n) {
		return text
	}
	return pattern().ReplaceAllStringFunc(text, func(code string) string {
		if p[pattern().FindStringSubmatch(code)[1]] {
			return ""
		}
		return code
	})
}

// On returns the paired shortcodes of the page that n is a part of.
func On(n *html.Node) Paired {
	root := n
	for root.Parent != nil {
		root = root.Parent
	}
	const begins, ends, both = 1, 2, 3
	seen := map[string]int{}
	for n := range htmltree.Below(root) {
		if n.Type != html.TextNode || !strings.Contains(n.Data, "[") || isInCode(n) || htmltree.IsElement(n.Parent, atom.Script, atom.Style) {
			continue
		}
		for _, found := range pattern().FindAllStringSubmatch(n.Data, -1) {
			switch name := found[1]; {
			case strings.HasPrefix(found[0], "[/"):
				seen[name] |= ends
			case found[2] != "" || strings.ContainsAny(name, "_-"):
				seen[name] |= begins
			}
		}
	}
	paired := Paired{}
	for name, how := range seen {
		if how == both {
			paired[name] = true
		}
	}
	return paired
}

func isInCode(n *html.Node) bool {
	return htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Pre, atom.Code, atom.Kbd, atom.Samp) }) != nil
}
