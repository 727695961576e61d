package extract

import (
	"fmt"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/htmltree"
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
	content, how = d.choose(&cleaner{base: c.base, leads: c.leads, meter: c.meter, set: c.set})
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
		if htmltree.Ancestor(n, func(p *html.Node) bool { return among[p] }) == nil {
			outer = append(outer, n)
		}
	}
	return outer
}
