package auth

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Secret is one secret of a configuration, with its key under auth.
type Secret struct{ Key, Value string }

// Secrets returns the secrets of c in a fixed order. User names are no secrets, since sites show them on
// every page.
func (c Config) Secrets() (all []Secret) {
	add := func(key, value string) {
		if value != "" {
			all = append(all, Secret{key, value})
		}
	}
	for i, b := range []*Basic{c.Basic, c.Digest} {
		if b != nil {
			add([]string{"basic", "digest"}[i]+".password", b.Password)
		}
	}
	add("bearer", c.Bearer)
	if c.OAuth2 != nil {
		add("oauth2.client_secret", c.OAuth2.ClientSecret)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		add("headers."+name, c.Headers[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Cookies)) {
		add("cookies."+name, c.Cookies[name])
	}
	if c.Form != nil {
		for _, step := range c.Form.steps() {
			for _, name := range slices.Sorted(maps.Keys(step.Fields)) {
				if !isUserName(name, step.Fields[name]) {
					add("form.fields."+name, step.Fields[name])
				}
			}
		}
	}
	if c.Certificate != nil {
		add("client_certificate.key", string(c.Certificate.Key))
	}
	add("keep_session", c.KeepSession)
	return all
}

// isUserName reports whether a form's field says who somebody is.
func isUserName(field, value string) bool {
	field = strings.ToLower(field)
	for _, telling := range []string{"pass", "pwd", "secret", "token", "otp", "pin", "key", "code", "answer"} {
		if strings.Contains(field, telling) {
			return false
		}
	}
	for _, telling := range []string{"user", "login", "name", "mail", "account", "identifier", "uid"} {
		if strings.Contains(field, telling) {
			return true
		}
	}
	name, domain, isMail := strings.Cut(value, "@")
	return isMail && name != "" && strings.Contains(domain, ".")
}

// Credentials returns the secrets of the configuration, both alone and as they appear in requests.
func (c Config) Credentials() (values []string) {
	separates := func(r rune) bool { return r == ' ' || r == '"' || r == ',' }
	for _, s := range c.Secrets() {
		values = append(values, s.Value)
		if strings.HasPrefix(s.Key, "headers.") { // "Bearer T", "Token token=T"
			values = append(values, strings.FieldsFunc(s.Value, separates)...)
		}
	}
	for _, b := range []*Basic{c.Basic, c.Digest} {
		if b != nil {
			r := http.Request{Header: http.Header{}}
			r.SetBasicAuth(b.Username, b.Password)
			_, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			values = append(values, b.Username+":"+b.Password, encoded)
		}
	}
	return values
}

// Feed adds the secrets of the configuration to known. From then on it adds what the session is given:
// cookies in jar that look like a session, OAuth2 tokens, and what the forms and redirects of a login
// contain.
func (s *Session) Feed(known *secrets.Set, jar *Jar) {
	s.known = known
	known.Add(s.config.Credentials()...)
	for _, c := range s.cookieFile {
		ours := slices.ContainsFunc(s.origins(), func(at origin) bool { return c.goesTo(at.host) })
		if ours && secrets.LooksLikeSession(c.value, c.httpOnly) {
			known.Add(c.value)
		}
	}
	jar.watch(s.cookieChanged)
	if s.oauth2 != nil {
		s.oauth2.given = s.givenToken
	}
}

// given adds a value that a site gave to the known secrets, if it looks like a session.
func (s *Session) given(value string, hidden bool) {
	if s.known != nil && secrets.LooksLikeSession(value, hidden) {
		s.known.AddPassing(value)
	}
}

// cookieChanged keeps the value of a cookie among the known secrets for as long as it is sent, if it looks
// like a session.
func (s *Session) cookieChanged(was, is *heldCookie) {
	if is != nil && secrets.LooksLikeSession(is.Value, is.HTTPOnly) {
		s.known.Hold(is.Value)
	}
	if was != nil && secrets.LooksLikeSession(was.Value, was.HTTPOnly) {
		s.known.Release(was.Value)
	}
}

// givenToken adds the tokens of a token server to the known secrets.
func (s *Session) givenToken(t *oauth2.Token) {
	s.known.AddPassing(t.AccessToken, t.RefreshToken)
	if id, ok := t.Extra("id_token").(string); ok {
		s.known.AddPassing(id)
	}
}

// givenInAddress adds what the address of a login contains, such as a ticket, to the known secrets.
func (s *Session) givenInAddress(u *url.URL) {
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); passing.MatchString(name) {
			s.given(value, false)
		}
	}
}
