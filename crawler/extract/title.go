package extract

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// title returns the page's title, never "": the article's own heading, what the
// page says to those who share it, the document's title without the site's
// name, or the last part of the address. from says which of them it was.
func (d *Document) title(c *cleaner, article *html.Node) (title, from string) {
	head := d.head()
	for n := range article.Descendants() {
		if isElement(n, atom.H1) {
			if heading := textOf(n); heading != "" {
				return heading, "h1"
			}
		}
	}
	if heading := d.headingOutside(c, head); heading != "" {
		return heading, "h1 beside the body"
	}
	if shared := withoutSite(head.shared, head.site); shared != "" {
		return shared, "og:title"
	}
	if named := withoutSite(head.title, head.site); named != "" {
		return named, "title"
	}
	return lastPart(d.URL), "address"
}

// head is what a document's head says of its title.
type head struct{ title, shared, site string }

func (d *Document) head() head {
	var h head
	for n := range d.node().Descendants() {
		switch {
		case isElement(n, atom.Title) && n.Namespace == "" && h.title == "" && n.FirstChild != nil:
			h.title = words(n.FirstChild.Data)
		case isElement(n, atom.Meta) && h.shared == "" && strings.EqualFold(attr(n, "property"), "og:title"):
			h.shared = words(attr(n, "content"))
		case isElement(n, atom.Meta) && h.site == "" && strings.EqualFold(attr(n, "property"), "og:site_name"):
			h.site = words(attr(n, "content"))
		}
	}
	return h
}

// headingOutside returns a first-level heading that stands beside the article
// and is its title: the head says the same, its site's name aside.
func (d *Document) headingOutside(c *cleaner, h head) string {
	said := strings.ToLower(withoutSite(h.title, h.site) + "\n" + withoutSite(h.shared, h.site))
	for n := range d.node().Descendants() {
		if !isElement(n, atom.H1) {
			continue
		}
		heading := textOf(c.clean([]*html.Node{n}))
		if heading == "" || strings.EqualFold(heading, h.site) {
			continue
		}
		if strings.Contains(said, strings.ToLower(heading)) || strings.EqualFold(heading, h.title) || strings.EqualFold(heading, h.shared) {
			return heading
		}
	}
	return ""
}

// withoutSite returns title without the name of the site at its end or its
// beginning. Where site is not known, that is what follows the last separator.
func withoutSite(title, site string) string {
	for _, separator := range []string{" | ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " - "} {
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
		if shown := words(name); shown != "" {
			return shown
		}
	}
	return firstOf(u.Host, u.String(), "untitled")
}

// words returns the visible words of s, one space apart.
func words(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }
