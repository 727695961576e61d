// Package auth logs a crawl in to a private source.
//
// There are three kinds of login, and several may be combined, for instance if a proxy stands in front of a
// form. HTTP basic and digest, a bearer token (a fixed one, or one that is fetched by OAuth2 client
// credentials), fixed headers and cookies accompany each request: [Session.Transport] adds them. A client
// certificate belongs to the connection: [Session.Connections] presents it. A form login happens once,
// before the first page: [Session.Login] opens the form as a browser would, fills it in, sends it, and makes
// sure that it worked. The client's cookie jar then keeps the session.
//
// Credentials go to the source's own origin (scheme, host and port) and nowhere else. The exceptions are
// configured by hand: a form whose page is on another origin, the single sign-on that it leads to, and the
// address that OAuth2 tokens come from. That address gets the client's secret and never the token.
//
// A login that fails is a [*LoginError], which says what was seen and what to do. Nothing in this package
// prints a secret: configurations print only the names of what they hold, and text from the site is masked
// where it repeats a credential.
package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Config is how to log in to a site: not at all if it is public, or by one or several ways that can be
// combined. Only one of them can write the Authorization header. A Config prints without its secrets.
type Config struct {
	Certificate *Certificate
	Basic       *Basic
	Digest      *Basic // HTTP digest authentication (RFC 7616)
	Bearer      string
	OAuth2      *OAuth2
	Headers     map[string]string
	Cookies     map[string]string
	CookieFile  string // the content of a cookies.txt, in Netscape's format
	Form        *Form
	KeepSession string // encrypts the form's session between runs; "" keeps none
}

// Basic is a user name and a password for HTTP basic (RFC 7617) or digest authentication. It prints without
// its secrets.
type Basic struct{ Username, Password string }

// Form is a login by HTML forms: one with Fields, or several Steps. It prints
// without its secrets.
type Form struct {
	URL    string            // the page that shows the first form
	Fields map[string]string // field name → what to fill in
	Form   string            // selector of the form; "" finds the one with a password field
	Steps  []Step            // instead of Fields and Form
	// SignOn are addresses of the single sign-on that the page leads to. Their origins get the fields too.
	SignOn   []string
	LoggedIn string // selector that only a logged-in page matches; "" checks that no password field is left
}

// Step is one form of a login that has several, for instance one for the user name and one for the password.
// It prints without its secrets.
type Step struct {
	URL      string            // the page that shows the form; "" is the answer to the previous step, or the login page
	Fields   map[string]string // none if only a button is pressed, as to consent
	Form     string            // selector of the form; "" finds the one that fits
	Submit   string            // selector of the button; "" is the one that Enter presses
	Optional bool              // the step is skipped if its form does not turn up
}

// Session logs in to one source. Besides an OAuth2 token it has no state of its own: the session of a form
// login is in the client's cookie jar. Several goroutines may use it at once. It prints without its secrets.
type Session struct {
	config      Config
	start       *url.URL
	own         origin             // the source's origin, which gets the credentials
	certificate *clientCertificate // this and the next two are nil if not configured
	oauth2      *issuer
	form        *formLogin
	sending     http.Header  // headers of each request to own
	cookies     []cookie     // sent with each request to own
	cookieFile  []fileCookie // put into the jar by Login
	secrets     *mask
	known       *secrets.Set // learns what the site gives the session; nil before Feed
}

// cookie is a fixed cookie, which is sent exactly as configured.
type cookie struct{ name, value string }

// New prepares the login to the site that begins at start. Start's scheme, host and port are the origin that
// gets the credentials. A form login is checked at start itself. New does no I/O. Its errors are mistakes in
// c.
func New(start *url.URL, c Config) (*Session, error) {
	own, ok := originOf(start)
	if !ok {
		return nil, fmt.Errorf("prepare the way in: %s is not an http or https URL with a host", start.Redacted())
	}
	s := &Session{config: c, start: start, own: own, sending: http.Header{}, secrets: newMask(c.secrets())}
	if err := s.prepare(c); err != nil {
		return nil, fmt.Errorf("prepare the way in: %w", err)
	}
	return s, nil
}

// prepare sets up what requests need for each configured way.
func (s *Session) prepare(c Config) (err error) {
	if err := c.conflict(); err != nil {
		return err
	}
	if c.Certificate != nil {
		if s.certificate, err = newClientCertificate(*c.Certificate); err != nil {
			return err
		}
	}
	if c.Basic != nil {
		if err := s.useBasic(*c.Basic); err != nil {
			return err
		}
	}
	if c.OAuth2 != nil {
		if s.oauth2, err = newIssuer(*c.OAuth2, s.secrets); err != nil {
			return err
		}
	}
	headers := maps.Clone(c.Headers)
	if c.Bearer != "" {
		headers = map[string]string{"Authorization": "Bearer " + c.Bearer}
		maps.Copy(headers, c.Headers)
	}
	if err := s.useHeaders(headers); err != nil {
		return err
	}
	if err := s.useCookies(c.Cookies); err != nil {
		return err
	}
	if c.Form != nil {
		if s.form, err = newFormLogin(*c.Form); err != nil {
			return err
		}
	}
	if c.CookieFile != "" {
		return s.useCookieFile(c.CookieFile)
	}
	return nil
}

func (s *Session) useBasic(b Basic) error {
	if strings.Contains(b.Username, ":") {
		return errors.New("basic: a username cannot contain a colon (RFC 7617)")
	}
	r := http.Request{Header: s.sending}
	r.SetBasicAuth(b.Username, b.Password)
	return nil
}

func (s *Session) useHeaders(headers map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		switch canonical := http.CanonicalHeaderKey(name); {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Errorf("headers: %q is not a header name", name)
		case canonical == "Cookie":
			return errors.New("headers: give cookies by name under cookies instead, so that the site's own are kept beside them")
		case canonical == "Host":
			return errors.New("headers: Host follows from the URL and cannot be set")
		case !httpguts.ValidHeaderFieldValue(headers[name]):
			return fmt.Errorf("headers: the value of %s has a line break or another control character; "+
				"was it read from a file with more than one line?", name)
		default:
			s.sending.Set(name, headers[name])
		}
	}
	return nil
}

func (s *Session) useCookies(cookies map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(cookies)) {
		value := cookies[name]
		switch {
		case !httpguts.ValidHeaderFieldName(name): // cookie names and header names are the same tokens (RFC 6265)
			return fmt.Errorf("cookies: %q is not a cookie name", name)
		case strings.Contains(value, ";") || !httpguts.ValidHeaderFieldValue(value):
			return fmt.Errorf("cookies: the value of %s has a semicolon or a control character; "+
				"give each cookie its own name", name)
		}
		s.cookies = append(s.cookies, cookie{name, value})
	}
	return nil
}

// useCookieFile reads the cookies of a file. Only those of the source are ever used. One whose value a
// cookie jar would change becomes a fixed cookie.
func (s *Session) useCookieFile(text string) error {
	all, err := parseCookieFile(text)
	if err != nil {
		return err
	}
	for _, c := range all {
		if len(c.value) >= 8 { // shorter values are settings, and masking them would tear words apart
			s.secrets.add(c.value)
		}
		quoted := len(c.value) > 1 && strings.HasPrefix(c.value, `"`) && strings.HasSuffix(c.value, `"`)
		switch {
		case !httpguts.ValidHeaderFieldName(c.name), !httpguts.ValidHeaderFieldValue(c.value), strings.Contains(c.value, ";"):
			return errors.New("cookie_file: a cookie's name or value has characters in it that it cannot have")
		case !quoted && strings.ContainsAny(c.value, ` ",\`) && c.goesTo(s.own.host) && !c.expired(time.Now()):
			s.cookies = append(s.cookies, cookie{c.name, c.value})
			c.fixed = true
		}
		s.cookieFile = append(s.cookieFile, c)
	}
	return nil
}

// Renewable reports whether logging in again can renew a session that has ended. It cannot if each request
// has the same credentials anyway.
func (s *Session) Renewable() bool { return s.form != nil || s.oauth2 != nil }

// Login does what is needed before the first page. client's jar keeps the session (a [*Jar] also knows how
// long it lasts), and its transport should come from [Session.Transport]. Login returns for people what it
// saw, step by step, even if it fails. If the login did not work, the error is a *LoginError. It wraps ctx's
// error if that is why. If nothing is needed, Login returns at once.
//
// It follows redirects by its own rules, whatever client.CheckRedirect says. It may be called again when a
// session has ended: it then fetches a new OAuth2 token and sends the form again.
func (s *Session) Login(ctx context.Context, client *http.Client) (seen []string, err error) {
	if (s.form != nil || s.cookieFile != nil) && client.Jar == nil {
		return nil, errors.New("log in: the client has no cookie jar to keep the session in")
	}
	if s.certificate != nil {
		line, err := s.certificate.login(s)
		if seen = append(seen, line); err != nil {
			return seen, err
		}
	}
	if s.oauth2 != nil {
		line, err := s.oauth2.login(ctx)
		if seen = append(seen, line); err != nil {
			return seen, err
		}
	}
	if s.cookieFile != nil {
		lines, err := s.loadCookies(client.Jar)
		if seen = append(seen, lines...); err != nil {
			return seen, err
		}
	}
	if s.form == nil {
		return seen, nil
	}
	v := &visit{Session: s, client: *client, seen: seen}
	err = v.login(ctx)
	return v.seen, err
}
