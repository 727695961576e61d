package web

import (
	"net/url"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// mayAsk judges a request of a page's scripts to the source's own origin as a link is judged. What is
// excluded is never fetched, and a session requests nothing that would end it or change something. The path
// that bounds the pages does not bound their scripts and data, and robots.txt is about indexing. It returns
// why the request is refused and the key that would allow it, or "" if the request may be made.
func (c *crawl) mayAsk(u *url.URL) (why, key string) {
	n, ok := c.scope.Normalise(u)
	if !ok {
		return "no web address", ""
	}
	for _, address := range []*url.URL{u, n} {
		if p, excluded := scope.First(c.scope.Rules.Exclude, address); excluded {
			return "exclude has " + p.String(), "exclude"
		}
		if c.scope.LoggedIn {
			if why := scope.UnsafeLink(address); why != "" {
				return "it " + why, ""
			}
		}
	}
	if c.scope.IsLoginForm(n) && !c.scope.Starts[n.String()] {
		return "the login form", ""
	}
	return "", ""
}

// sessionValues returns what no page may send elsewhere: the configured credentials, and the cookies that
// the site has set.
func (c *crawl) sessionValues() []string {
	values := c.session.Values()
	if jar, ok := c.Files.Jar.(*auth.Jar); ok {
		values = append(values, jar.Values()...)
	}
	return values
}
