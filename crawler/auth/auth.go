// Package auth gets a crawl into a private source.
//
// There are two kinds of ways in. HTTP basic, a bearer token, fixed headers and
// fixed cookies accompany each request: [Session.Transport] adds them. A form
// login happens once, before the first page: [Session.Login] opens the form as a
// browser would, fills it in, sends it, and makes sure that it worked; the
// client's cookie jar then keeps what the site answered.
//
// In both cases credentials go to the source's own origin (scheme, host and
// port) and nowhere else. The one exception is configured by hand: a form whose
// page is on another origin, as with single sign-on.
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

	"golang.org/x/net/http/httpguts"
)

// Config is one way in; at most one field is set. The zero value is a public
// site. It prints without its secrets.
type Config struct {
	Basic   *Basic
	Bearer  string
	Headers map[string]string
	Cookies map[string]string
	Form    *Form
}

// Basic is HTTP basic authentication (RFC 7617). It prints without its secrets.
type Basic struct{ Username, Password string }

// Form is a login by an HTML form. It prints without its secrets.
type Form struct {
	URL      string            // page that shows the form
	Fields   map[string]string // the form's field names and what to fill in
	Form     string            // selector of the form; "" finds the one with a password field
	LoggedIn string            // selector that only a logged-in page has; "" checks that the password field is gone
}

// Session is a way in that is ready for use with one source. It holds no state
// of its own (a form login's session is in the client's cookie jar) and may be
// used by several goroutines at once. It prints without its secrets.
type Session struct {
	config  Config
	start   *url.URL
	own     origin      // the source's: gets the credentials
	sending http.Header // set on each request to own
	cookies []cookie    // sent with each request to own
	form    *formLogin  // nil where there is none
	secrets *mask
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
	if n := c.waysIn(); len(n) > 1 {
		return nil, fmt.Errorf("prepare the way in: choose one of %s", strings.Join(n, ", "))
	}
	s := &Session{config: c, start: start, own: own, sending: http.Header{}, secrets: newMask(c.secrets())}
	var err error
	switch {
	case c.Basic != nil:
		err = s.useBasic(*c.Basic)
	case c.Bearer != "":
		err = s.useHeaders(map[string]string{"Authorization": "Bearer " + c.Bearer})
	case len(c.Headers) > 0:
		err = s.useHeaders(c.Headers)
	case len(c.Cookies) > 0:
		err = s.useCookies(c.Cookies)
	case c.Form != nil:
		s.form, err = newFormLogin(*c.Form)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the way in: %w", err)
	}
	return s, nil
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

// Login does what must be done before the first page, with client, whose jar
// keeps the session and whose transport should be one of [Session.Transport]. It
// returns what it saw, step by step, for people, also where it failed. A login
// that did not work is a *LoginError, which wraps ctx's error where that is why.
// Where nothing needs doing it returns at once.
//
// It follows redirects by its own rules, whatever client.CheckRedirect says, and
// may be called again when a session has run out.
func (s *Session) Login(ctx context.Context, client *http.Client) (seen []string, err error) {
	if s.form == nil {
		return nil, nil
	}
	if client.Jar == nil {
		return nil, errors.New("log in by form: the client has no cookie jar to keep the session in")
	}
	v := &visit{Session: s, client: *client}
	err = v.login(ctx)
	return v.seen, err
}
