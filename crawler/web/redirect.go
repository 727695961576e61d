package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// maxRedirects is how many redirects of one request are followed.
const maxRedirects = 10

// judgeRedirect is the CheckRedirect of requests for pages. It refuses, with a [fetch.Failure], to go where
// a link would not be followed. An address may redirect to itself once or twice, as sites do that set a
// cookie first.
func (c *crawl) judgeRedirect(next *http.Request, via []*http.Request) error {
	dropValidators(next)
	target, ok := c.scope.Normalise(next.URL)
	if !ok {
		return &fetch.Failure{Outcome: crawler.RedirectedOut, Detail: "leads to " + c.own.Mask(next.URL.Redacted())}
	}
	met := 0
	for _, earlier := range via {
		if earlier.URL.String() == next.URL.String() {
			met++
		}
	}
	if met > 2 || len(via) > maxRedirects {
		return &fetch.Failure{Outcome: crawler.RedirectLoop,
			Detail: fmt.Sprintf("%d redirects, and on to %s", len(via), target)}
	}
	first, _ := c.scope.Normalise(via[0].URL)
	alive, _ := next.Context().Value(sessionAlive{}).(bool)
	if alive && c.scope.SameSite(target) && (c.scope.IsLoginForm(target) || c.wall.leadsTo(target)) {
		return nil // the page there shows whether it asks for a login
	}
	if c.asksForLogin(first, target) {
		return &fetch.Failure{Outcome: crawler.LoginWall, Detail: "leads to " + target.String()}
	}
	outcome, detail := c.scope.Judge(target)
	switch {
	case outcome == crawler.OwnSecret:
		return &fetch.Failure{Outcome: crawler.OwnSecret, Detail: fmt.Sprintf("leads to %s, which %s", target, detail)}
	case outcome == crawler.OutOfScope && c.scope.Starts[first.String()] && c.scope.SameSite(target):
		return nil // a start address may lie elsewhere on its site, to be read for its links
	case outcome == "" && !c.scope.Starts[target.String()] && !c.robots.Allows(target):
		outcome = crawler.RobotsDenied
	}
	if outcome != "" {
		if detail != "" {
			detail = ": " + detail
		}
		return &fetch.Failure{Outcome: crawler.RedirectedOut,
			Detail: fmt.Sprintf("leads to %s (%s%s)", target, outcome, detail)}
	}
	return nil
}

// asksForLogin reports whether a redirect leads from an ordinary page to a login: to the configured form, to
// the place where visitors without a session are led, or to an address outside the scope that is named like
// a login. Inside the scope, the page itself shows whether it has a login form.
func (c *crawl) asksForLogin(from, to *url.URL) bool {
	switch {
	case scope.IsLoginAddress(from), c.scope.IsLoginForm(from):
		return false
	case c.scope.IsLoginForm(to), c.wall.leadsTo(to):
		return true
	case !c.scope.SameSite(to):
		return scope.IsSignOn(to)
	}
	outcome, _ := c.scope.Judge(to)
	return outcome != "" && scope.IsLoginAddress(to)
}
