// Package auth gets a crawl into a private source: HTTP basic, a bearer token,
// fixed headers or cookies, or a form login. Credentials go to the source's own
// origin (scheme, host and port) only.
package auth

import (
	"context"
	"net/http"
	"net/url"
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

// Basic is HTTP basic authentication (RFC 7617).
type Basic struct{ Username, Password string }

// Form is a login by an HTML form.
type Form struct {
	URL      string            // page that shows the form
	Fields   map[string]string // the form's field names and what to fill in
	Form     string            // selector of the form; "" finds the one with a password field
	LoggedIn string            // selector that only a logged-in page has; "" checks that the password field is gone
}

// Session is a way in that is ready for use with one source.
type Session struct{}

// New prepares the way into the site at origin.
func New(origin *url.URL, c Config) (*Session, error) { panic("not yet") }

// Transport adds the credentials to requests for the source's own origin, and
// strips them, should they be there, from all others.
func (s *Session) Transport(base http.RoundTripper) http.RoundTripper { panic("not yet") }

// Login does what must be done before the first page, with client, whose jar
// keeps the session. It returns what it saw, step by step, for people. A login
// that was refused is a *LoginError. Where nothing needs doing it returns at once.
func (s *Session) Login(ctx context.Context, client *http.Client) (seen []string, err error) {
	panic("not yet")
}

// LoginError is a login that did not work, with what was seen. It holds no secrets.
type LoginError struct {
	Step    string // what was being done
	URL     string // final URL, after redirects
	Status  int    // 0 where there was no answer
	Title   string // the answer's <title>
	Message string // its first error text, as a person would read it
	Hint    string // how to mend it
	Err     error  // underlying error; may be nil
}

func (e *LoginError) Error() string { panic("not yet") }
func (e *LoginError) Unwrap() error { return e.Err }
