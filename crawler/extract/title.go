package extract

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// title returns the page's title, never "": the article's own heading, what the
// page says to those who share it, the document's title without the site's
// name, or the last part of the address. from says which of them it was.
func (d *Document) title(c *cleaner, article *html.Node) (title, from string) {
	title, from = d.longTitle(c, article)
	return asTitle(title), from
}

func (d *Document) longTitle(c *cleaner, article *html.Node) (title, from string) {
	head := d.head()
	if head.site == "" {
		head.site = d.nameOfHome(head.title)
	}
	own, one := d.ownHeading(article, head)
	if below := head.namesBelow(article, own); below != "" {
		return below, "heading that the head names"
	}
	if one {
		return own, "h1"
	}
	if heading := d.headingOutside(c, head); heading != "" {
		return heading, "h1 beside the body"
	}
	shared, named := withoutSite(head.shared, head.site), d.withoutCrumbs(withoutSite(head.title, head.site))
	if shared != "" && !d.saysTheSite(shared, head) {
		return shared, "og:title"
	}
	if named != "" && !d.saysTheSite(named, head) {
		return named, "title"
	}
	if own != "" {
		return own, "h1"
	}
	for n := range htmltree.Below(article) {
		if heading := htmltree.TextOf(n); n.Type == html.ElementNode && htmltree.IsHeading(n.DataAtom) && heading != "" {
			return heading, "heading"
		}
	}
	if said := htmltree.FirstOf(shared, named); said != "" {
		return said, "title"
	}
	return lastPart(d.URL), "address"
}

// nameOfHome returns title if that is all that a link to the site's first page says, from
// another page: the name of the site then. It returns "" otherwise.
func (d *Document) nameOfHome(title string) string {
	if title == "" || isRoot(d.URL) {
		return ""
	}
	for n := range htmltree.Below(d.node()) {
		if n.DataAtom != atom.A || !d.mayLeadHome(htmltree.Attr(n, "href")) {
			continue
		}
		if to := resolve(d.base(), htmltree.Attr(n, "href")); to != nil && to.Host == d.URL.Host && isRoot(to) && strings.EqualFold(htmltree.TextOf(n), title) {
			return title
		}
	}
	return ""
}

// mayLeadHome reports whether a link may lead to the site's first page, as can be seen of most without resolving them.
func (d *Document) mayLeadHome(href string) bool {
	before, _, _ := strings.Cut(strings.TrimSpace(href), "#")
	switch {
	case before == "":
		return true
	case strings.Contains(before, "//"):
		return strings.Contains(strings.ToLower(before), d.URL.Host)
	}
	return strings.IndexByte(`/\.`, before[len(before)-1]) >= 0
}

func isRoot(u *url.URL) bool { return strings.Trim(u.Path, "/") == "" && u.RawQuery == "" }

// saysTheSite reports whether a title is the site's name, which says nothing of any page but
// its first.
func (d *Document) saysTheSite(title string, h head) bool {
	return strings.EqualFold(title, h.site) && !isRoot(d.URL)
}

// ownHeading returns the first-level heading of the article that the head names,
// too, or else the first that is not the site's, or "". Some sites have their name
// for a heading on every page, and lead home from it. one reports whether it is the
// article's title: of several that the head does not name each begins a part.
func (d *Document) ownHeading(article *html.Node, h head) (own string, one bool) {
	several := false
	for n := range htmltree.Below(article) {
		if !htmltree.IsElement(n, atom.H1) {
			continue
		}
		heading := htmltree.TextOf(n)
		if heading == "" || strings.EqualFold(heading, h.site) && d.leadsHome(htmltree.OnlyLink(n), h) {
			continue
		}
		if h.names(heading) {
			return heading, true
		}
		if part := h.partOf(n); part != "" {
			return part, true
		}
		if strings.EqualFold(heading, h.site) || d.leadsHome(htmltree.OnlyLink(n), h) || d.isHost(heading) {
			continue
		}
		if own == "" {
			own = heading
		} else {
			several = true
		}
	}
	return own, own != "" && !several
}

// isHost reports whether a heading is the name of the page's host, or a part of it, on a page that is not its first.
func (d *Document) isHost(heading string) bool {
	name := strings.ToLower(strings.Join(strings.Fields(heading), ""))
	if isRoot(d.URL) {
		return false
	}
	if strings.EqualFold(name, strings.TrimPrefix(d.URL.Hostname(), "www.")) {
		return true
	}
	label, _, _ := strings.Cut(domainOf(d.URL), ".")
	return name == label
}

// domainOf returns the domain that the owner of u's host has registered.
func domainOf(u *url.URL) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
	if err != nil {
		return u.Hostname()
	}
	return domain
}

// leadsHome tells of the links that are all of a heading, nil for none, and lead to the
// first page of the site, or to another one by the name that the document's title ends
// with.
func (d *Document) leadsHome(link *html.Node, h head) bool {
	if link == nil {
		return false
	}
	to := resolve(d.base(), htmltree.Attr(link, "href"))
	if to == nil || to.Host != d.URL.Host || strings.Trim(to.Path, "/") == strings.Trim(d.URL.Path, "/") {
		return false
	}
	name := htmltree.TextOf(link)
	return strings.Trim(to.Path, "/") == "" || len(h.title) > len(name) && strings.EqualFold(h.title[len(h.title)-len(name):], name)
}

// withoutCrumbs returns title without the sections at its end that the page's
// breadcrumb names, as in "Page - Section - Site".
func (d *Document) withoutCrumbs(title string) string {
	for {
		at := -1
		for _, separator := range separators() {
			at = max(at, strings.LastIndex(title, separator))
		}
		if at <= 0 {
			return title
		}
		section := strings.Trim(title[at:], " |–—·•:»«-")
		if section == "" || !d.HasCrumb(section) {
			return title
		}
		title = strings.TrimSpace(title[:at])
	}
}

// longestTitle is what people still take for a title, in characters.
const longestTitle = 250

// asTitle cuts a title that is too long for one, at a word.
func asTitle(title string) string {
	if letters := []rune(title); len(letters) > longestTitle {
		title = string(letters[:longestTitle-1])
		if at := strings.LastIndexByte(title, ' '); at > len(title)/2 {
			title = title[:at]
		}
		title += "…"
	}
	return title
}

// head is what a document's head says of its title.
type head struct{ title, shared, site string }

func (d *Document) head() head {
	if d.said != nil {
		return *d.said
	}
	var h head
	for n := range htmltree.Below(d.node()) {
		switch {
		case htmltree.IsElement(n, atom.Title) && n.Namespace == "" && h.title == "" && n.FirstChild != nil:
			h.title = unescaped(n.FirstChild.Data)
		case htmltree.IsElement(n, atom.Meta) && h.shared == "" && strings.EqualFold(htmltree.Attr(n, "property"), "og:title"):
			h.shared = unescaped(htmltree.Attr(n, "content"))
		case htmltree.IsElement(n, atom.Meta) && h.site == "" && strings.EqualFold(htmltree.Attr(n, "property"), "og:site_name"):
			h.site = unescaped(htmltree.Attr(n, "content"))
		}
	}
	d.said = &h
	return h
}

// headingOutside returns a first-level heading that stands beside the article
// and is its title: the head says the same, its site's name aside.
func (d *Document) headingOutside(c *cleaner, h head) string {
	said := strings.ToLower(withoutSite(h.title, h.site) + "\n" + withoutSite(h.shared, h.site))
	for n := range htmltree.Below(d.node()) {
		if !htmltree.IsElement(n, atom.H1) {
			continue
		}
		heading := htmltree.TextOf(c.clean([]*html.Node{n}))
		if heading == "" || strings.EqualFold(heading, h.site) {
			continue
		}
		if strings.Contains(said, strings.ToLower(heading)) || strings.EqualFold(heading, h.title) || strings.EqualFold(heading, h.shared) {
			return heading
		}
	}
	return ""
}

// separators stand between the parts of a document's title.
func separators() []string {
	return []string{" | ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " - "}
}

// unescaped returns the words of s, and once more without the entities of titles
// that were escaped twice.
func unescaped(s string) string {
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return htmltree.Words(s)
}

// withoutSite returns title without the name of the site at its end or its
// beginning. Where site is not known, that is what follows the last separator.
func withoutSite(title, site string) string {
	for _, separator := range separators() {
		at := strings.LastIndex(title, separator)
		if at <= 0 {
			continue
		}
		if site == "" || strings.EqualFold(title[at+len(separator):], site) {
			return strings.TrimSpace(title[:at])
		}
		if before, after, _ := strings.Cut(title, separator); strings.EqualFold(before, site) {
			return after
		}
	}
	if at := strings.LastIndex(title, " ["); at > 0 && strings.HasSuffix(title, "]") {
		return title[:at]
	}
	return title
}

// lastPart returns the last segment of u's path, or its host.
func lastPart(u *url.URL) string {
	if name := path.Base(u.Path); name != "." && name != "/" {
		if shown := htmltree.Words(name); shown != "" {
			return shown
		}
	}
	return htmltree.FirstOf(u.Host, u.String(), "untitled")
}
