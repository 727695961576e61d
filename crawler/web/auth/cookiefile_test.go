package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// jarOf are the lines of a cookies.txt, with blanks for its tabs.
func jarOf(lines ...string) string {
	text := "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n"
	for _, line := range lines {
		text += strings.Join(strings.SplitN(line, " ", 7), "\t") + "\r\n"
	}
	return text
}

func TestCookiesOfAFileGoWhereABrowserSendsThem(t *testing.T) {
	soon := time.Now().Add(time.Hour).Unix()
	for name, c := range map[string]struct {
		file string
		want map[string]string // path → Cookie header
	}{
		"the host's own": {jarOf("wiki.example.com FALSE / FALSE 0 session s3cret"), map[string]string{"/": "session=s3cret", "/deep/page": "session=s3cret"}},
		"the domain's":   {jarOf(".example.com TRUE / FALSE 0 session s3cret"), map[string]string{"/": "session=s3cret"}},
		"a leading dot without the flag": {jarOf(".example.com FALSE / FALSE 0 session s3cret", "wiki.example.com FALSE / FALSE 0 own 1"),
			map[string]string{"/": "own=1"}},
		"HttpOnly and Secure": {jarOf(fmt.Sprintf("#HttpOnly_wiki.example.com FALSE / TRUE %d session s3cret", soon)), map[string]string{"/": "session=s3cret"}},
		"a path":              {jarOf("wiki.example.com FALSE /deep FALSE 0 session s3cret"), map[string]string{"/": "", "/deep/page": "session=s3cret"}},
		"another site's, and an expired one": {jarOf("bank.example.org FALSE / TRUE 0 session money", "wiki.example.com FALSE / FALSE 1 old gone",
			"wiki.example.com FALSE / FALSE 0 session s3cret"), map[string]string{"/": "session=s3cret"}},
		"a value that is quoted":             {jarOf(`wiki.example.com FALSE / FALSE 0 session "s3 cret"`), map[string]string{"/": `session="s3 cret"`}},
		"a value that a jar would not leave": {jarOf(`wiki.example.com FALSE / FALSE 0 session {"id": "s3cret", "n": 1}`), map[string]string{"/": `session={"id": "s3cret", "n": 1}`}},
		"milliseconds and an empty value":    {jarOf(fmt.Sprintf("wiki.example.com FALSE / FALSE %d session ", soon*1000)), map[string]string{"/": "session="}},
	} {
		t.Run(name, func(t *testing.T) {
			var got string
			world := worldOf{"https://wiki.example.com": func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Cookie") }}
			session, client := newClientThroughWorld(t, world, auth.Config{CookieFile: c.file})
			if seen, err := session.Login(t.Context(), client); err != nil || strings.Contains(strings.Join(seen, " "), "s3cret") {
				t.Fatalf("saw %q, %v", seen, err)
			}
			for path, want := range c.want {
				get(t, client, "https://wiki.example.com"+path)
				if got != want {
					t.Errorf("%s: Cookie is %q, want %q", path, got, want)
				}
			}
		})
	}
}

func TestCookiesOfAFileExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		file := jarOf(fmt.Sprintf("wiki.example.com FALSE / TRUE %d session s3cret", now.Add(time.Hour).Unix()),
			"wiki.example.com FALSE / TRUE 0 theme dark", fmt.Sprintf("wiki.example.com FALSE / TRUE %d old x", now.Add(-48*time.Hour).Unix()))
		var got string
		world := worldOf{"https://wiki.example.com": func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Cookie") }}
		session, client := newClientThroughWorld(t, world, auth.Config{CookieFile: file})
		seen, err := session.Login(t.Context(), client)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"cookie_file: session (until 2000-01-01 01:00 UTC), theme", "cookie_file, expired: old (since 1999-12-30)"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("saw (-want +got):\n%s", diff)
		}
		time.Sleep(2 * time.Hour)
		get(t, client, "https://wiki.example.com/")
		if got != "theme=dark" {
			t.Errorf("Cookie is %q after the session's end", got)
		}
	})
}

func TestACookieFileOfNoUseIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"expired":        {jarOf("wiki.example.com FALSE / TRUE 1000000000 session s3cret"), "all of them have expired: session (since 2001-09-09)"},
		"another site's": {jarOf("example.org TRUE / TRUE 0 session s3cret"), "none of them is for wiki.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			session, client := newClientThroughWorld(t, worldOf{}, auth.Config{CookieFile: c.file})
			_, err := session.Login(t.Context(), client)
			if e := loginError(t, err); !strings.Contains(e.Error(), c.want) || !strings.Contains(e.Hint, "export the cookies again") || strings.Contains(e.Error(), "s3cret") {
				t.Errorf("error is %v", err)
			}
		})
	}
	for name, c := range map[string]struct{ file, want string }{
		"nothing":          {"# Netscape HTTP Cookie File\n", "no cookie in it"},
		"JSON":             {`[{"name": "session", "value": "s3cret"}]`, "this is JSON"},
		"too few fields":   {jarOf("a.example.com FALSE / TRUE 0 a 1") + "session=s3cret\n", "line 5: it has 1 fields"},
		"a flag":           {jarOf("a.example.com yes / TRUE 0 a s3cret"), "line 4: the second field: must be TRUE or FALSE"},
		"a date":           {jarOf("a.example.com TRUE / TRUE tomorrow a s3cret"), "line 4: the fifth field"},
		"a header's break": {jarOf("a.example.com TRUE / TRUE 0 a s3cret\x00"), "characters"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := auth.New(mustParse(t, "https://wiki.example.com/"), auth.Config{CookieFile: c.file})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error is %v, want one that says %q", err, c.want)
			}
		})
	}
}

// Whatever a file says, it is an error or a list of cookies, and no error quotes it.
func FuzzCookieFile(f *testing.F) {
	f.Add(jarOf("wiki.example.com FALSE / TRUE 0 session s3cret-s3cret"))
	f.Add("#HttpOnly_.example.com\tTRUE\t/\tTRUE\t1.5e9\ta\t\"s3cret-s3cret\"")
	f.Add("\ufeffs3cret-s3cret")
	f.Fuzz(func(t *testing.T, file string) {
		u := mustParse(t, "https://wiki.example.com/")
		session, err := auth.New(u, auth.Config{CookieFile: file})
		if err != nil {
			if strings.Contains(err.Error(), "s3cret-s3cret") {
				t.Errorf("the error quotes the file: %v", err)
			}
			return
		}
		if session == nil {
			return // an empty file is no way in
		}
		jar, err := auth.NewJar()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = session.Login(t.Context(), &http.Client{Jar: jar})
		for _, c := range jar.Cookies(mustParse(t, "https://bank.example.org/")) {
			t.Errorf("another site gets %s", c.Name)
		}
	})
}
