package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// portal shows a login form, and to whoever has the session what inside makes of the request.
func portal(form string, inside http.HandlerFunc) http.Handler {
	h := http.NewServeMux()
	h.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("log") != username || r.FormValue("pwd") != password {
			fmt.Fprint(w, form)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
		http.Redirect(w, r, "/profile", http.StatusSeeOther)
	})
	h.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err != nil {
			fmt.Fprint(w, form)
			return
		}
		inside(w, r)
	})
	return h
}

const plainForm = `<title>Log in</title><form id=login method=post action=/login><input name=log><input name=pwd type=password><button>Log in</button></form>`

// WordPress leads whoever logs in to a page on which passwords are changed. That was taken for a refusal.
func TestALoginThatLeadsToAPageWithPasswordsHasSucceeded(t *testing.T) {
	for name, start := range map[string]string{"the start page has none": `<title>Handbook</title><p>What there is.</p>`,
		"the start page has some": `<title>Profile</title><form method=post action=/profile><input name=email><input name=pass1 type=password><input name=pass2 type=password></form>`} {
		base := serve(t, portal(plainForm, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				fmt.Fprint(w, start)
				return
			}
			fmt.Fprint(w, `<title>Profile</title><form method=post action=/profile><input name=email><input name=pass1 type=password><input name=pass2 type=password></form>`)
		}))
		form := auth.Form{URL: base + "/login", Fields: map[string]string{"log": username, "pwd": password}}
		if seen, _, err := login(t, base+"/", form); err != nil {
			t.Errorf("%s: %v; %q", name, err, seen)
		}
		form.Fields["pwd"] = "wrong"
		if _, _, err := login(t, base+"/", form); err == nil {
			t.Errorf("%s: a wrong password was taken for a login", name)
		}
	}
}

func TestAMessageNamesTheNextStepOfALogin(t *testing.T) {
	t.Run("consent", func(t *testing.T) {
		base := serve(t, portal(plainForm, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/terms" {
				http.Redirect(w, r, "/terms", http.StatusSeeOther)
				return
			}
			fmt.Fprint(w, `<title>Terms</title><p>Please read and agree.</p><form id=consent method=post action=/terms><input type=checkbox name=agree><button>Agree</button></form>`)
		}))
		_, _, err := login(t, base+"/", auth.Form{URL: base + "/login", Fields: map[string]string{"log": username, "pwd": password}})
		if err == nil || !strings.Contains(err.Error(), "another form, form#consent (fields agree), is shown: add a step") {
			t.Errorf("it says %v", err)
		}
	})
	t.Run("one thing after the other", func(t *testing.T) {
		base := serve(t, portal(`<title>Log in</title><form id=name method=post action=/name><input name=log><button>Next</button></form>`, nil))
		_, _, err := login(t, base+"/", auth.Form{URL: base + "/login", Fields: map[string]string{"log": username, "pwd": password}})
		if err == nil || !strings.Contains(err.Error(), "form#name asks for a part of it only (fields log)") || !strings.Contains(err.Error(), "use form.steps") {
			t.Errorf("it says %v", err)
		}
	})
}
