// Package auth gets a crawl into a private source.
//
// There are three kinds of ways in, and several may go together, as where a proxy
// stands in front of a form. HTTP basic and digest, a bearer token (a fixed one,
// or one that is fetched by OAuth2 client credentials), fixed headers and cookies
// accompany each request: [Session.Transport] adds them. A client certificate
// belongs to the connection: [Session.Connections] presents it. A form login
// happens once, before the first page: [Session.Login] opens the form as a browser
// would, fills it in, sends it, and makes sure that it worked; the client's cookie
// jar then keeps what the site answered.
//
// In every case credentials go to the source's own origin (scheme, host and
// port) and nowhere else. The exceptions are configured by hand: a form whose page
// is on another origin, the single sign-on that it leads to, and the address that
// OAuth2 tokens come from, which gets the client's secret, and never the token.
//
// A login that fails is a [*LoginError], which says what was seen and how to
// mend it. Nothing in this package prints a secret: configurations print the
// names they hold, and text that comes from the site is masked where it repeats
// a credential.
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

// Config is a way into a site: none for a public one, or several that go together.
// Only one of them can write the Authorization header. It prints without its
// secrets.
type Config struct {
	Certificate *Certificate
	Basic       *Basic
	Digest      *Basic // HTTP digest authentication (RFC 7616)
	Bearer      string
	OAuth2      *OAuth2
	Headers     map[string]string
	Cookies     map[string]string
	CookieFile  string // what a cookies.txt says, in Netscape's format
	Form        *Form
	KeepSession string // key that encrypts the form's session between runs; "" keeps none
}

// Basic is a user name and a password for HTTP basic (RFC 7617) or digest
// authentication. It prints without its secrets.
type Basic struct{ Username, Password string }

// Form is a login by HTML forms: one with Fields, or several Steps. It prints
// without its secrets.
type Form struct {
	URL      string            // page that shows the first form
	Fields   map[string]string // the form's field names and what to fill in
	Form     string            // selector of the form; "" finds the one with a password field
	Steps    []Step            // instead of Fields and Form
	SignOn   []string          // addresses of the single sign-on that the page leads to: their origins get what is filled in, too
	LoggedIn string            // selector that only a logged-in page has; "" checks that the password field is gone
}

// Step is one form of a login that has several, such as the user name first and
// then the password. It prints without its secrets.
type Step struct {
	URL      string            // page that shows the form; "" is the answer to the step before, or the login page
	Fields   map[string]string // none where only a button is pressed, as to consent
	Form     string            // selector of the form; "" finds the one that fits
	Submit   string            // selector of the button to press; "" is the one that Enter presses
	Optional bool              // left out where its form does not turn up
}

// Session is a way in that is ready for use with one source. Besides an OAuth2
// token it holds no state of its own (a form login's session is in the client's
// cookie jar) and may be used by several goroutines at once. It prints without
// its secrets.
type Session struct {
	config      Config
	start       *url.URL
	own         origin             // the source's: gets the credentials
	certificate *clientCertificate // these are nil where there is none
	oauth2      *issuer
	form        *formLogin
	sending     http.Header  // set on each request to own
	cookies     []cookie     // sent with each request to own
	cookieFile  []fileCookie // put into the jar by Login
	secrets     *mask
	known       *secrets.Set // learns what the session is given; nil where nobody asked: see Feed
}

// cookie is a fixed cookie, to be sent just as it was configured.
type cookie struct{ name, value string }

// New prepares the way into the site that begins at start. Start's scheme, host
// and port are the origin that gets the credentials; start itself is where a
// form login is tried out. New does no I/O; its errors are mistakes in c.
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

// prepare makes of each configured way what requests need of it.
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
			return fmt.Errorf("cookies: the value of %s has a semicolon or a control character; give each cookie its own name", name)
		}
		s.cookies = append(s.cookies, cookie{name, value})
	}
	return nil
}

// useCookieFile reads the file, of which only the source's cookies are ever used.
// One whose value a jar would not send just as it is becomes a fixed one.
func (s *Session) useCookieFile(text string) error {
	all, err := parseCookieFile(text)
	if err != nil {
		return err
	}
	for _, c := range all {
		if len(c.value) >= 8 { // a shorter one is a setting, and would tear words apart
			s.secrets.add(c.value)
		}
		quoted := len(c.value) > 1 && strings.HasPrefix(c.value, `"`) && strings.HasSuffix(c.value, `"`)
		switch {
		case !httpguts.ValidHeaderFieldName(c.name) || !httpguts.ValidHeaderFieldValue(c.value) || strings.Contains(c.value, ";"):
			return errors.New("cookie_file: a cookie's name or value has characters in it that it cannot have")
		case !quoted && strings.ContainsAny(c.value, ` ",\`) && c.goesTo(s.own.host) && !c.expired(time.Now()):
			s.cookies = append(s.cookies, cookie{c.name, c.value})
			c.fixed = true
		}
		s.cookieFile = append(s.cookieFile, c)
	}
	return nil
}

// Renewable reports whether logging in again can mend a session that has run out:
// where each request bears the same credentials anyway, it cannot.
func (s *Session) Renewable() bool { return s.form != nil || s.oauth2 != nil }

// Login does what must be done before the first page, with client, whose jar
// keeps the session (a [*Jar] also tells how long it lasts) and whose transport
// should be one of [Session.Transport]. It returns what it saw, step by step, for
// people, also where it failed. A login that did not work is a *LoginError, which
// wraps ctx's error where that is why. Where nothing needs doing it returns at once.
//
// It follows redirects by its own rules, whatever client.CheckRedirect says, and
// may be called again when a session has run out: an OAuth2 token is then fetched
// anew, and the form is sent again.
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
