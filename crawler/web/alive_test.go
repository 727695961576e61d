package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// homeWithForm is a site whose first page shows visitors a login form, and members what there is. Whoever
// is logged in and asks for what is not there any more, is led home.
func homeWithForm(t *testing.T) (site *testsite.Site, logins func() int) {
	t.Helper()
	site = testsite.New(t)
	opened := 0
	site.Page("/", testsite.Page{Title: "Home", Text: "Welcome, Sam: here is what the depot knows.", Links: []string{"/keys", "/old", "/login-help", "/lights"}})
	site.Page("/keys", testsite.Page{Title: "Keys", Text: "They hang in the office of the foreman."})
	site.Page("/lights", testsite.Page{Title: "Lights", Text: "They go out at six, but for those in the yard."})
	site.Page("/login-help", testsite.Page{Robots: "noindex", Body: `<main><h1>Login</h1><p>Go to <a href="/login">the login</a>, and type what is on your card.</p></main>`})
	site.Redirect("/old", "/")
	site.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if c, err := r.Cookie("session"); err == nil && c.Value == "open" || r.URL.Path == "/robots.txt" {
			return false
		}
		if r.Method == http.MethodPost && r.FormValue("password") == "secret" {
			opened++
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return true
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>Welcome</title><form method=post action="/"><input name=username><input type=password name=password><button>Log in</button></form>`)
		return true
	})
	return site, func() int { return opened }
}

// A short page about the login, and a redirect to the home page that is also where the form is, were
// taken for the end of the session. The new login found no form, since the session was alive, and the
// crawl ended each night.
func TestASessionThatLivesIsNotDeclaredDead(t *testing.T) {
	site, logins := homeWithForm(t)
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) {
		s.Auth = auth.Config{Form: &auth.Form{URL: site.URL("/"), Fields: map[string]string{"username": "sam", "password": "secret"}}}
		s.Fetch.RespectRobots = false
		s.Fetch.Concurrency = 1
	})
	if got.coverage.Ended != "" || got.err != nil {
		t.Errorf("ended %q: %v", got.coverage.Ended, got.err)
	}
	got.wantComplete(t, true)
	for path, want := range map[string]crawler.Outcome{
		"/": crawler.Paged, "/keys": crawler.Paged, "/lights": crawler.Paged, "/login-help": crawler.Paged, "/old": crawler.Redirected,
	} {
		if got.outcomes[path] != want {
			t.Errorf("%s is %s: %s", path, got.outcomes[path], got.details[path])
		}
	}
	if logins() != 1 {
		t.Errorf("%d logins", logins())
	}
}
