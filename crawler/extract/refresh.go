package extract

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// atOnce is the longest delay, in seconds, of a refresh that nobody reads the page
// before.
const atOnce = 1

// refreshOf returns where <meta http-equiv="refresh"> leads (HTML, 4.2.5.3:
// "shared declarative refresh steps"; in the body, too), and whether at once, as a redirect does; or nil
// where n is none, or loads its own document again.
func refreshOf(n *html.Node, base *url.URL) (to *url.URL, now bool) {
	if n.DataAtom != atom.Meta || !strings.EqualFold(strings.TrimSpace(htmltree.Attr(n, "http-equiv")), "refresh") ||
		htmltree.Ancestor(n, func(p *html.Node) bool { return p.DataAtom == atom.Template }) != nil {
		return nil, false
	}
	content := strings.TrimSpace(htmltree.Attr(n, "content"))
	end := strings.IndexFunc(content, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end <= 0 {
		return nil, false
	}
	delay, err := strconv.ParseFloat("0"+strings.TrimSuffix(content[:end], "."), 64)
	if err != nil {
		return nil, false
	}
	ref := strings.TrimLeft(content[end:], "; ,\t\r\n\f")
	if len(ref) > 3 && strings.EqualFold(ref[:3], "url") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(ref[3:]), "="); ok {
			ref = strings.TrimSpace(value)
		}
	}
	if ref != "" && (ref[0] == '"' || ref[0] == '\'') {
		ref, _, _ = strings.Cut(ref[1:], ref[:1])
	}
	if to = resolve(base, ref); to != nil && to.Scheme == "mailto" {
		to = nil
	}
	return to, delay <= atOnce
}

// AddRefreshHeader adds to the document's head what the Refresh header of its answer says,
// which browsers follow as they follow the document's own.
func (d *Document) AddRefreshHeader(content string) {
	if content == "" {
		return
	}
	if head := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Head }); head != nil {
		head.InsertBefore(htmltree.Element(atom.Meta, html.Attribute{Key: "http-equiv", Val: "refresh"},
			html.Attribute{Key: "content", Val: content}), head.FirstChild)
	}
}
