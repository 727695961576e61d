package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/linkheader"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// AddLinkHeaders adds to the document's head what the Link headers of its answer say
// (RFC 8288): there they are links like its own, which come first.
func (d *Document) AddLinkHeaders(headers []string) {
	if len(headers) == 0 {
		return
	}
	head := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Head })
	if head == nil {
		return
	}
	for _, link := range linkheader.Parse(headers) {
		if to := resolve(d.URL, link.Target); to != nil {
			head.AppendChild(htmltree.Element(atom.Link, append(link.Params, html.Attribute{Key: "href", Val: to.String()})...))
		}
	}
}
