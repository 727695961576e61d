// Package scope knows what an address is worth before it is asked for: whether it belongs to
// a source, which rule of its settings decides, and whether asking for it would log out or
// change something. It writes addresses in one way, and reads robots.txt (RFC 9309).
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

// Scope knows what an address is worth before it is asked for. It is fixed once the
// start address was read, so that the same address always gets the same answer.
type Scope struct {
	Site     *url.URL // normalised start address
	prefix   string   // path that bounds the scope, without a trailing slash; "" is the whole site
	Rules    Rules
	Query    Query
	LoggedIn bool                 // the crawl has credentials, so links may act
	login    *url.URL             // the configured login form; nil for none
	Own      *secrets.Set         // our own, which no address keeps
	Cleared  map[string]bool      // addresses that bear the name of an action and are articles
	Volatile []Volatile           // parts of addresses that are left out of them
	Traps    []urlpattern.Pattern // what the preset of the start page knows to lead to no article
	Starts   map[string]bool      // start address and seeds, normalised: always fetched
}

// Bounds are what a scope is made of.
type Bounds struct {
	Start    *url.URL
	Seeds    []string
	Rules    Rules
	Query    Query
	LoggedIn bool   // the crawl has credentials
	Login    string // address of the configured login form; "" for none
}

// New returns a scope, and its start addresses, normalised and without doubles.
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

// StartsAt makes another start address of where the first one led by redirects.
func (s *Scope) StartsAt(u *url.URL) {
	if n, ok := s.Normalise(u); ok {
		s.Starts[n.String()] = true
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

// Normalise is [Normalise] for a link of this site, by its rules for queries: the plain http address of an
// https site is taken for its https one, which spares a redirect and the doubt
// whether they are two pages.
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

// Judge says how a normalised address is settled without asking for it, with a
// detail for people; "" means that it is to be fetched. It leaves robots.txt and
// the limits to others.
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

// MayAct says why asking for an address may do something; "" where it is an article, or may be asked for all the same.
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

// SameSite reports whether u has the start address's scheme, host and port. The
// https address of a plain http site counts too: sites move that way.
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

// namesPage reports whether include is there and names u, which brings it into
// the scope even where follow leaves it out.
func (s *Scope) namesPage(u *url.URL) bool {
	return len(s.Rules.Include) > 0 && urlpattern.Any(s.Rules.Include, u)
}

// Includes reports whether the document at u becomes a page. A start address or
// seed that lies outside the scope is read for its links only.
func (s *Scope) Includes(u *url.URL) bool {
	return s.SameSite(u) && s.underPrefix(u) && !urlpattern.Any(s.Rules.Exclude, u) &&
		(len(s.Rules.Include) == 0 || urlpattern.Any(s.Rules.Include, u))
}

// IsLoginForm reports whether u is the configured login form, with further
// parameters such as where to return to, or without.
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
