package setup

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func look(t *testing.T, start, login string) Site {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(start)
	if err != nil {
		t.Fatal(err)
	}
	site, err := Look(t.Context(), &http.Client{Jar: jar}, u, login)
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func TestLookTellsLogins(t *testing.T) {
	t.Parallel()
	t.Run("form", func(t *testing.T) {
		site := testsite.New(t)
		site.Page("/", testsite.Page{})
		site.FormLogin("ada", "pa55-of-ada")
		if got := look(t, site.URL("/"), "").Login; got.Kind != Form || got.User != "username" || got.Password != "password" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("basic", func(t *testing.T) {
		site := testsite.New(t)
		site.Page("/", testsite.Page{})
		site.BasicAuth("ada", "pa55-of-ada")
		if got := look(t, site.URL("/"), "").Login.Kind; got != Basic {
			t.Errorf("got %q", got)
		}
	})
	t.Run("another site that shows no form", func(t *testing.T) {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("one moment")) }))
		defer other.Close()
		elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1)
		site := httptest.NewServer(http.RedirectHandler(elsewhere+"/login", http.StatusFound))
		defer site.Close()
		if got := look(t, site.URL+"/", "").Login; got.Kind != Elsewhere || !strings.HasPrefix(got.URL, elsewhere) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("refused", func(t *testing.T) {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
		defer site.Close()
		if got := look(t, site.URL+"/", "").Login.Kind; got != Refused {
			t.Errorf("got %q", got)
		}
	})
}

func TestLookCountsWhatSitemapsList(t *testing.T) {
	t.Parallel()
	site := testsite.New(t)
	site.Page("/kb/", testsite.Page{Raw: []byte(`<html lang="de"><head><meta name="generator" content="MediaWiki 1.43"></head><body class="mediawiki"><div id="app"></div><script></script></body></html>`), ContentType: "text/html"})
	site.Robots("Sitemap: " + site.URL("/index.xml") + "\n")
	site.SitemapIndex("/index.xml", site.URL("/kb.xml"))
	site.Sitemap("/kb.xml", site.URL("/kb/a"), site.URL("/kb/b"), site.URL("/blog/c"))
	got := look(t, site.URL("/kb/"), "")
	if got.Listed != 2 || got.Sitemaps != 2 || got.Language != "de" || got.Platform != "mediawiki" || !got.Scripts || got.Login.Kind != Public {
		t.Errorf("got %+v", got)
	}
}

func draft(t *testing.T, login Login) Draft {
	t.Helper()
	u, err := url.Parse("https://help.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	return Draft{Name: "help", Site: Site{URL: u, Login: login, Language: "de"}, UserEnv: "HELP_USER", PasswordEnv: "HELP_PASSWORD"}
}

// Whatever the login, what is written is right, and there is no secret in it.
func TestEveryDraftIsRight(t *testing.T) {
	t.Parallel()
	set := func(string) (string, bool) { return "a-secret-of-ours", true }
	for _, login := range []Login{
		{}, {Kind: Basic}, {Kind: Digest}, {Kind: Bearer},
		{Kind: Form, URL: "https://help.example.com/login?next=%2F", User: "user[name]", Password: "user[password]"},
		{Kind: Form, URL: "https://sso.example.org/login", Password: "pin: #1"},
	} {
		path := filepath.Join(t.TempDir(), "sources.yaml")
		d := draft(t, login)
		if fresh, err := d.Write(path); err != nil || !fresh {
			t.Errorf("%+v: new: %t, %v\n%s", login, fresh, err, d.File())
			continue
		}
		if c, err := config.Load(path, set); err != nil || c.Sources[0].Locale != "de" {
			t.Errorf("%+v: %v\n%s", login, err, d.File())
		}
		example, err := d.WriteExample(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Variables() {
			if !strings.Contains(string(text), "\n"+v[0]+"=\n") {
				t.Errorf("%+v: %s is not in\n%s", login, v[0], text)
			}
		}
	}
}

// A source is added to a file that keeps every byte that it has.
func TestASourceIsAddedToAFile(t *testing.T) {
	t.Parallel()
	const head = "# ours\nversion: 1\nintercom: {token: \"${T}\"} # the token\n"
	for name, file := range map[string]struct{ before, after string }{
		"last":              {head + "sources:\n  - name: wiki # first\n    url: https://wiki.example.com/\n", ""},
		"no line end":       {head + "sources:\n- name: wiki\n  url: https://wiki.example.com/", ""},
		"a comment at last": {head + "sources:\n    - name: wiki\n      url: https://wiki.example.com/\n      # include: []\n", ""},
		"in the middle":     {head + "sources:\n  - name: wiki\n    url: https://wiki.example.com/\n", "\n# Where it is kept.\nstate: other.db # kept\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "sources.yaml")
			if err := os.WriteFile(path, []byte(file.before+file.after), 0o640); err != nil {
				t.Fatal(err)
			}
			if fresh, err := draft(t, Login{Kind: Basic}).Write(path); err != nil || fresh {
				t.Fatalf("new: %t, %v", fresh, err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(string(got), strings.TrimRight(file.before, "\n")) || !strings.HasSuffix(string(got), file.after) {
				t.Errorf("what was there is not as it was:\n%s", got)
			}
			c, err := config.LoadToLook(path, func(string) (string, bool) { return "", false })
			if err != nil || strings.Join(c.Names(), " ") != "wiki help" {
				t.Errorf("%v\n%s", err, got)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("its mode is %v, %v", info.Mode(), err)
			}
		})
	}
}

// What cannot be added to safely is left alone, and the lines are shown.
func TestAListInBracketsIsLeftAlone(t *testing.T) {
	t.Parallel()
	const before = "version: 1\nintercom: {token: \"${T}\"}\nsources: [{name: wiki, url: \"https://wiki.example.com/\"}]\n"
	path := filepath.Join(t.TempDir(), "sources.yaml")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := draft(t, Login{Kind: Basic}).Write(path)
	if err == nil || !strings.Contains(err.Error(), "- name: help") {
		t.Errorf("got %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != before {
		t.Errorf("it became %s, %v", got, err)
	}
}
