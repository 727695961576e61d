// Package demo is a small private help center to crawl: a site behind a form
// login with a CSRF token, whose articles can be changed, removed and added.
//
// It is the help center of Harbor, a team tool that does not exist, and it has
// what makes private sites hard to keep up with: a link in the header that logs
// out, markup that differs at every request, a search, an internal collection
// that is not for everybody, and a sitemap that is private itself and lists only
// some of the articles.
//
// Its articles are the files under content, a folder for each collection. A
// day's edits are in edits.go and under nextday.
package demo

import (
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"sync/atomic"
)

// Username and Password open the help center.
const (
	Username = "sam@example.com"
	Password = "correct horse battery staple"
)

//go:embed content nextday templates assets
var files embed.FS

// Site is the help center. It serves itself, to several clients at once.
type Site struct {
	mux       *http.ServeMux
	templates *template.Template
	library   atomic.Pointer[library] // never changed, only replaced
	sessions  sessions
	forms     tokens
}

// New returns the help center with its first set of articles.
func New() *Site {
	s := &Site{
		mux:       http.NewServeMux(),
		templates: template.Must(template.ParseFS(files, "templates/*.html")),
		forms:     tokens{key: []byte(rand.Text())},
	}
	s.library.Store(load(files, "content"))

	s.mux.HandleFunc("GET /robots.txt", s.robots)
	s.mux.Handle("GET /assets/", http.FileServerFS(files))
	s.mux.HandleFunc("GET /login", s.showLogin)
	s.mux.HandleFunc("POST /login", s.login)

	private := http.NewServeMux()
	private.HandleFunc("GET /{$}", s.home)
	private.HandleFunc("GET /collections/{collection}", s.collection)
	private.HandleFunc("GET /articles/{article}", s.article)
	private.HandleFunc("GET /internal/{article}", s.article)
	private.HandleFunc("GET /search", s.search)
	private.HandleFunc("GET /sitemap.xml", s.sitemap)
	private.HandleFunc("GET /logout", s.logout)
	private.HandleFunc("POST /feedback", s.feedback)
	private.HandleFunc("/", s.notFound)
	s.mux.Handle("/", s.loggedIn(private))
	return s
}

// ServeHTTP serves the help center; everything but the login page, its assets
// and robots.txt redirects to /login without a session.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
