package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/icholy/digest"
)

// Transport returns a transport that adds the credentials to requests for the source's own origin, and
// strips them from all others. It wraps base. base defaults to [http.DefaultTransport].
//
// A cookie jar knows hosts but not ports (RFC 6265, section 8.5). So cookies are stripped, whoever set them,
// from requests to every origin but those of the source and of the configured login.
func (s *Session) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	inside := base
	if c := s.config.Digest; c != nil {
		inside = &digest.Transport{Username: c.Username, Password: c.Password, Transport: base}
	}
	return &transport{s, inside, base}
}

type transport struct {
	session *Session
	inside  http.RoundTripper // for the source's own origin; answers digest challenges
	base    http.RoundTripper
}

// RoundTrip sends a copy of r, because a RoundTripper must not change its request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	s := t.session
	r = copyOf(r)
	at, _ := originOf(r.URL)
	if at != s.own {
		s.stripFrom(r, at)
		return t.base.RoundTrip(r)
	}
	s.addTo(r)
	if s.oauth2 != nil {
		token, err := s.oauth2.valid(r.Context())
		if err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return nil, err
		}
		token.SetAuthHeader(r)
	}
	return t.inside.RoundTrip(r)
}

func copyOf(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r
}

// tokenTransport requests OAuth2 tokens. If they come from the source's own origin, it adds the other
// credentials, for instance those of a proxy in front of it.
type tokenTransport struct {
	session *Session
	base    http.RoundTripper
}

func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = copyOf(r)
	if at, _ := originOf(r.URL); at == t.session.own {
		t.session.addTo(r)
	}
	return t.base.RoundTrip(r)
}

// CloseIdleConnections implements [http.Client.CloseIdleConnections] for base.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// addTo adds the credentials to r. The jar's cookies are already there. They are newer than configured
// cookies of the same name, and stay.
func (s *Session) addTo(r *http.Request) {
	for name, values := range s.sending {
		r.Header[name] = slices.Clone(values)
	}
	var pairs []string
	if jar := strings.Join(r.Header.Values("Cookie"), "; "); jar != "" {
		pairs = append(pairs, jar)
	}
	for _, c := range s.cookies {
		if !sendsCookie(r, c.name) {
			pairs = append(pairs, c.name+"="+c.value)
		}
	}
	if len(pairs) > 0 {
		r.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
}

// stripFrom removes from r, which goes to a foreign origin, what only the source may get.
func (s *Session) stripFrom(r *http.Request, at origin) {
	r.Header.Del("Authorization")
	for name := range s.sending {
		r.Header.Del(name)
	}
	if s.form == nil || !s.form.isAt(at) {
		r.Header.Del("Cookie")
	}
}

// origin is the origin of a URL (RFC 6454).
type origin struct{ scheme, host, port string }

// originOf returns u's origin. ok is false if u is not http or https.
func originOf(u *url.URL) (o origin, ok bool) {
	if u == nil {
		return origin{}, false
	}
	o = origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	if o.port == "" {
		o.port = map[string]string{"http": "80", "https": "443"}[o.scheme]
	}
	return o, o.host != "" && (o.scheme == "http" || o.scheme == "https")
}

// String returns the origin as browsers send it in the Origin header, without a default port.
func (o origin) String() string {
	host := o.host
	switch {
	case o.scheme == "http" && o.port == "80", o.scheme == "https" && o.port == "443":
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	default:
		host = net.JoinHostPort(host, o.port)
	}
	return o.scheme + "://" + host
}
