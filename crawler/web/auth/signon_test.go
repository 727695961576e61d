package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// signOn is an identity provider on a site of its own: it asks for the password in a
// session that it keeps in a cookie, and then sends the browser back with a ticket.
type signOn struct {
	*httptest.Server
	back  func(w http.ResponseWriter, r *http.Request) // with the ticket
	heard []string                                     // values of the forms that it was sent
}

func newSignOn(t *testing.T, back func(w http.ResponseWriter, r *http.Request)) *signOn {
	s := &signOn{back: back}
	form := `<form id=kc method=post action=/authenticate><input name=user><input type=password name=password></form>`
	mux := http.NewServeMux()
	mux.HandleFunc("/auth", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "AUTH_SESSION_ID", Value: "begun", Path: "/"})
		fmt.Fprint(w, "<title>Sign in</title>"+form)
	})
	mux.HandleFunc("POST /authenticate", func(w http.ResponseWriter, r *http.Request) {
		s.heard = append(s.heard, r.PostFormValue("password"))
		c, err := r.Cookie("AUTH_SESSION_ID")
		if err != nil || c.Value != "begun" || r.PostFormValue("password") != password || r.PostFormValue("user") != username {
			fmt.Fprint(w, "<title>Sign in</title><p class=error>Your session has expired.</p>"+form)
			return
		}
		s.back(w, r)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// behind is a site that leads to a sign-on in some way, and takes its ticket at /ticket.
func behind(t *testing.T, lead http.HandlerFunc) (base string) {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("session"); err != nil || c.Value != "open" {
			lead(w, r)
			return
		}
		fmt.Fprint(w, "<title>Welcome</title><a class=logout href=/logout>Log out</a>")
	})
	mux.HandleFunc("/ticket", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("SAMLResponse")+r.FormValue("code") != "ticket" {
			http.Error(w, "no ticket", http.StatusForbidden)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
		fmt.Fprint(w, `<html><head><meta http-equiv=refresh content="0; URL='/'"></head><body>One moment.`)
	})
	return serve(t, mux)
}

// Shibboleth, Keycloak, ADFS and their like pass a login from site to site by pages
// that a browser leaves by itself.
func TestSingleSignOn(t *testing.T) {
	for name, test := range map[string]struct {
		lead, back func(w http.ResponseWriter, r *http.Request, to string)
	}{
		"by redirects (OpenID Connect)": {
			func(w http.ResponseWriter, r *http.Request, to string) {
				http.Redirect(w, r, to+"?client_id=wiki&response_type=code&redirect_uri=x", http.StatusFound)
			},
			func(w http.ResponseWriter, r *http.Request, to string) {
				http.Redirect(w, r, to+"?code=ticket", http.StatusFound)
			},
		},
		"by forms that are messages (SAML)": {
			func(w http.ResponseWriter, _ *http.Request, to string) {
				fmt.Fprintf(w, `<form method=post action=%q><input type=hidden name=SAMLRequest value=x><noscript><button>Continue</button></noscript></form><script src=/auto.js></script>`, to)
			},
			func(w http.ResponseWriter, _ *http.Request, to string) {
				fmt.Fprintf(w, `<body onload="document.forms[0].submit()"><form method=post action=%q><input type=hidden name=SAMLResponse value=ticket><input type=submit></form>`, to)
			},
		},
		"by forms that scripts send (form post)": {
			func(w http.ResponseWriter, _ *http.Request, to string) {
				fmt.Fprintf(w, `<head><meta http-equiv="Refresh" content="0;url=%s"></head>`, to)
			},
			func(w http.ResponseWriter, _ *http.Request, to string) {
				fmt.Fprintf(w, `<form method=post action=%q><input type=hidden name=code value=ticket></form><script>document.forms[0].submit()</script>`, to)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var base string
			provider := newSignOn(t, func(w http.ResponseWriter, r *http.Request) { test.back(w, r, base+"/ticket") })
			base = behind(t, func(w http.ResponseWriter, r *http.Request) { test.lead(w, r, provider.URL+"/auth") })
			form := auth.Form{URL: base + "/", Fields: map[string]string{"user": username, "password": password}, LoggedIn: "a.logout"}

			_, _, err := login(t, base+"/", form)
			if refused := (*auth.LoginError)(nil); !errors.As(err, &refused) || !strings.Contains(err.Error(), "form.sign_on") {
				t.Errorf("without sign_on: %v", err)
			}
			if len(provider.heard) > 0 {
				t.Errorf("a site that is not configured was sent %q", provider.heard)
			}

			form.SignOn = []string{provider.URL}
			seen, _, err := login(t, base+"/", form)
			if err != nil {
				t.Fatalf("%v; saw %q", err, seen)
			}
			if !slices.Contains(seen, "logged_in a.logout: found") {
				t.Errorf("saw %q", seen)
			}
		})
	}
}

// A page may pass a login on to itself for ever.
func TestALoginThatIsPassedOnForEverFails(t *testing.T) {
	requests := 0
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		fmt.Fprintf(w, `<body onload="forms[0].submit()"><form method=post action=/%d><input type=hidden name=id_token value=x></form>`, requests)
	}))
	_, _, err := login(t, base+"/", auth.Form{URL: base + "/login", Fields: map[string]string{"password": password}})
	if err == nil || requests > 10 {
		t.Errorf("%d requests, %v", requests, err)
	}
}
