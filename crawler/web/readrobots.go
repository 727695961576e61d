package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// readRobots fetches robots.txt. If it does not exist or is a web page, everything is allowed. If it cannot
// be read or a login is shown instead, nothing is allowed and the crawl is incomplete: robots.txt is then
// settled like a page that could not be read.
func (c *crawl) readRobots(ctx context.Context) (scope.Robots, error) {
	if !c.src.Fetch.RespectRobots {
		return scope.Robots{}, nil
	}
	address := c.scope.Site.ResolveReference(&url.URL{Path: "/robots.txt"})
	a := c.getFile(ctx, address)
	if ctx.Err() != nil {
		return scope.Robots{}, context.Cause(ctx)
	}
	outcome, detail := a.failure()
	if outcome == crawler.RedirectedOut {
		c.log.Warn("robots.txt is not on the site, so there are no rules", "url", address.String(), "detail", detail)
		return scope.Robots{}, nil
	}
	if outcome == "" && c.showsLogin(a) {
		outcome, detail = crawler.LoginWall, "shows a login instead"
	}
	switch {
	case outcome == "" && looksLikeHTML(a):
		c.log.Info("robots.txt is a web page, so there are no rules", "url", address.String())
		return scope.Robots{}, nil
	case outcome == "":
		rules, err := scope.ParseRobots(a.body, c.src.Fetch.UserAgent)
		if err == nil {
			return rules, nil
		}
		outcome, detail = crawler.BadRobots, err.Error()
	case !outcome.Failed() && a.err != nil: // too large
		outcome = crawler.BadRobots
	case a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests:
		return scope.Robots{}, nil
	}
	c.log.Warn("robots.txt cannot be read, so the site counts as closed (RFC 9309); "+
		"fetch.respect_robots: false goes ahead", "url", address.String(), "outcome", outcome, "detail", detail)
	detail += "; the site counts as closed until its robots.txt can be read"
	return scope.Robots{Unreadable: true}, c.frontier.SettleAside(address, outcome, detail)
}

func looksLikeHTML(a answer) bool {
	return fetch.IsHTML(a.contentType) || strings.HasPrefix(http.DetectContentType(a.body), "text/html")
}
