package crawler

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// scope knows what an address is worth before it is asked for. It is fixed once the
// start address was read, so that the same address always gets the same answer.
type scope struct {
	site     *url.URL // normalised start address
	prefix   string   // path that bounds the scope, without a trailing slash; "" is the whole site
	rules    Rules
	query    Query
	loggedIn bool            // the crawl has credentials, so links may act
	login    *url.URL        // the configured login form; nil for none
	own      *secrets.Set    // our own, which no address keeps
	starts   map[string]bool // start address and seeds, normalised: always fetched
}

// bounds are what a scope is made of.
type bounds struct {
	Start    *url.URL
	Seeds    []string
	Rules    Rules
	Query    Query
	LoggedIn bool   // the crawl has credentials
	Login    string // address of the configured login form; "" for none
}

// newScope returns a scope, and its start addresses, normalised and without doubles.
func newScope(b bounds) (*scope, []*url.URL, error) {
	s := &scope{rules: b.Rules, query: b.Query, loggedIn: b.LoggedIn, starts: make(map[string]bool)}
	var starts []*url.URL
	for i, raw := range append([]string{b.Start.String()}, b.Seeds...) {
		u, err := b.Start.Parse(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("read the start address or seed %q: %w", raw, err)
		}
		n, ok := s.query.normalise(u)
		if !ok {
			return nil, nil, fmt.Errorf("start address or seed %q is not a web address: write it with https:// and a host", raw)
		}
		if i == 0 {
			s.site, s.prefix = n, pathPrefix(n.EscapedPath())
		}
		n = s.upgraded(n)
		if !s.starts[n.String()] {
			s.starts[n.String()] = true
			starts = append(starts, n)
		}
	}
	if b.Login != "" {
		if u, err := b.Start.Parse(b.Login); err == nil {
			s.login, _ = s.normalise(u)
		}
	}
	return s, starts, nil
}

// startsAt makes another start address of where the first one led by redirects.
func (s *scope) startsAt(u *url.URL) {
	if n, ok := s.normalise(u); ok {
		s.starts[n.String()] = true
	}
}

// pathPrefix returns the folder that a start address bounds: its whole path, or
// the folder of the file that it names, as in /wiki/index.html or /doku.php.
func pathPrefix(p string) string {
	switch strings.ToLower(path.Ext(p)) {
	case ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".cgi", ".pl", ".xml":
		p = path.Dir(p)
	}
	return strings.TrimRight(p, "/")
}

// normalise is [Normalise] for a link of this site, by its rules for queries: the plain http address of an
// https site is taken for its https one, which spares a redirect and the doubt
// whether they are two pages.
func (s *scope) normalise(u *url.URL) (*url.URL, bool) {
	n, ok := s.query.normalise(u)
	if !ok {
		return nil, false
	}
	return withoutSecrets(s.upgraded(n), s.own), true
}

func (s *scope) upgraded(n *url.URL) *url.URL {
	if s.site.Scheme == "https" && s.site.Port() == "" && n.Scheme == "http" && n.Host == s.site.Host {
		u := *n
		u.Scheme = "https"
		return &u
	}
	return n
}

// judge says how a normalised address is settled without asking for it, with a
// detail for people; "" means that it is to be fetched. It leaves robots.txt and
// the limits to others.
func (s *scope) judge(u *url.URL) (Outcome, string) {
	if s.starts[u.String()] {
		return "", ""
	}
	switch {
	case isVeiled(u):
		return OwnSecret, "has a secret of fincrawl's own in it"
	case !s.sameSite(u):
		return OutOfScope, "another site"
	case !s.underPrefix(u):
		return OutOfScope, "not under " + s.prefix + "/"
	case anyMatch(s.rules.Exclude, u):
		return Excluded, ""
	case s.isLoginForm(u):
		return Excluded, "the login form"
	case !s.follows(u) && !s.namesPage(u):
		return OutOfScope, "follow does not match"
	}
	if s.loggedIn {
		if why := unsafeLink(u); why != "" {
			return Unsafe, why
		}
	}
	return "", ""
}

// sameSite reports whether u has the start address's scheme, host and port. The
// https address of a plain http site counts too: sites move that way.
func (s *scope) sameSite(u *url.URL) bool {
	if u.Scheme == s.site.Scheme {
		return u.Host == s.site.Host
	}
	return u.Scheme == "https" && u.Port() == "" && s.site.Port() == "" && u.Host == s.site.Host
}

func (s *scope) underPrefix(u *url.URL) bool {
	rest, ok := strings.CutPrefix(u.EscapedPath(), s.prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// follows reports whether links of the page at u are followed.
func (s *scope) follows(u *url.URL) bool {
	return len(s.rules.Follow) == 0 || s.starts[u.String()] || anyMatch(s.rules.Follow, u)
}

// namesPage reports whether include is there and names u, which brings it into
// the scope even where follow leaves it out.
func (s *scope) namesPage(u *url.URL) bool {
	return len(s.rules.Include) > 0 && anyMatch(s.rules.Include, u)
}

// includes reports whether the document at u becomes a page. A start address or
// seed that lies outside the scope is read for its links only.
func (s *scope) includes(u *url.URL) bool {
	return s.sameSite(u) && s.underPrefix(u) && !anyMatch(s.rules.Exclude, u) &&
		(len(s.rules.Include) == 0 || anyMatch(s.rules.Include, u))
}

// isLoginForm reports whether u is the configured login form, with further
// parameters such as where to return to, or without.
func (s *scope) isLoginForm(u *url.URL) bool {
	if s.login == nil || u.Host != s.login.Host || u.Path != s.login.Path {
		return false
	}
	given := u.Query()
	for name, values := range s.login.Query() {
		if !slices.Equal(given[name], values) {
			return false
		}
	}
	return true
}
