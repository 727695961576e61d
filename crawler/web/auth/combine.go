package auth

import (
	"fmt"
	"net/http"
	"strings"
)

// way is one of the ways to log in that a Config may hold.
type way struct {
	name string // its key in sources.yaml
	set  bool
	// authorization reports whether it writes the Authorization header.
	authorization bool
}

// ways returns all ways to log in, set or not, in the order in which a request uses them.
func (c Config) ways() []way {
	return []way{
		{"client_certificate", c.Certificate != nil, false},
		{"basic", c.Basic != nil, true},
		{"digest", c.Digest != nil, true},
		{"bearer", c.Bearer != "", true},
		{"oauth2", c.OAuth2 != nil, true},
		{"headers", len(c.Headers) > 0, c.hasHeader("Authorization")},
		{"cookies", len(c.Cookies) > 0, false},
		{"cookie_file", c.CookieFile != "", false},
		{"form", c.Form != nil, false},
	}
}

// IsZero reports whether the site is public, so that there is no login.
func (c Config) IsZero() bool { return len(c.waysIn()) == 0 }

// waysIn returns the names of the ways that are set.
func (c Config) waysIn() (names []string) {
	for _, w := range c.ways() {
		if w.set {
			names = append(names, w.name)
		}
	}
	return names
}

// conflict returns an error if two ways cannot be combined. They can if each has its own place in a request,
// as with a proxy in front of a form. Only the Authorization header has room for one.
func (c Config) conflict() error {
	var writers []string
	for _, w := range c.ways() {
		if w.set && w.authorization {
			writers = append(writers, w.name)
		}
	}
	if len(writers) > 1 {
		return fmt.Errorf("choose one of %s: each would be sent in the Authorization header, which holds one",
			strings.Join(writers, ", "))
	}
	if c.KeepSession != "" && c.Form == nil {
		return fmt.Errorf("keep_session keeps the session of a form login, and there is no form")
	}
	return nil
}

func (c Config) hasHeader(name string) bool {
	for header := range c.Headers {
		if http.CanonicalHeaderKey(header) == name {
			return true
		}
	}
	return false
}
