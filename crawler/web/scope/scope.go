// Package scope judges addresses before they are requested: whether they belong to a source, which rule of
// its settings decides, and whether a request would log out or change something. It normalises addresses and
// parses robots.txt (RFC 9309).
package scope

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Scope judges addresses before they are requested. It does not change after the start address was read, so
// that the same address always gets the same judgement.
type Scope struct {
	Site     *url.URL // normalised start address
	prefix   string   // path that bounds the scope, without a trailing slash; "" for the whole site
	Rules    Rules
	Query    Query
	LoggedIn bool                 // the crawl has credentials, so requests may change something
	login    *url.URL             // the configured login form; may be nil
	Own      *secrets.Set         // the source's secrets, which no address keeps
	Cleared  map[string]bool      // articles that are named like an action
	Volatile []Volatile           // parts that are left out of addresses
	Traps    []urlpattern.Pattern // addresses without articles, by the preset of the start page
	Starts   map[string]bool      // start address and seeds, normalised; always fetched
}

// Bounds are the settings of a scope.
type Bounds struct {
	Start    *url.URL
	Seeds    []string
	Rules    Rules
	Query    Query
	LoggedIn bool   // the crawl has credentials
	Login    string // address of the configured login form; may be ""
}

// New returns a scope and its start addresses, normalised and each once.
func New(b Bounds) (*Scope, []*url.URL, error) {
	s := &Scope{Rules: b.Rules, Query: b.Query, LoggedIn: b.LoggedIn, Starts: make(map[string]bool)}
	var starts []*url.URL
	for i, raw := range append([]string{b.Start.String()}, b.Seeds...) {
		u, err := b.Start.Parse(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("read the start address or seed %q: %w", raw, err)
		}
		n, ok := s.Query.Normalise(u)
		if !ok {
			return nil, nil, fmt.Errorf("start address or seed %q is not a web address: write it with https:// and a host", raw)
		}
		if i == 0 {
			s.Site, s.prefix = n, pathPrefix(n.EscapedPath())
		}
		n = s.upgraded(n)
		if !s.Starts[n.String()] {
			s.Starts[n.String()] = true
			starts = append(starts, n)
		}
	}
	if b.Login != "" {
		if u, err := b.Start.Parse(b.Login); err == nil {
			s.login, _ = s.Normalise(u)
		}
	}
	return s, starts, nil
}

// StartsAt adds the address to which the start address redirected to the start addresses.
func (s *Scope) StartsAt(u *url.URL) {
	if n, ok := s.Normalise(u); ok {
		s.Starts[n.String()] = true
	}
}

// pathPrefix returns the path that a start address bounds: its whole path, or the folder of the file that it
// names, as in /wiki/index.html or /doku.php.
func pathPrefix(p string) string {
	switch strings.ToLower(path.Ext(p)) {
	case ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".cgi", ".pl", ".xml":
		p = path.Dir(p)
	}
	return strings.TrimRight(p, "/")
}

// Normalise is [Normalise] for a link of this site, with its rules for queries. It replaces http by https
// for addresses of an https site, which saves a redirect and makes one page of the two addresses.
func (s *Scope) Normalise(u *url.URL) (*url.URL, bool) {
	n, ok := s.Query.Normalise(u)
	if !ok {
		return nil, false
	}
	return WithoutSecrets(Without(s.upgraded(n), s.Volatile), s.Own), true
}

func (s *Scope) upgraded(n *url.URL) *url.URL {
	if s.Site.Scheme == "https" && s.Site.Port() == "" && n.Scheme == "http" && n.Host == s.Site.Host {
		u := *n
		u.Scheme = "https"
		return &u
	}
	return n
}

// Judge returns how a normalised address is settled without a request, with a detail for people. It returns
// "" if the address is to be fetched. It does not consider robots.txt and the limits.
func (s *Scope) Judge(u *url.URL) (crawler.Outcome, string) {
	if s.Starts[u.String()] {
		return "", ""
	}
	switch {
	case isVeiled(u):
		return crawler.OwnSecret, "has a secret of fincrawl's own in it"
	case !s.SameSite(u):
		return crawler.OutOfScope, "another site"
	case !s.underPrefix(u):
		return crawler.OutOfScope, "not under " + s.prefix + "/"
	case urlpattern.Any(s.Rules.Exclude, u):
		return crawler.Excluded, ""
	case s.IsLoginForm(u):
		return crawler.Excluded, "the login form"
	case !s.Follows(u) && !s.namesPage(u):
		return crawler.OutOfScope, "follow does not match"
	}
	if why := s.MayAct(u); why != "" {
		return crawler.Unsafe, why
	}
	if p, ok := First(s.Traps, u); ok && !urlpattern.Any(s.Rules.Allow, u) {
		return crawler.Trap, "by the preset of its platform: " + p.String()
	}
	return "", ""
}

// MayAct says why requesting an address may change something. It returns "" if it is an article, or may be
// requested anyway.
func (s *Scope) MayAct(u *url.URL) string {
	if !s.LoggedIn || s.Cleared[u.String()] || urlpattern.Any(s.Rules.Allow, u) {
		return ""
	}
	if why := UnsafeLink(u); why != "" {
		return why
	}
	if verb := ChangesAtEnd(u); verb != "" {
		return "may " + verb
	}
	return ""
}

// SameSite reports whether u has the start address's scheme, host and port. The https address of an http
// site counts too, since sites move that way.
func (s *Scope) SameSite(u *url.URL) bool {
	if u.Scheme == s.Site.Scheme {
		return u.Host == s.Site.Host
	}
	return u.Scheme == "https" && u.Port() == "" && s.Site.Port() == "" && u.Host == s.Site.Host
}

func (s *Scope) underPrefix(u *url.URL) bool {
	rest, ok := strings.CutPrefix(u.EscapedPath(), s.prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// Follows reports whether links of the page at u are followed.
func (s *Scope) Follows(u *url.URL) bool {
	return len(s.Rules.Follow) == 0 || s.Starts[u.String()] || urlpattern.Any(s.Rules.Follow, u)
}

// namesPage reports whether include is configured and matches u. That brings u into the scope even if follow
// does not match.
func (s *Scope) namesPage(u *url.URL) bool {
	return len(s.Rules.Include) > 0 && urlpattern.Any(s.Rules.Include, u)
}

// Includes reports whether the document at u becomes a page. A start address or seed outside the scope is
// only read for its links.
func (s *Scope) Includes(u *url.URL) bool {
	return s.SameSite(u) && s.underPrefix(u) && !urlpattern.Any(s.Rules.Exclude, u) &&
		(len(s.Rules.Include) == 0 || urlpattern.Any(s.Rules.Include, u))
}

// IsLoginForm reports whether u is the configured login form, possibly with further parameters, such as
// where to return to.
func (s *Scope) IsLoginForm(u *url.URL) bool {
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
