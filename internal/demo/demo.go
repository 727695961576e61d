// Package demo is a small private help center to crawl: a site behind a form
// login with a CSRF token, whose articles can be changed, removed and added.
package demo

import "net/http"

// Site is the help center. It serves itself.
type Site struct{}

// Username and Password open the help center.
const (
	Username = "sam@example.com"
	Password = "correct horse battery staple"
)

// New returns the help center with its first set of articles.
func New() *Site { panic("not yet") }

// ServeHTTP serves the help center; everything but the login page and its
// assets redirects to /login without a session.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("not yet") }

// Edit makes a day's edits: three articles changed, one removed, one added. It
// returns a line for people about each.
func (s *Site) Edit() []string { panic("not yet") }
