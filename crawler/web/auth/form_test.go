package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

const (
	username = "sam@example.com"
	password = "correct horse & battery"
)

// helpCenter is a private site as a careful framework makes it: a token in the
// form that belongs to a cookie, a Referer and an Origin that must fit, a new
// session after the login, and redirects in between.
type helpCenter struct {
	*http.ServeMux
	refusal http.HandlerFunc // answers a wrong password; nil shows the form again with 200
}

func newHelpCenter() *helpCenter {
	h := &helpCenter{ServeMux: http.NewServeMux()}
	h.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("session"); err != nil || c.Value != "open" {
			http.Redirect(w, r, "/login?next=/", http.StatusFound)
			return
		}
		fmt.Fprint(w, `<title>Welcome</title><a class=logout href=/logout>Log out</a>`)
	})
	h.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { h.form(w, "") })
	h.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		base := "http://" + r.Host
		csrf, err := r.Cookie("csrftoken")
		if err != nil || csrf.Value != r.PostFormValue("csrf_token") ||
			r.Header.Get("Origin") != base || !strings.HasPrefix(r.Header.Get("Referer"), base+"/login") {
			http.Error(w, "CSRF verification failed", http.StatusForbidden)
			return
		}
		switch {
		case r.PostFormValue("username") == username && r.PostFormValue("password") == password:
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/", HttpOnly: true})
			http.Redirect(w, r, "/welcome", http.StatusFound)
		case h.refusal != nil:
			h.refusal(w, r)
		default:
			h.form(w, fmt.Sprintf("No account %s with password %s.", r.PostFormValue("username"), r.PostFormValue("password")))
		}
	})
	h.HandleFunc("GET /welcome", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) })
	return h
}

func (h *helpCenter) form(w http.ResponseWriter, problem string) {
	http.SetCookie(w, &http.Cookie{Name: "csrftoken", Value: "c-123", Path: "/"})
	if problem != "" {
		problem = `<div hidden class=error>not this one</div><p class="alert alert-danger">` + problem + `</p>`
	}
	fmt.Fprintf(w, `<title>Sign in</title><form action=/search><input name=q></form>%s
		<form id=login method=post action="">
		<input name=username><input name=password type=password>
		<input type=hidden name=csrf_token value=c-123><button>Sign in</button></form>`, problem)
}

func signIn(base string) auth.Form {
	return auth.Form{
		URL:      base + "/login",
		Fields:   map[string]string{"username": username, "password": password},
		LoggedIn: "a.logout",
	}
}

func TestFormLoginTellsItsSteps(t *testing.T) {
	base := serve(t, newHelpCenter())
	seen, client, err := login(t, base+"/", signIn(base))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET " + base + "/login → 200 “Sign in”",
		"form#login: fields username, password, csrf_token (hidden)",
		"POST " + base + "/login → 302 → 303 → 200 “Welcome”",
		"logged_in a.logout: found",
		"cookies: csrftoken, session",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	get(t, client, base+"/")
}

func TestFormLoginWithoutASelectorTriesTheStartPage(t *testing.T) {
	base := serve(t, newHelpCenter())
	form := signIn(base)
	form.LoggedIn = ""
	seen, _, err := login(t, base+"/", form)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"password field: gone", "cookies: csrftoken, session"}, seen[len(seen)-2:]); diff != "" {
		t.Errorf("last steps (-want +got):\n%s", diff)
	}
}

func TestASecondLoginFindsTheSessionStillOpen(t *testing.T) {
	site := newHelpCenter()
	site.HandleFunc("GET /sso", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("session"); err == nil && c.Value == "open" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	})
	base := serve(t, site)
	form := signIn(base)
	form.URL = base + "/sso"
	session, client := newClient(t, base+"/", auth.Config{Form: &form})
	for i, want := range []string{"cookies: csrftoken, session", "logged_in a.logout: found, already logged in"} {
		seen, err := session.Login(t.Context(), client)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(seen, want) {
			t.Errorf("login %d saw %q, want %q among it", i+1, seen, want)
		}
	}
}

func TestAnAnswerThatIsNoPageIsFollowedByTheStartPage(t *testing.T) {
	for name, answer := range map[string]string{
		"an API's reply":       `{"ok":true}`,
		"a bare redirect page": `<meta http-equiv=refresh content="0; url=/">One moment…`,
		"nothing":              ``,
	} {
		for _, loggedIn := range []string{"a.logout", ""} {
			t.Run(name+" "+loggedIn, func(t *testing.T) {
				site := newHelpCenter()
				site.HandleFunc("GET /api", func(w http.ResponseWriter, _ *http.Request) {
					fmt.Fprint(w, `<form method=post action=/api/login><input name=username><input name=password type=password></form>`)
				})
				site.HandleFunc("POST /api/login", func(w http.ResponseWriter, _ *http.Request) {
					http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
					fmt.Fprint(w, answer)
				})
				base := serve(t, site)
				form := signIn(base)
				form.URL, form.LoggedIn = base+"/api", loggedIn
				if seen, _, err := login(t, base+"/", form); err != nil {
					t.Errorf("%v; saw %q", err, seen)
				}
			})
		}
	}
}

// Norconex 500 and 606: a form login fails, and nothing says why.
func TestARefusedLoginSaysWhatWasSeen(t *testing.T) {
	page := func(status int, html string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			fmt.Fprint(w, html)
		}
	}
	again := `<form method=post><input name=username><input name=password type=password></form>`
	for name, c := range map[string]struct {
		refusal         http.HandlerFunc
		status          int
		title, message  string
		hintWith        string // a selector, hinted at with logged_in
		hintWithout     string // without
		startSaysItAlso bool
	}{
		// MediaWiki answers a wrong password with 200.
		"the form again, echoing what was typed": {nil, 200, "Sign in", "No account ••• with password •••.", "check what is filled in for password and username", "check what is filled in", false},
		// DokuWiki answers it with 403.
		"a 403 with the form":       {page(403, `<title>start</title><div class=error>Sorry, wrong.</div>`+again), 403, "start", "Sorry, wrong.", "check what is filled in", "check what is filled in", false},
		"the form and no word":      {page(200, `<div class=error></div><label class=text-danger>*</label>`+again), 200, "", "", "shown again", "shown again", false},
		"a bare page":               {page(200, `<title>Hm</title><div role=alert>Unknown user</div>`), 200, "Hm", "Unknown user", "a.logout", "logged_in", true},
		"too many attempts":         {page(429, `<h1>Slow down</h1>`), 429, "", "", "wait", "", true},
		"a fault of the site's own": {page(503, `<title>Oops</title>`), 503, "Oops", "", "try again later", "", true},
		"a captcha":                 {page(200, `<div class=g-recaptcha></div>`+again), 200, "", "", "captcha", "captcha", false},
		"a second factor":           {page(200, `<title>Code</title><form><input name=code autocomplete=one-time-code></form>`), 200, "Code", "", "second factor", "", true},
		"a long message": {page(200, `<p class=error>`+strings.Repeat("no ", 500)+again), 200, "",
			strings.TrimSpace(strings.Repeat("no ", 67)[:199]) + "…", "check", "check", false},
	} {
		for _, loggedIn := range []string{"a.logout", ""} {
			t.Run(fmt.Sprintf("%s, logged_in %q", name, loggedIn), func(t *testing.T) {
				if loggedIn == "" && c.startSaysItAlso {
					c.hintWithout = "shown again" // by the start page, which leads back to the form
					if c.message != "" {
						c.hintWithout = "form.logged_in"
					} else {
						c.status, c.title = 200, "Sign in"
					}
				}
				site := newHelpCenter()
				site.refusal = c.refusal
				base := serve(t, site)
				form := signIn(base)
				form.LoggedIn, form.Fields["password"] = loggedIn, "wr0ng & wrong"
				_, _, err := login(t, base+"/", form)
				refused := loginError(t, err)
				hint := c.hintWith
				if loggedIn == "" {
					hint = c.hintWithout
				}
				if refused.Status != c.status || refused.Title != c.title || refused.Message != c.message || !strings.Contains(refused.Hint, hint) {
					t.Errorf("got  %d %q %q %q\nwant %d %q %q %q", refused.Status, refused.Title, refused.Message, refused.Hint,
						c.status, c.title, c.message, hint)
				}
			})
		}
	}
}

func TestASelectorThatAnyoneSeesProvesNothing(t *testing.T) {
	base := serve(t, newHelpCenter())
	form := signIn(base)
	form.LoggedIn = "form"
	_, _, err := login(t, base+"/", form)
	if e := loginError(t, err); !strings.Contains(e.Hint, "found before the login, too") {
		t.Errorf("hint is %q", e.Hint)
	}
}

func TestWhatCannotBeFilledInIsSaidWithTheFormsFields(t *testing.T) {
	for name, c := range map[string]struct {
		html, form string
		fields     map[string]string
		step, hint string
	}{
		"a field that the form lacks": {`<form name=in><input name=user><input name=pass type=password><input type=hidden name=tok><input type=submit name=go></form>`, "",
			map[string]string{"User": username, "pass": password},
			"fill in the login form", `form[name="in"] has no field named User; it has fields user, pass, tok (hidden)`},
		"JavaScript instead of a form": {`<title>App</title><div id=root></div><script src=/app.js></script>`, "", nil,
			"find the login form", "the page has no form; JavaScript probably draws the login form"},
		"JavaScript beside a search form": {`<form class="search big"><input name=q></form><script src=/app.js></script>`, "", nil,
			"find the login form", "the page has form.search (fields q); JavaScript probably"},
		"a selector without a form": {`<form id=a><input name=q></form><form id=b></form>`, "form#login", nil,
			"find the login form", "no form matches form#login; the page has form#a (fields q), form#b (no fields)"},
		"no form at all": {`<h1>Hello</h1>`, "", nil, "find the login form", "the page has no form; check form.url"},
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.html) }))
			form := signIn(base)
			form.Form = c.form
			if c.fields != nil {
				form.Fields = c.fields
			}
			_, _, err := login(t, base, form)
			e := loginError(t, err)
			if e.Step != c.step || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got  %s: %s\nwant %s: … %s …", e.Step, e.Hint, c.step, c.hint)
			}
			if want := strings.Contains(c.html, "<script"); e.Scripted != want {
				t.Errorf("got that scripts may make the form: %t, want %t", e.Scripted, want)
			}
		})
	}
}

// The form is the site's to write, and a site may be hacked or careless.
func TestCredentialsAreNeverSubmittedElsewhere(t *testing.T) {
	elsewhere := &recorder{}
	other := serve(t, elsewhere)
	loginPage := func(form string) *http.ServeMux {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret", Path: "/"})
			fmt.Fprintf(w, `<form %s><input name=username><input name=password type=password></form>`, form)
		})
		return mux
	}
	redirecting := func(form string, code int, query bool) http.Handler {
		mux := loginPage(form)
		mux.HandleFunc("/submit", func(w http.ResponseWriter, r *http.Request) {
			to := other + "/submit"
			if query {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, to, code)
		})
		return mux
	}
	for name, site := range map[string]http.Handler{
		"an action elsewhere":           loginPage(`method=post action="` + other + `/steal"`),
		"a base elsewhere":              loginPage(`method=post action=/steal><base href="` + other + `"`),
		"a redirect that keeps a POST":  redirecting(`method=post action=/submit`, http.StatusTemporaryRedirect, false),
		"the permanent one":             redirecting(`method=post action=/submit`, http.StatusPermanentRedirect, false),
		"a redirect that drops it":      redirecting(`method=post action=/submit`, http.StatusFound, false),
		"a redirect of a GET":           redirecting(`action=/submit`, http.StatusFound, false),
		"a redirect that keeps a query": redirecting(`action=/submit`, http.StatusFound, true),
		"a login page elsewhere": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other+"/login", http.StatusFound)
		}),
		"an action that is a script": loginPage(`method=post action="javascript:go()"`),
	} {
		t.Run(name, func(t *testing.T) {
			before := len(elsewhere.all())
			base := serve(t, site)
			_, _, err := login(t, base+"/", signIn(base))
			loginError(t, err)
			for _, r := range elsewhere.all()[before:] {
				sent := fmt.Sprint(r.URL, r.Header, r.Form)
				for _, secret := range []string{username, password, "sam%40", "correct+horse", "s3cret"} {
					if strings.Contains(sent, secret) {
						t.Errorf("%q went elsewhere: %s", secret, sent)
					}
				}
			}
		})
	}
	t.Run("the refusal says why", func(t *testing.T) {
		base := serve(t, loginPage(`method=post action="`+other+`/steal"`))
		_, _, err := login(t, base+"/", signIn(base))
		if want := "refused to send the credentials to " + other + ", another origin"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	})
}

func TestCredentialsAreNotSentInTheClearFromAnEncryptedPage(t *testing.T) {
	plain := &recorder{}
	target := serve(t, plain)
	encrypted := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<form method=post action="%s/login"><input name=username><input name=password type=password></form>`, target)
	}))
	t.Cleanup(encrypted.Close)
	form := signIn(encrypted.URL)
	session, client := newClient(t, target, auth.Config{Form: &form}) // the source itself is http
	trusting := encrypted.Client().Transport
	client.Transport = session.Transport(trusting)
	_, err := session.Login(t.Context(), client)
	if e := loginError(t, err); e.Err == nil || !strings.Contains(e.Err.Error(), "unencrypted") {
		t.Errorf("error is %v, want a refusal", err)
	}
	if n := len(plain.all()); n > 0 {
		t.Errorf("the plain site got %d requests", n)
	}
}

func TestAConfiguredSignInHostGetsTheFormAndNothingElse(t *testing.T) {
	var source string
	signOn := http.NewServeMux()
	signOn.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sso", Value: "1", Path: "/"})
		fmt.Fprint(w, `<form method=post><input name=username><input name=password type=password></form>`)
	})
	signOn.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("sso"); err != nil || r.PostFormValue("password") != password {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		http.Redirect(w, r, source+"/callback?ticket=ST-1234567", http.StatusFound)
	})
	site := newHelpCenter()
	site.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "" || strings.Contains(r.Header.Get("Referer"), "/login") {
			http.Error(w, "a browser would not send that", http.StatusBadRequest)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
		http.Redirect(w, r, "/", http.StatusFound)
	})
	sourceRequests := &recorder{next: site}
	source = serve(t, sourceRequests)
	seen, _, err := login(t, source+"/", signIn(serve(t, signOn)))
	if err != nil {
		t.Fatalf("%v; saw %q", err, seen)
	}
	for _, r := range sourceRequests.all() {
		if r.Form.Has("password") {
			t.Errorf("the source got the password: %s %s", r.Method, r.URL)
		}
	}
}

func TestALoginThatGoesInCirclesEnds(t *testing.T) {
	form := `<form method=post action=/in><input name=username><input name=password type=password></form>`
	site := http.NewServeMux()
	site.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, form) })
	site.HandleFunc("/in", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/out", http.StatusFound) })
	site.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/in", http.StatusFound) })
	base := serve(t, site)
	_, _, err := login(t, base+"/", signIn(base))
	e := loginError(t, err)
	if e.Step != "submit the login form" || !strings.Contains(e.Error(), "stopped after 10 redirects") || !strings.Contains(e.Hint, "circles") {
		t.Errorf("got %v", e)
	}
}

func TestASecureCookieOverHTTPIsPointedOut(t *testing.T) {
	site := http.NewServeMux()
	form := `<form method=post><input name=username><input name=password type=password></form>`
	site.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, form) })
	site.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Secure: true})
		http.Redirect(w, r, "/", http.StatusFound)
	})
	base := serve(t, site)
	_, _, err := login(t, base+"/", signIn(base))
	if e := loginError(t, err); !strings.Contains(e.Hint, "Secure cookie over http") {
		t.Errorf("hint is %q", e.Hint)
	}
}

func TestNetworkErrorsAreLoginErrors(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `<form><input name=username>`)
	}
	site := newHelpCenter()
	site.refusal = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		base, step string
		is         error
	}{
		"an unreachable host":      {closed.URL, "open the login page", nil},
		"a page that breaks off":   {serve(t, http.HandlerFunc(hangUp)), "open the login page", io.ErrUnexpectedEOF},
		"a POST without an answer": {serve(t, site), "submit the login form", io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			form := signIn(c.base)
			form.Fields["password"] = "wr0ng & wrong"
			_, _, err := login(t, c.base, form)
			e := loginError(t, err)
			if e.Step != c.step || e.Err == nil || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %q, %v; want %q, %v", e.Step, e.Err, c.step, c.is)
			}
		})
	}
}

func TestLoginEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	form := signIn(base)
	session, client := newClient(t, base, auth.Config{Form: &form})
	_, err := session.Login(ctx, client)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
}

func TestAHugePageIsReadInPart(t *testing.T) {
	filler := strings.Repeat(" ", 1<<20)
	site := newHelpCenter()
	endless := func(w http.ResponseWriter, r *http.Request, begin string) {
		_, _ = io.WriteString(w, begin)
		for range 1000 {
			if _, err := io.WriteString(w, filler); err != nil {
				return // the client has seen enough
			}
		}
		t.Error("the client read on and on")
	}
	site.HandleFunc("GET /endless", func(w http.ResponseWriter, r *http.Request) {
		endless(w, r, `<form method=post action=/login><input name=username><input name=password type=password></form>`)
	})
	site.HandleFunc("POST /endless", func(w http.ResponseWriter, r *http.Request) { endless(w, r, `<a class=logout>Log out</a>`) })
	site.HandleFunc("GET /short", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form method=post action=/endless><input name=username><input name=password type=password></form>`)
	})
	base := serve(t, site)
	start := time.Now()

	form := signIn(base)
	form.URL = base + "/endless"
	_, _, err := login(t, base+"/", form)
	if e := loginError(t, err); !strings.Contains(e.Error(), "longer than 5 MB") {
		t.Errorf("got %v", e)
	}
	form.URL = base + "/short"
	if _, _, err := login(t, base+"/", form); err != nil {
		t.Errorf("a long answer that shows enough: %v", err)
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}

func TestFormLoginNeedsACookieJar(t *testing.T) {
	form := signIn("http://example.com")
	session, client := newClient(t, "http://example.com", auth.Config{Form: &form})
	client.Jar = nil
	if _, err := session.Login(t.Context(), client); err == nil || !strings.Contains(err.Error(), "cookie jar") {
		t.Errorf("error is %v, want one about the cookie jar", err)
	}
}

// loginError is err as a LoginError, which names its place and tells no secret.
func loginError(t *testing.T, err error) *auth.LoginError {
	t.Helper()
	var e *auth.LoginError
	if !errors.As(err, &e) {
		t.Fatalf("error is %v (%T), want a LoginError", err, err)
	}
	if e.Step == "" || !strings.HasPrefix(e.URL, "http") {
		t.Errorf("error lacks its step or URL: %+v", *e)
	}
	for _, secret := range []string{username, password, "wr0ng", "sam%40example", "correct+horse", "ST-1234567"} {
		if strings.Contains(fmt.Sprintf("%+v %v", *e, err), secret) {
			t.Errorf("error tells %q: %v", secret, err)
		}
	}
	return e
}

// Raneto's form has no action: its scripts post it to another address, and nothing takes it at its own.
func TestAFormThatScriptsSendIsOneForABrowser(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		status int
		want   bool
	}{
		"nothing is there":       {`<script src="/login.js"></script>`, 404, true},
		"nothing takes it":       {`<script src="/login.js"></script>`, 405, true},
		"no scripts":             {"", 404, false},
		"the password is wrong":  {`<script src="/login.js"></script>`, 403, false},
		"the form is shown anew": {`<script src="/login.js"></script>`, 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/" && r.Method == http.MethodGet:
					w.WriteHeader(http.StatusForbidden)
				case r.Method == http.MethodPost:
					w.WriteHeader(c.status)
				}
				if r.Method == http.MethodGet || c.status == http.StatusOK {
					fmt.Fprintf(w, `<form action="" method=post><input name=username><input name=password type=password></form>%s`, c.script)
				}
			}))
			_, _, err := login(t, base, signIn(base))
			e := loginError(t, err)
			if e.Scripted != c.want || strings.Contains(e.Hint, "render: auto") != c.want {
				t.Errorf("scripts may send the form: %t, want %t; %s", e.Scripted, c.want, e.Hint)
			}
		})
	}
}
