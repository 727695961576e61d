package crawler

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how many redirects of one request are followed.
const maxRedirects = 10

// judgeRedirect is the CheckRedirect of pages: it refuses, as a [failure], to go
// where a link would not be followed either. An address may redirect to itself
// once or twice, as sites do that set a cookie first.
func (c *crawl) judgeRedirect(next *http.Request, via []*http.Request) error {
	target, ok := c.scope.normalise(next.URL)
	if !ok {
		return &failure{RedirectedOut, "leads to " + next.URL.Redacted()}
	}
	met := 0
	for _, earlier := range via {
		if earlier.URL.String() == next.URL.String() {
			met++
		}
	}
	if met > 2 || len(via) > maxRedirects {
		return &failure{RedirectLoop, fmt.Sprintf("%d redirects, and on to %s", len(via), target)}
	}
	first, _ := c.scope.normalise(via[0].URL)
	if c.asksForLogin(first, target) {
		return &failure{LoginWall, "leads to " + target.String()}
	}
	outcome, detail := c.scope.judge(target)
	switch {
	case outcome == OutOfScope && c.scope.starts[first.String()] && c.scope.sameSite(target):
		return nil // a start address may lie elsewhere on its site, to be read for its links
	case outcome == "" && !c.scope.starts[target.String()] && !c.robots.allows(target):
		outcome = RobotsDenied
	}
	if outcome != "" {
		if detail != "" {
			detail = ": " + detail
		}
		return &failure{RedirectedOut, fmt.Sprintf("leads to %s (%s%s)", target, outcome, detail)}
	}
	return nil
}

// asksForLogin reports whether a redirect leads from an ordinary page to where
// the site asks for a login: the configured form, the place where a visitor
// without a session was led, or, outside of the scope, a place that has the name
// of a login. (Inside of it, the page there tells whether it has a login form.)
func (c *crawl) asksForLogin(from, to *url.URL) bool {
	switch {
	case isLoginAddress(from), c.scope.isLoginForm(from):
		return false
	case c.scope.isLoginForm(to), c.wall.leadsTo(to):
		return true
	case !c.scope.sameSite(to):
		return isLoginAddress(to) || isLoginHost(to.Hostname())
	}
	outcome, _ := c.scope.judge(to)
	return outcome != "" && isLoginAddress(to)
}

// isLoginAddress reports whether an address is by its name one where people log
// in: a whole path segment or parameter value, so /articles/how-to-log-in is none.
func isLoginAddress(u *url.URL) bool {
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		if namesLogin(withoutExtension(segment)) {
			return true
		}
	}
	for pair := range strings.SplitSeq(strings.ToLower(u.RawQuery), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if (choosesAction(name) || name == "title" || name == "page") && namesLogin(value) {
			return true
		}
	}
	return false
}

func namesLogin(name string) bool {
	switch name {
	case "login", "log-in", "log_in", "logon", "signin", "sign-in", "sign_in", "wp-login", "userlogin",
		"special:userlogin", "sso", "saml", "saml2", "oauth", "oauth2", "authorize", "openid-connect", "adfs", "cas":
		return true
	}
	return false
}

// isLoginHost reports whether a host is by its name one that only logs people in.
func isLoginHost(host string) bool {
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "login", "signin", "sso", "auth", "accounts", "idp", "id", "identity":
		return true
	}
	return false
}
