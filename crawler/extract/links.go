package extract

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding"

	"github.com/fincrawl/fincrawl/internal/htmltree"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

// Links returns the absolute addresses the document links to (http and https;
// <base href> honoured; rel=nofollow left out), in document order, without
// repeats. They are not normalised.
//
// Links are the href of a, area and link rel=next or prev, the src of frame,
// iframe and embed, the data of object, and where a refresh leads. Those that only lead to a place in the document itself are none.
func (d *Document) Links() []*url.URL {
	base := d.base()
	d.leads = leads{base, d.encoding, d.Shorten, map[string]string{}}
	listed := map[string]bool{}
	var links []*url.URL
	add := func(link *url.URL) (address string) {
		if link == nil {
			return ""
		}
		address = link.String()
		if link.Scheme != "mailto" && !listed[address] {
			listed[address] = true
			links = append(links, link)
		}
		return address
	}
	for n := range htmltree.Below(d.node()) {
		ref := linkOf(n)
		if _, known := d.leads.to[ref]; known {
			continue
		}
		if ref != "" {
			d.leads.to[ref] = add(shortened(resolveIn(base, ref, d.encoding), d.Shorten))
		}
		if n.DataAtom == atom.Meta {
			to, _ := refreshOf(n, base)
			add(to)
		}
	}
	return links
}

// leads is where the references of a page lead, as they are written there: most lead to
// places that it names more than once, and it is read for its links and for its text.
type leads struct {
	base     *url.URL
	encoding encoding.Encoding // of the page; see [Document]
	shorten  func(*url.URL) *url.URL
	to       map[string]string // the absolute address; "" for nowhere
}

func (l *leads) of(ref string) (address string) {
	address, known := l.to[ref]
	if !known {
		if to := shortened(resolveIn(l.base, ref, l.encoding), l.shorten); to != nil {
			address = to.String()
		}
		l.to[ref] = address
	}
	return address
}

func shortened(u *url.URL, shorten func(*url.URL) *url.URL) *url.URL {
	if u == nil || shorten == nil {
		return u
	}
	return shorten(u)
}

// leadsFrom returns where references lead from a base, with what is known of that.
func (d *Document) leadsFrom(base *url.URL) *leads {
	if d.leads.base == nil || *d.leads.base != *base {
		d.leads = leads{base, d.encoding, d.Shorten, map[string]string{}}
	}
	return &d.leads
}

// linkOf returns the reference by which n leads to another document, or "".
func linkOf(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	switch n.DataAtom {
	case atom.A, atom.Area:
		href := strings.TrimSpace(htmltree.Attr(n, "href"))
		if htmltree.HasWord(htmltree.Attr(n, "rel"), "nofollow") || strings.HasPrefix(href, "#") {
			return ""
		}
		return href
	case atom.Link:
		if rel := htmltree.Attr(n, "rel"); htmltree.HasWord(rel, "next") || htmltree.HasWord(rel, "prev") {
			return htmltree.Attr(n, "href")
		}
	case atom.Frame, atom.Iframe:
		return htmltree.Attr(n, "src")
	case atom.Embed:
		return shownDocument(n, "src")
	case atom.Object:
		return shownDocument(n, "data")
	}
	return ""
}

// shownDocument returns the reference of what a page shows inside of itself, unless that
// says to be a picture, a sound or a program.
func shownDocument(n *html.Node, key string) string {
	switch kind, _, _ := strings.Cut(strings.ToLower(htmltree.Attr(n, "type")), ";"); {
	case kind == "", kind == "application/pdf", strings.HasPrefix(kind, "text/"), kind == "application/xhtml+xml":
		return htmltree.Attr(n, key)
	}
	return ""
}

// Directives are what a document's head says about itself.
type Directives struct {
	Canonical *url.URL // absolute; nil for none
	NoIndex   bool     // <meta name="robots" content="noindex"> or none
	NoFollow  bool
	Refresh   *url.URL // where it sends its readers on to at once; nil for nowhere
}

// Directives reads the canonical link, the robots meta tags and a refresh. A canonical
// link counts in the head only, where no author of mere content can put one.
func (d *Document) Directives() Directives {
	var said Directives
	base := d.base()
	for n := range htmltree.Below(d.node()) {
		if to, now := refreshOf(n, base); to != nil && now && said.Refresh == nil {
			said.Refresh = to
		}
		switch {
		case n.DataAtom == atom.Link && said.Canonical == nil && htmltree.HasWord(htmltree.Attr(n, "rel"), "canonical") && inHead(n):
			said.Canonical = resolveIn(base, htmltree.Attr(n, "href"), d.encoding)
		case n.DataAtom == atom.Meta && strings.EqualFold(strings.TrimSpace(htmltree.Attr(n, "name")), "robots"):
			for _, word := range strings.FieldsFunc(strings.ToLower(htmltree.Attr(n, "content")), isRobotsSeparator) {
				said.NoIndex = said.NoIndex || word == "noindex" || word == "none"
				said.NoFollow = said.NoFollow || word == "nofollow" || word == "none"
			}
		}
	}
	return said
}

func isRobotsSeparator(r rune) bool { return r == ',' || r == ';' || r <= ' ' }

func inHead(n *html.Node) bool { return n.Parent != nil && n.Parent.DataAtom == atom.Head }

// base returns the address that the document's relative references start from.
func (d *Document) base() *url.URL {
	if d.start == nil {
		d.start = d.findBase()
	}
	return d.start
}

func (d *Document) findBase() *url.URL {
	for n := range htmltree.Below(d.node()) {
		if n.DataAtom != atom.Base || !htmltree.HasAttr(n, "href") {
			continue
		}
		if base := resolve(d.URL, htmltree.Attr(n, "href")); base != nil && base.Scheme != "mailto" {
			return base
		}
		break // only the first counts
	}
	return d.URL
}

// resolve returns the absolute address of ref, or nil where it is empty, broken
// or neither http, https nor mailto.
func resolve(base *url.URL, ref string) *url.URL { return resolveIn(base, ref, nil) }

// resolveIn is [resolve] for a reference on a page in an encoding.
func resolveIn(base *url.URL, ref string, in encoding.Encoding) *url.URL {
	if strings.TrimSpace(ref) == "" {
		return nil
	}
	u, err := weburl.ResolveIn(base, strings.TrimSpace(ref), in)
	if err != nil {
		return nil
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host != "" {
			return u
		}
	case "mailto":
		return u
	}
	return nil
}
