package auth_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// twoSteps is a site that asks for the user name, then for the password, and then,
// unless it was given once, for consent.
func twoSteps(consented bool) *http.ServeMux {
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, title, body string) { fmt.Fprintf(w, "<title>%s</title>%s", title, body) }
	inside := func(r *http.Request) bool {
		c, err := r.Cookie("session")
		return err == nil && c.Value == "open"
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		if !inside(r) {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		page(w, "Welcome", `<a class=logout href=/logout>Log out</a>`)
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "Who are you?", `<form action=/search><input name=q></form><form id=who method=post action=/name><input name=user><button>Next</button></form>`)
	})
	mux.HandleFunc("POST /name", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("user") != username || r.PostForm.Has("password") {
			page(w, "Who are you?", `<p class=error>No such user.</p><form id=who method=post action=/name><input name=user></form>`)
			return
		}
		page(w, "Password", `<form id=pw method=post action=/password><input type=hidden name=t value=1><input type=password name=password></form>`)
	})
	mux.HandleFunc("POST /password", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("password") != password || r.PostFormValue("t") != "1" || r.PostForm.Has("user") {
			page(w, "Password", `<p class=error>Wrong password.</p><form id=pw method=post action=/password><input type=password name=password></form>`)
			return
		}
		if consented {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/"})
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		page(w, "Terms", `<form method=post action=/terms><button name=no value=1>No</button><button class=yes name=yes value=1>Yes</button></form>`)
	})
	mux.HandleFunc("POST /terms", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("yes") == "1" && !r.PostForm.Has("no") {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "open", Path: "/", MaxAge: 3600})
		}
		http.Redirect(w, r, "/", http.StatusFound)
	})
	return mux
}

func inSteps(base string, steps ...auth.Step) auth.Form {
	return auth.Form{URL: base + "/login", Steps: steps, LoggedIn: "a.logout"}
}

var (
	nameStep     = auth.Step{Fields: map[string]string{"user": username}}
	passwordStep = auth.Step{Fields: map[string]string{"password": password}}
	consentStep  = auth.Step{Submit: "button.yes"}
)

func TestALoginOfSeveralSteps(t *testing.T) {
	optional := consentStep
	optional.Optional = true
	for name, c := range map[string]struct {
		consented bool
		steps     []auth.Step
	}{
		"two":                            {true, []auth.Step{nameStep, passwordStep}},
		"and consent":                    {false, []auth.Step{nameStep, passwordStep, consentStep}},
		"and consent that may come":      {false, []auth.Step{nameStep, passwordStep, optional}},
		"and consent that does not come": {true, []auth.Step{nameStep, passwordStep, optional}},
		"a step on a page of its own":    {true, []auth.Step{{Submit: "button.cookies", Optional: true}, nameStep, passwordStep}},
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, twoSteps(c.consented))
			seen, _, err := login(t, base+"/", inSteps(base, c.steps...))
			if err != nil {
				t.Fatalf("%v; saw %q", err, seen)
			}
			if !slices.Contains(seen, "logged_in a.logout: found") {
				t.Errorf("saw %q", seen)
			}
		})
	}
}

func TestTheStepsAreTold(t *testing.T) {
	base := serve(t, twoSteps(false))
	seen, _, err := login(t, base+"/", inSteps(base, nameStep, passwordStep, consentStep))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET " + base + "/login → 200 “Who are you?”",
		"step 1: form#who: fields user",
		"POST " + base + "/name → 200 “Password”",
		"step 2: form#pw: fields t (hidden), password",
		"POST " + base + "/password → 200 “Terms”",
		"step 3: form: no fields",
		"POST " + base + "/terms → 302 → 200 “Welcome”",
		"logged_in a.logout: found",
	}
	if diff := cmp.Diff(want, seen[:len(seen)-1]); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if last := seen[len(seen)-1]; !strings.HasPrefix(last, "cookies: session (until 2") {
		t.Errorf("ends with %q", last)
	}
}

// Norconex 500 and 606: a form login fails, and nothing says why.
func TestAStepThatFailsIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		steps         []auth.Step
		step, message string
		hint          string
	}{
		"an unknown user": {[]auth.Step{{Fields: map[string]string{"user": "nobody@example.com"}}, passwordStep},
			"step 2: find the login form", "No such user.", "check what is filled in for"},
		"a wrong password": {[]auth.Step{nameStep, {Fields: map[string]string{"password": "wr0ng-wr0ng"}}},
			"verify the login", "Wrong password.", "check what is filled in for"},
		"a field of another name": {[]auth.Step{nameStep, {Fields: map[string]string{"passwd": password}}},
			"step 2: find the login form", "", "the page has form#pw (fields t (hidden), password)"},
		"a button that is not there": {[]auth.Step{nameStep, passwordStep, {Form: "form", Submit: "button.sure"}},
			"step 3: fill in the login form", "", "has no button that matches button.sure"},
		"a form that is not there": {[]auth.Step{{Form: "form#x", Fields: nameStep.Fields}},
			"step 1: find the login form", "", "no form matches form#x"},
	} {
		t.Run(name, func(t *testing.T) {
			base := serve(t, twoSteps(false))
			_, _, err := login(t, base+"/", inSteps(base, c.steps...))
			e := loginError(t, err)
			if e.Step != c.step || e.Message != c.message || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got  %s: %q %q\nwant %s: %q %q", e.Step, e.Message, e.Hint, c.step, c.message, c.hint)
			}
		})
	}
}

func TestMistakesInSteps(t *testing.T) {
	for want, form := range map[string]auth.Form{
		"fields is empty": {URL: "https://example.com/", Steps: []auth.Step{{}}},
		"submit:":         {URL: "https://example.com/", Steps: []auth.Step{{Submit: "a["}}},
		"either fields":   {URL: "https://example.com/", Fields: nameStep.Fields, Steps: []auth.Step{passwordStep}},
		"a step's url":    {URL: "https://example.com/", Steps: []auth.Step{{URL: "ftp://example.com/", Submit: "a"}}},
	} {
		_, err := auth.New(mustParse(t, "https://example.com/"), auth.Config{Form: &form})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	}
}
