package extract

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// image appends an image with its absolute address and what it says it shows.
// One whose address no reader could fetch is replaced by what it says.
func (c *cleaner) image(dst, n *html.Node) {
	alt := strings.TrimSpace(htmltree.Collapse(htmltree.Visible(htmltree.Attr(n, "alt"))))
	if isPixel(n) {
		return
	}
	src := c.source(n)
	if src == nil {
		src = c.withoutScripts(n)
	}
	if src == nil || isEmoji(n, alt) {
		if alt != "" {
			dst.AppendChild(htmltree.Text(alt))
		}
		return
	}
	dst.AppendChild(htmltree.Element(atom.Img, html.Attribute{Key: "src", Val: src.String()}, html.Attribute{Key: "alt", Val: alt}))
}

// picture appends the image of a picture; where that has no address, the first
// one that its sources offer.
func (c *cleaner) picture(dst, n *html.Node) {
	var img *html.Node
	var offered string
	for d := range n.Descendants() {
		switch {
		case htmltree.IsElement(d, atom.Img) && img == nil:
			img = d
		case htmltree.IsElement(d, atom.Source) && offered == "":
			offered = htmltree.FirstOf(htmltree.Attr(d, "srcset"), htmltree.Attr(d, "data-srcset"))
		}
	}
	if img == nil {
		return
	}
	if c.source(img) == nil && offered != "" {
		img = htmltree.Element(atom.Img, html.Attribute{Key: "srcset", Val: offered}, html.Attribute{Key: "alt", Val: htmltree.Attr(img, "alt")})
	}
	c.image(dst, img)
}

// source returns where an image is to be had. Pages that load their images late
// keep the address elsewhere, and a placeholder in src.
func (c *cleaner) source(n *html.Node) *url.URL {
	lazy := htmltree.FirstOf(htmltree.Attr(n, "data-src"), htmltree.Attr(n, "data-original"), htmltree.Attr(n, "data-lazy-src"), htmltree.Attr(n, "data-lazy"), htmltree.Attr(n, "data-original-src"),
		htmltree.Attr(n, "data-actualsrc"), htmltree.Attr(n, "data-hi-res-src"))
	set := largest(htmltree.FirstOf(htmltree.Attr(n, "data-srcset"), htmltree.Attr(n, "data-lazy-srcset"), htmltree.Attr(n, "srcset")))
	candidates := []string{lazy, htmltree.Attr(n, "src"), set}
	for _, candidate := range candidates {
		if u := resolve(c.base, candidate); u != nil && u.Scheme != "mailto" {
			return u
		}
	}
	return nil
}

// withoutScripts returns the address of the image that the noscript element
// beside n holds for browsers without scripts.
func (c *cleaner) withoutScripts(n *html.Node) *url.URL {
	next := n.NextSibling
	for next != nil && next.Type == html.TextNode && htmltree.IsBlank(next.Data) {
		next = next.NextSibling
	}
	if next == nil || !htmltree.IsElement(next, atom.Noscript) || next.FirstChild == nil {
		return nil
	}
	nodes, err := html.ParseFragment(strings.NewReader(next.FirstChild.Data), htmltree.Element(atom.Div))
	if err != nil {
		return nil
	}
	for _, node := range nodes {
		if htmltree.IsElement(node, atom.Img) {
			return c.source(node)
		}
	}
	return nil
}

// isPixel tells of images and frames that count visits.
func isPixel(n *html.Node) bool {
	tiny := func(size string) bool { return size == "0" || size == "1" || size == "0px" || size == "1px" }
	return tiny(htmltree.Attr(n, "width")) && tiny(htmltree.Attr(n, "height"))
}

// isEmoji tells of a character shown as an image.
func isEmoji(n *html.Node, alt string) bool {
	return alt != "" && len(alt) <= 32 && alt[0] >= 0x80 && strings.Contains(htmltree.Attr(n, "class"), "emoji")
}

// largest returns the address of the largest image of a srcset; the last of them
// where none is said to be larger.
func largest(srcset string) string {
	var best string
	most := 0.0
	for candidate := range strings.SplitSeq(strings.ReplaceAll(srcset, ",\n", ", "), ", ") {
		fields := strings.Fields(candidate)
		if len(fields) == 0 {
			continue
		}
		size := 1.0
		if len(fields) > 1 {
			size, _ = strconv.ParseFloat(strings.TrimRight(fields[1], "wxh,"), 64)
		}
		if size >= most {
			best, most = strings.TrimSuffix(fields[0], ","), size
		}
	}
	return best
}
