package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// destinations are the origins that a request for anything but a page may go to, such as for robots.txt, a
// sitemap or a login. They are the source's own origin and those that its configuration names. What the site
// names in a redirect, in robots.txt or in a sitemap index adds none. See docs/adr/0037.
type destinations struct {
	own   *scope.Scope
	named map[string]bool // by [originName]
}

func newDestinations(src Source, own *scope.Scope) destinations {
	d := destinations{own: own, named: make(map[string]bool)}
	addresses := append([]string{}, src.Discover.Seeds...)
	for _, sitemap := range src.Discover.Sitemaps {
		if sitemap != autoSitemaps {
			addresses = append(addresses, sitemap)
		}
	}
	if form := src.Auth.Form; form != nil {
		addresses = append(append(addresses, form.URL), form.SignOn...)
		for _, step := range form.Steps {
			addresses = append(addresses, step.URL)
		}
	}
	if src.Auth.OAuth2 != nil {
		addresses = append(addresses, src.Auth.OAuth2.TokenURL)
	}
	for _, address := range addresses {
		if u, err := own.Site.Parse(address); err == nil && u.Host != "" {
			d.named[originName(u)] = true
		}
	}
	return d
}

// include reports whether a request may go to u. A plain http origin includes the https origin of its host,
// since sites move that way. The reverse never holds.
func (d destinations) include(u *url.URL) bool {
	n, ok := d.own.Query.Normalise(u)
	if !ok {
		return false
	}
	if d.own.SameSite(n) || d.named[originName(n)] {
		return true
	}
	plain := url.URL{Scheme: "http", Host: n.Host}
	return n.Scheme == "https" && n.Port() == "" && d.named[originName(&plain)]
}

// originName returns the origin of a web address without the default port. It returns "" for any other
// address.
func originName(u *url.URL) string {
	n, ok := scope.Normalise(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"})
	if !ok {
		return ""
	}
	return n.Scheme + "://" + n.Host
}

// judgeFileRedirect is the CheckRedirect of requests for anything but a page. It refuses, with a
// [fetch.Failure], to leave the destinations.
func (c *crawl) judgeFileRedirect(next *http.Request, via []*http.Request) error {
	switch shown := next.URL.Redacted(); {
	case len(via) >= maxRedirects:
		return &fetch.Failure{Outcome: crawler.RedirectLoop,
			Detail: fmt.Sprintf("%d redirects, and on to %s", len(via), shown)}
	case via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https":
		return &fetch.Failure{Outcome: crawler.RedirectedOut, Detail: "leads from https to " + shown}
	case c.destinations.include(next.URL):
		return nil
	case c.wall.leadsTo(next.URL), scope.IsSignOn(next.URL):
		return &fetch.Failure{Outcome: crawler.LoginWall, Detail: "leads to " + shown}
	default:
		return &fetch.Failure{Outcome: crawler.RedirectedOut,
			Detail: "leads to " + shown + ", which is not on the source's origin and not named by its settings"}
	}
}
