// Package demo is a small private help center to crawl. It has a form login with a CSRF token, and its
// articles can be changed, removed and added.
//
// It is the help center of Harbor, a team tool that does not exist. It has what makes private sites hard
// to crawl: a link in the header that logs out, markup that differs with each request, a search, an
// internal collection that is not for everybody, and a private sitemap that lists only some of the
// articles.
//
// Its articles are the files under content, with a folder for each collection. The edits of a day are in
// edits.go and under nextday.
package demo

import (
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"sync/atomic"
)

// Username and Password log in to the help center.
const (
	Username = "sam@example.com"
	Password = "correct horse battery staple"
)

//go:embed content nextday templates assets
var files embed.FS

// Site is the help center. It is an http.Handler.
type Site struct {
	mux       *http.ServeMux
	templates *template.Template
	library   atomic.Pointer[library] // replaced as a whole, never changed
	sessions  sessions
	forms     tokens
}

// New returns the help center before any edits.
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

// ServeHTTP serves the help center. Without a session it redirects to /login, except for the login page,
// its assets and robots.txt.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
