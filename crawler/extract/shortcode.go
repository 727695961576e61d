package extract

import (
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// shortcode is what the plugins of a content management system replace by what they make: [vc_row], [/vc_row],
// [caption id="7"]. Its name has several words, or it has settings.
var shortcode = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\[/?([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)((?: +[a-z_-]+=(?:"[^"]*"|“[^”]*”|”[^”]*”|'[^']*'|[^\s\]]+))*) */?\]`)
})

// withoutShortcodes returns a text of n without the shortcodes that nothing replaced. One is known by the other of
// its pair, which begins or ends what it is around somewhere on the page; one that stands alone may be an example.
func (c *cleaner) withoutShortcodes(text string, n *html.Node) string {
	if c.paired == nil {
		c.paired = pairedIn(rootOf(n))
	}
	if len(c.paired) == 0 || isInCode(n) {
		return text
	}
	return shortcode().ReplaceAllStringFunc(text, func(code string) string {
		if c.paired[shortcode().FindStringSubmatch(code)[1]] {
			return ""
		}
		return code
	})
}

// pairedIn returns the names of the shortcodes of a page that begin something and end it.
func pairedIn(root *html.Node) map[string]bool {
	const begins, ends, both = 1, 2, 3
	seen := map[string]int{}
	for n := range htmltree.Below(root) {
		if n.Type != html.TextNode || !strings.Contains(n.Data, "[") || isInCode(n) || htmltree.IsElement(n.Parent, atom.Script, atom.Style) {
			continue
		}
		for _, found := range shortcode().FindAllStringSubmatch(n.Data, -1) {
			switch name := found[1]; {
			case strings.HasPrefix(found[0], "[/"):
				seen[name] |= ends
			case found[2] != "" || strings.ContainsAny(name, "_-"):
				seen[name] |= begins
			}
		}
	}
	paired := map[string]bool{}
	for name, how := range seen {
		if how == both {
			paired[name] = true
		}
	}
	return paired
}

func rootOf(n *html.Node) *html.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func isInCode(n *html.Node) bool {
	return htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Pre, atom.Code, atom.Kbd, atom.Samp) }) != nil
}
