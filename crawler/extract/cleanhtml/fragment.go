package cleanhtml

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Parse returns the clean tree of what [Render] wrote.
func Parse(clean string) (*html.Node, error) {
	body := htmltree.Element(atom.Body)
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil {
		return nil, fmt.Errorf("parse the clean HTML: %w", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, nil
}
