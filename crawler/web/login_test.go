package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Whatever a crawl asks for, pages, robots.txt, sitemaps, tokens and forms, its
// credentials go to the source's own origin: not to where it redirects, and not
// to what it links to, be it another port or another host.
func TestACrawlSendsItsCredentialsNowhereElse(t *testing.T) {
	ways := func(site *testsite.Site) map[string]auth.Config {
		fields := map[string]string{"username": "sam-s3cret", "password": "s3cret"}
		return map[string]auth.Config{
			"basic":       {Basic: &auth.Basic{Username: "sam-s3cret", Password: "s3cret"}},
			"digest":      {Digest: &auth.Basic{Username: "sam-s3cret", Password: "s3cret"}},
			"bearer":      {Bearer: "t0k3n-s3cret"},
			"oauth2":      {OAuth2: &auth.OAuth2{TokenURL: site.URL("/token"), ClientID: "id-s3cret", ClientSecret: "s3cret"}},
			"headers":     {Headers: map[string]string{"X-Key": "s3cret"}},
			"cookies":     {Cookies: map[string]string{"session": "s3cret"}},
			"cookie_file": {CookieFile: "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts3cret\n"},
			"form":        {Form: &auth.Form{URL: site.URL("/login"), Fields: fields}},
			"steps":       {Form: &auth.Form{URL: site.URL("/login"), Steps: []auth.Step{{Fields: fields}}}},
			"headers before a form": {Headers: map[string]string{"X-Key": "s3cret"},
				Form: &auth.Form{URL: site.URL("/login"), Fields: fields}},
		}
	}
	secret := func(r testsite.Request) bool {
		return strings.Contains(fmt.Sprint(r.Path, r.Header), "s3cret") || r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != ""
	}
	for name := range ways(testsite.New(t)) {
		t.Run(name, func(t *testing.T) {
			other := testsite.New(t)
			other.Guard(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth"`)
				w.WriteHeader(http.StatusUnauthorized)
				return true
			})
			byName := strings.Replace(other.URL("/host"), "127.0.0.1", "localhost", 1)
			site := testsite.New(t)
			site.Page("/", testsite.Page{Title: "Home", Links: []string{"/a", "/port", "/host", other.URL("/linked"), byName}})
			site.Pages("/a")
			site.Redirect("/port", other.URL("/port"))
			site.Redirect("/host", byName)
			site.Redirect("/robots.txt", other.URL("/robots.txt"))
			site.Redirect("/map.xml", byName)
			opened := false
			site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
				switch {
				case r.URL.Path == "/token":
					w.Header().Set("Content-Type", "application/json")
					fmt.Fprint(w, `{"access_token":"t0k3n-s3cret","token_type":"Bearer","expires_in":3600}`)
				case r.URL.Path == "/login" && r.Method == http.MethodPost:
					http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret", Path: "/"})
					http.Redirect(w, r, "/", http.StatusFound)
				case r.URL.Path == "/login":
					testsite.Form(http.StatusOK)(w, r)
				case !secret(testsite.Request{Header: r.Header}):
					w.Header().Set("WWW-Authenticate", `Digest realm="site", nonce="n0nce", qop="auth", algorithm=SHA-256`)
					w.WriteHeader(http.StatusUnauthorized)
				default:
					opened = true
					return false
				}
				return true
			})
			got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
				src.Auth = ways(site)[name]
				src.Fetch.Concurrency = 1
				src.Discover.Sitemaps = []string{site.URL("/map.xml"), other.URL("/map.xml")}
			})
			if got.err != nil || !opened || got.outcomes["/a"] == "" {
				t.Fatalf("%v; %v", got.err, got.details)
			}
			// What the settings name is asked for there, and nothing else.
			if got := other.Paths(); !slices.Equal(got, []string{"/map.xml", "/robots.txt"}) {
				t.Errorf("the other origins were asked for %q", got)
			}
			for _, r := range other.Received() {
				if secret(r) {
					t.Errorf("another origin got %s %s with %v", r.Method, r.Path, r.Header)
				}
			}
		})
	}
}

// A header pair in front of a form, as Cloudflare Access has it: without it, not
// even the form is to be seen.
func TestAProxyInFrontOfAForm(t *testing.T) {
	site := shelved(t, 30)
	sessions := site.FormLogin("sam", "secret")
	sessions.Last(12)
	site.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("CF-Access-Client-Id") == "id" && r.Header.Get("CF-Access-Client-Secret") == "s3cret" {
			return false
		}
		http.Redirect(w, r, "https://team.cloudflareaccess.com/cdn-cgi/access/login/wiki", http.StatusFound)
		return true
	})
	got := crawl(t, site, withForm(site, "secret"), func(src *web.Source, _ *web.Surroundings) {
		src.Auth.Headers = map[string]string{"CF-Access-Client-Id": "id", "CF-Access-Client-Secret": "s3cret"}
	})
	if got.err != nil || len(got.pages) != 31 {
		t.Errorf("%d pages of 31, %v, ended %q; details: %v", len(got.pages), got.err, got.coverage.Ended, got.details)
	}
	got.wantComplete(t, true)
}

// A start page that everybody gets shows nothing of a token, be it right or wrong. One that
// only members get does.
func TestCheckLoginSaysWhereNothingShowsThatTheLoginWorks(t *testing.T) {
	for name, test := range map[string]struct {
		token string
		seeds []string
		want  bool // says that nothing shows it
	}{
		"a wrong token":                          {"wrong", nil, true},
		"the right one":                          {"t0k3n", nil, true},
		"a wrong one, and a page for members":    {"wrong", []string{"/a"}, true},
		"the right one, and a page for members":  {"t0k3n", []string{"/a"}, false},
		"the right one, and a page that changes": {"t0k3n", []string{"/clock"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			site.Pages("/", "/a")
			var ticks atomic.Int64
			site.Handle("/clock", func(w http.ResponseWriter, r *http.Request) {
				testsite.Serve(w, r, testsite.Page{Text: fmt.Sprintf("It is %d ticks past the hour now.", ticks.Add(1))})
			})
			site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/a" || r.Header.Get("Authorization") == "Bearer t0k3n" {
					return false
				}
				http.NotFound(w, r)
				return true
			})
			src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Auth: auth.Config{Bearer: test.token},
				Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test"}}
			for _, seed := range test.seeds {
				src.Discover.Seeds = append(src.Discover.Seeds, site.URL(seed))
			}
			seen, err := web.CheckLogin(t.Context(), src, web.Surroundings{})
			if says := strings.Contains(strings.Join(seen, "\n"), "nothing shows that the login works"); err != nil || says != test.want {
				t.Errorf("%v, %q", err, seen)
			}
		})
	}
}

func TestCheckLoginTellsWhatExpires(t *testing.T) {
	site := testsite.NewTLS(t)
	site.Page("/", testsite.Page{Title: "Home"})
	site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"access_token":"t0k3n","token_type":"Bearer","expires_in":7205}`)
			return true
		}
		return false
	})
	src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test"},
		Auth: auth.Config{OAuth2: &auth.OAuth2{TokenURL: site.URL("/token"), ClientID: "id", ClientSecret: "s3cret"},
			CookieFile: "127.0.0.1\tFALSE\t/\tTRUE\t4102444800\tsession\ts3cret-too\n"}}
	seen, err := web.CheckLogin(t.Context(), src, web.Surroundings{Transport: site.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	told := strings.Join(seen, "\n")
	for _, want := range []string{"POST " + site.URL("/token") + ": a Bearer token, valid for 2h00m, until 20", "cookie_file: session (until 2100-01-01 00:00 UTC)",
		"HTTP 200", "the site's certificate: valid until 20"} {
		if !strings.Contains(told, want) {
			t.Errorf("it does not say %q:\n%s", want, told)
		}
	}
	if strings.Contains(told, "s3cret") || strings.Contains(told, "t0k3n") {
		t.Errorf("it tells a secret:\n%s", told)
	}
}
