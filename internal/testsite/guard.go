package testsite

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// guard protects the pages of a private site. It reports whether it has answered the request itself.
type guard func(w http.ResponseWriter, r *http.Request) bool

// The cookie that a form login sets, and the paths of logging out and in.
const (
	SessionCookie = "session"
	LogoutPath    = "/logout"
	LoginPath     = "/login"
)

// BasicAuth requires a user name and a password for every page.
func (s *Site) BasicAuth(username, password string) {
	s.guardWith(func(w http.ResponseWriter, r *http.Request) bool {
		if u, p, ok := r.BasicAuth(); ok && u == username && p == password {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	})
}

// Guard calls g before each page. g reports whether it has answered the request itself.
func (s *Site) Guard(g func(w http.ResponseWriter, r *http.Request) bool) { s.guardWith(g) }

// Before adds a guard in front of the existing one, as a proxy stands in front of a site.
func (s *Site) Before(g func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	behind := s.guard
	s.guard = func(w http.ResponseWriter, r *http.Request) bool {
		return g(w, r) || behind != nil && behind(w, r)
	}
}

// Public excepts a page from the guard.
func (s *Site) Public(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.public[path] = true
}

// Sessions are the sessions of a site with a form login.
type Sessions struct {
	mu      sync.Mutex
	open    map[string]int // the requests that are left of a session, by cookie value; no limit if negative
	issued  int
	lasting int
	refuse  bool
	wall    http.HandlerFunc
}

// FormLogin requires a session for every page. The form at /login opens one; it has a CSRF token. A GET of /logout ends
// it. Visitors without a session are redirected to the form.
func (s *Site) FormLogin(username, password string) *Sessions {
	sessions := &Sessions{open: make(map[string]int), lasting: -1}
	sessions.wall = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, LoginPath+"?next="+r.URL.Path, http.StatusFound)
	}
	s.guardWith(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == LoginPath && r.Method == http.MethodPost:
			sessions.logIn(w, r, username, password)
		case r.URL.Path == LoginPath:
			showForm(w, http.StatusOK, "")
		case !sessions.admit(r, r.URL.Path == LogoutPath):
			sessions.wall(w, r)
		default:
			return false
		}
		return true
	})
	return sessions
}

// Wall makes h answer visitors without a session, instead of the redirect.
func (s *Sessions) Wall(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wall = h
}

// Form returns a handler for [Sessions.Wall] that answers with a status and the login form.
func Form(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { showForm(w, status, "") }
}

// Last makes the sessions that are opened from now on end after n requests.
func (s *Sessions) Last(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lasting = n
}

// Refuse makes every login fail from now on, as if the password had been changed.
func (s *Sessions) Refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = true
}

// EndAll ends all sessions, as a restart of the site does.
func (s *Sessions) EndAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.open)
}

// Opened returns how many sessions have been opened, one for each login.
func (s *Sessions) Opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// Alive returns how many sessions have not ended.
func (s *Sessions) Alive() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, left := range s.open {
		if left != 0 {
			n++
		}
	}
	return n
}

const token = "6f1ed002ab5595859014ebf0951522d9"

func showForm(w http.ResponseWriter, status int, complaint string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<!doctype html><html><head><title>Log in</title></head><body><main>
<h1>Log in</h1><p class=error>%s</p>
<form id=login method=post action=%s>
<input type=hidden name=csrf value=%s>
<label>User name <input name=username></label>
<label>Password <input type=password name=password></label>
<button>Log in</button></form></main></body></html>`, complaint, LoginPath, token)
}

func (s *Sessions) logIn(w http.ResponseWriter, r *http.Request, username, password string) {
	s.mu.Lock()
	refuse := s.refuse
	s.mu.Unlock()
	matches := r.FormValue("username") == username && r.FormValue("password") == password
	if refuse || r.FormValue("csrf") != token || !matches {
		showForm(w, http.StatusOK, "That user name and password do not go together.")
		return
	}
	s.mu.Lock()
	s.issued++
	id := fmt.Sprintf("session-%d", s.issued)
	s.open[id] = s.lasting
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: SessionCookie, Value: id, Path: "/", HttpOnly: true})
	next := r.FormValue("next")
	if !strings.HasPrefix(next, "/") {
		next = "/"
	}
	http.Redirect(w, r, next, http.StatusFound)
}

// admit counts a request against its session and reports whether the session is open. leave ends the session.
func (s *Sessions) admit(r *http.Request, leave bool) bool {
	cookie, err := r.Cookie(SessionCookie)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	left, ok := s.open[cookie.Value]
	if !ok || left == 0 || leave {
		delete(s.open, cookie.Value)
		return false
	}
	if left > 0 {
		s.open[cookie.Value] = left - 1
	}
	return true
}

func (s *Site) guardWith(g guard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guard = g
}
