package auth_test

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

const sessionKey = "0123456789abcdef0123456789abcdef"

// kept logs in to the site at base and returns what is kept of the session.
func kept(t *testing.T, base string, form auth.Form) []byte {
	t.Helper()
	session, client := newClient(t, base+"/", auth.Config{Form: &form, KeepSession: sessionKey})
	if seen, err := session.Login(t.Context(), client); err != nil {
		t.Fatalf("%v; saw %q", err, seen)
	}
	sealed, err := session.Seal(client.Jar)
	if err != nil || len(sealed) == 0 {
		t.Fatalf("sealed %d bytes, %v", len(sealed), err)
	}
	return sealed
}

func TestAKeptSessionSparesTheNextLogin(t *testing.T) {
	for _, loggedIn := range []string{"a.logout", ""} {
		site := &recorder{next: newHelpCenter()}
		base := serve(t, site)
		form := signIn(base)
		form.LoggedIn = loggedIn
		sealed := kept(t, base, form)
		for _, secret := range []string{"open", "session", "csrf", sessionKey, password} {
			if bytes.Contains(sealed, []byte(secret)) {
				t.Errorf("%q can be read in what is kept", secret)
			}
		}

		before := len(site.all())
		session, client := newClient(t, base+"/", auth.Config{Form: &form, KeepSession: sessionKey})
		if err := session.Restore(client.Jar, sealed); err != nil {
			t.Fatal(err)
		}
		seen, err := session.Login(t.Context(), client)
		if err != nil || !slices.Contains(seen, "the session of an earlier run is still open") {
			t.Errorf("saw %q, %v", seen, err)
		}
		for _, r := range site.all()[before:] {
			if r.Method != http.MethodGet || r.URL.Path != "/" {
				t.Errorf("%s %s: there was no need to log in", r.Method, r.URL)
			}
		}
	}
}

func TestAKeptSessionThatEndedIsLoggedInAnew(t *testing.T) {
	for _, loggedIn := range []string{"a.logout", ""} {
		base := serve(t, newHelpCenter())
		form := signIn(base)
		form.LoggedIn = loggedIn
		session, client := newClient(t, base+"/", auth.Config{Form: &form, KeepSession: sessionKey})
		client.Jar.SetCookies(mustParse(t, base), []*http.Cookie{{Name: "session", Value: "of yesterday", Path: "/"}})
		sealed, err := session.Seal(client.Jar)
		if err != nil {
			t.Fatal(err)
		}
		session, client = newClient(t, base+"/", auth.Config{Form: &form, KeepSession: sessionKey})
		if err := session.Restore(client.Jar, sealed); err != nil {
			t.Fatal(err)
		}
		seen, err := session.Login(t.Context(), client)
		if err != nil || !slices.Contains(seen, "the session of an earlier run has ended") || !strings.Contains(strings.Join(seen, "\n"), "POST ") {
			t.Errorf("saw %q, %v", seen, err)
		}
	}
}

func TestAKeptSessionIsOfOneKeyOneSiteAndOneUser(t *testing.T) {
	base := serve(t, newHelpCenter())
	sealed := kept(t, base, signIn(base))
	other := func(change func(*auth.Config)) auth.Config {
		form := signIn(base)
		c := auth.Config{Form: &form, KeepSession: sessionKey}
		change(&c)
		return c
	}
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for name, c := range map[string]struct {
		config auth.Config
		sealed []byte
		start  string
	}{
		"another key":      {other(func(c *auth.Config) { c.KeepSession = strings.ToUpper(sessionKey) }), sealed, base + "/"},
		"another user":     {other(func(c *auth.Config) { c.Form.Fields["username"] = "eve" }), sealed, base + "/"},
		"another password": {other(func(c *auth.Config) { c.Form.Fields["password"] = "new" }), sealed, base + "/"},
		"another site":     {other(func(*auth.Config) {}), sealed, strings.Replace(base, "127.0.0.1", "localhost", 1) + "/"},
		"a damaged one":    {other(func(*auth.Config) {}), damaged, base + "/"},
		"one cut off":      {other(func(*auth.Config) {}), sealed[:10], base + "/"},
		"another version":  {other(func(*auth.Config) {}), append([]byte{99}, sealed[1:]...), base + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			session, client := newClient(t, c.start, c.config)
			if err := session.Restore(client.Jar, c.sealed); !errors.Is(err, auth.ErrKeptSession) {
				t.Errorf("error is %v", err)
			}
			if cookies := client.Jar.Cookies(mustParse(t, base)); len(cookies) > 0 {
				t.Errorf("the jar has %d cookies", len(cookies))
			}
		})
	}
}

func TestNothingIsKeptWithoutAKey(t *testing.T) {
	base := serve(t, newHelpCenter())
	form := signIn(base)
	session, client := newClient(t, base+"/", auth.Config{Form: &form})
	if _, err := session.Login(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if sealed, err := session.Seal(client.Jar); sealed != nil || err != nil || session.Keeps() {
		t.Errorf("sealed %d bytes, %v", len(sealed), err)
	}
}
