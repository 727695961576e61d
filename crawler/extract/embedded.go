package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/player"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// embedded appends a link to what a player or a frame would show.
func (c *cleaner) embedded(dst, n *html.Node) {
	if isPixel(n) {
		return
	}
	src := htmltree.FirstOf(player.AddressOf(n), htmltree.Attr(n, "src"), htmltree.Attr(n, "data-src"), htmltree.Attr(n, "data-lazy-src"), htmltree.Attr(n, "data"))
	for d := range n.Descendants() {
		switch {
		case src != "":
		case htmltree.IsElement(d, atom.Source, atom.Embed):
			src = htmltree.Attr(d, "src")
		case htmltree.IsElement(d, atom.Param) && (htmltree.Attr(d, "name") == "movie" || htmltree.Attr(d, "name") == "src"):
			src = htmltree.Attr(d, "value")
		}
	}
	target := resolve(c.base, src)
	if target == nil || target.Scheme == "mailto" || player.IsBeacon(target) {
		if n.DataAtom == atom.Object {
			c.children(dst, n) // for browsers that cannot show it
		}
		return
	}
	if n.DataAtom == atom.Object && strings.HasPrefix(htmltree.Attr(n, "type"), "image/") {
		dst.AppendChild(htmltree.Element(atom.Img, html.Attribute{Key: "src", Val: target.String()}, html.Attribute{Key: "alt", Val: htmltree.TextOf(c.clean(htmltree.ElementsIn(n)))}))
		return
	}
	target, service := player.Page(target)
	name := htmltree.Words(htmltree.FirstOf(htmltree.Attr(n, "title"), htmltree.Attr(n, "aria-label"), htmltree.Attr(n, "playlabel")))
	if name == "" && service != "" {
		name = service + " video"
	}
	if name == "" {
		name = target.Host + target.Path
	}
	link := htmltree.Element(atom.A, html.Attribute{Key: "href", Val: target.String()})
	link.AppendChild(htmltree.Text(name))
	p := htmltree.Element(atom.P)
	p.AppendChild(link)
	dst.AppendChild(p)
}
