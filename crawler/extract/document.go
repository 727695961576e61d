package extract

import (
	"golang.org/x/net/html"
)

// node returns the document's root node.
func (d *Document) node() *html.Node { return d.Root.Nodes[0] }
