package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// maxRedirects is how many redirects of one request are followed.
const maxRedirects = 10

// judgeRedirect is the CheckRedirect of pages: it refuses, as a [fetch.Failure], to go
// where a link would not be followed either. An address may redirect to itself
// once or twice, as sites do that set a cookie first.
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
		return &fetch.Failure{Outcome: crawler.RedirectLoop, Detail: fmt.Sprintf("%d redirects, and on to %s", len(via), target)}
	}
	first, _ := c.scope.Normalise(via[0].URL)
	if alive, _ := next.Context().Value(sessionAlive{}).(bool); alive && c.scope.SameSite(target) && (c.scope.IsLoginForm(target) || c.wall.leadsTo(target)) {
		return nil // what is shown there tells whether it asks for a login
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
		return &fetch.Failure{Outcome: crawler.RedirectedOut, Detail: fmt.Sprintf("leads to %s (%s%s)", target, outcome, detail)}
	}
	return nil
}

// asksForLogin reports whether a redirect leads from an ordinary page to where
// the site asks for a login: the configured form, the place where a visitor
// without a session was led, or, outside of the scope, a place that has the name
// of a login. (Inside of it, the page there tells whether it has a login form.)
func (c *crawl) asksForLogin(from, to *url.URL) bool {
	switch {
	case isLoginAddress(from), c.scope.IsLoginForm(from):
		return false
	case c.scope.IsLoginForm(to), c.wall.leadsTo(to):
		return true
	case !c.scope.SameSite(to):
		return isSignOn(to)
	}
	outcome, _ := c.scope.Judge(to)
	return outcome != "" && isLoginAddress(to)
}

// isLoginAddress reports whether an address is by its name one where people log
// in: a whole path segment or parameter value, so /articles/how-to-log-in is none.
func isLoginAddress(u *url.URL) bool {
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		if namesLogin(scope.WithoutExtension(segment)) {
			return true
		}
	}
	for pair := range strings.SplitSeq(strings.ToLower(u.RawQuery), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if (scope.ChoosesAction(name) || name == "title" || name == "page") && namesLogin(value) {
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

// isSignOn reports whether an address on another site is by its looks one where
// people log in. Where a link merely leads away, that it might be no login costs
// nothing; here a login taken for "moved away" would delete pages.
func isSignOn(u *url.URL) bool {
	if isLoginAddress(u) || isLoginHost(u.Hostname()) {
		return true
	}
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		for _, word := range []string{"login", "logon", "signin", "sign-in", "sign_in", "sso", "saml", "oauth", "openid", "auth"} {
			// "login.do", "saml2", but not "login-problems", "author".
			if rest, ok := strings.CutPrefix(segment, word); ok && (rest == "" || strings.IndexByte("0123456789._;", rest[0]) >= 0) {
				return true
			}
		}
	}
	// What the protocols themselves put into the address: SAML, OpenID Connect,
	// WS-Federation, CAS.
	q := u.Query()
	return q.Has("SAMLRequest") || q.Has("client_id") && (q.Has("redirect_uri") || q.Has("response_type")) ||
		strings.HasPrefix(q.Get("wa"), "wsignin") || q.Has("service") && strings.HasSuffix(u.Path, "/cas")
}

// isLoginHost reports whether a host is by its name one that only logs people in.
func isLoginHost(host string) bool {
	host = strings.ToLower(host)
	for _, provider := range []string{"okta.com", "oktapreview.com", "auth0.com", "onelogin.com", "b2clogin.com", "microsoftonline.com",
		"cloudflareaccess.com", "amazoncognito.com", "duosecurity.com", "jumpcloud.com", "pingone.com", "pingidentity.com"} {
		if host == provider || strings.HasSuffix(host, "."+provider) {
			return true
		}
	}
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "login", "logon", "signin", "sso", "auth", "accounts", "idp", "id", "identity", "oauth", "saml", "adfs", "cas", "keycloak":
		return true
	}
	return false
}
