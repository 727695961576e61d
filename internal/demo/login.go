package demo

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

const (
	sessionCookie = "harbor_session"
	visitorCookie = "harbor_visitor" // the token of a form is bound to it
)

// loggedIn redirects requests without a session to the login.
func (s *Site) loggedIn(private http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.sessions.has(cookie(r, sessionCookie)) {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return
		}
		private.ServeHTTP(w, r)
	})
}

// showLogin shows the form, whose token is bound to the visitor's cookie.
func (s *Site) showLogin(w http.ResponseWriter, r *http.Request) {
	s.loginForm(w, r, http.StatusOK, "")
}

// login opens a session if the password is correct.
func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if !s.forms.valid(cookie(r, visitorCookie), r.PostFormValue("csrf_token")) {
		s.loginForm(w, r, http.StatusForbidden, "This form has expired. Please try again.")
		return
	}
	if !same(r.PostFormValue("email"), Username) || !same(r.PostFormValue("password"), Password) {
		s.loginForm(w, r, http.StatusUnprocessableEntity, "That e-mail address and password do not fit together.")
		return
	}
	setCookie(w, sessionCookie, s.sessions.open())
	http.Redirect(w, r, localPath(r.PostFormValue("next")), http.StatusSeeOther)
}

// logout ends the session on a GET, as many real sites do.
func (s *Site) logout(w http.ResponseWriter, r *http.Request) {
	s.sessions.end(cookie(r, sessionCookie))
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func (s *Site) loginForm(w http.ResponseWriter, r *http.Request, status int, problem string) {
	visitor := cookie(r, visitorCookie)
	if visitor == "" {
		visitor = rand.Text()
		setCookie(w, visitorCookie, visitor)
	}
	s.render(w, status, "login.html", view{
		Title:   "Sign in",
		Problem: problem,
		Next:    localPath(r.FormValue("next")),
		Token:   s.forms.issue(visitor),
	})
}

// sessions holds the open sessions by the value of their cookie.
type sessions struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (s *sessions) open() (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[string]bool{}
	}
	id = rand.Text()
	s.ids[id] = true
	return id
}

func (s *sessions) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids[id]
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ids, id)
}

// tokens protect forms from being sent by other sites. A token is bound to a visitor, and only a page of
// this site has it. Each token is issued only once.
type tokens struct{ key []byte }

func (t tokens) issue(visitor string) string {
	nonce := rand.Text()
	return nonce + "." + t.sign(nonce, visitor)
}

func (t tokens) valid(visitor, token string) bool {
	nonce, signature, _ := strings.Cut(token, ".")
	return visitor != "" && same(signature, t.sign(nonce, visitor))
}

func (t tokens) sign(nonce, visitor string) string {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(nonce + "." + visitor))
	return hex.EncodeToString(mac.Sum(nil))
}

// same compares in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// localPath returns next where it is a path on this site, and the home page otherwise.
func localPath(next string) string {
	u, err := url.Parse(next)
	elsewhere := err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(next, "//")
	if elsewhere || !strings.HasPrefix(u.Path, "/") || strings.Contains(next, `\`) {
		return "/"
	}
	return next
}
