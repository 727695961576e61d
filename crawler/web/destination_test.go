package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A site may name what it likes: what is no page is asked for on its own origin, or where the configuration says.
func TestWhatIsNoPageIsAskedForWhereTheConfigurationSays(t *testing.T) {
	named := func(other *testsite.Site) func(*web.Source, *web.Surroundings) {
		return func(src *web.Source, _ *web.Surroundings) {
			src.Discover.Sitemaps = []string{other.URL("/configured.xml")}
		}
	}
	tests := []struct {
		name     string
		put      func(site, other *testsite.Site)
		options  func(other *testsite.Site) func(*web.Source, *web.Surroundings)
		asked    []string // of the other origin
		has      string   // a page that is found
		outcomes map[string]crawler.Outcome
		complete bool
	}{
		{name: "robots.txt leads to another port", put: func(site, other *testsite.Site) {
			other.Robots("User-agent: *\nDisallow: /")
			site.Redirect("/robots.txt", other.URL("/robots.txt"))
		}, has: "/a", complete: true},
		{name: "robots.txt names a sitemap on another port", put: func(site, other *testsite.Site) {
			other.Sitemap("/sitemap.xml", site.URL("/hidden"))
			site.Robots("Sitemap: " + other.URL("/sitemap.xml"))
		}, has: "/a", complete: true},
		{name: "robots.txt names a sitemap that leads to another port", put: func(site, other *testsite.Site) {
			other.Sitemap("/sitemap.xml", site.URL("/hidden"))
			site.Redirect("/map.xml", other.URL("/sitemap.xml"))
			site.Robots("Sitemap: " + site.URL("/map.xml"))
		}, has: "/a", outcomes: map[string]crawler.Outcome{"/map.xml": crawler.OutOfScope}, complete: true},
		{name: "the customary sitemap leads to another host", put: func(site, other *testsite.Site) {
			other.Sitemap("/sitemap.xml", site.URL("/hidden"))
			site.Redirect("/sitemap.xml", strings.Replace(other.URL("/sitemap.xml"), "127.0.0.1", "localhost", 1))
		}, has: "/a", complete: true},
		{name: "an index names another port", put: func(site, other *testsite.Site) {
			other.Sitemap("/1.xml", site.URL("/hidden"))
			site.SitemapIndex("/sitemap.xml", other.URL("/1.xml"))
		}, has: "/a", complete: true},
		{name: "a configured sitemap leads to another port", put: func(site, other *testsite.Site) {
			other.Sitemap("/sitemap.xml", site.URL("/hidden"))
			site.Redirect("/map.xml", other.URL("/sitemap.xml"))
		}, options: func(*testsite.Site) func(*web.Source, *web.Surroundings) {
			return func(src *web.Source, _ *web.Surroundings) { src.Discover.Sitemaps = []string{"/map.xml"} }
		}, has: "/a", outcomes: map[string]crawler.Outcome{"/map.xml": crawler.BadSitemap}, complete: true},
		{name: "a configured sitemap is elsewhere, and names others there", put: func(site, other *testsite.Site) {
			other.SitemapIndex("/configured.xml", other.URL("/1.xml"))
			other.Sitemap("/1.xml", site.URL("/hidden"))
		}, options: named, asked: []string{"/1.xml", "/configured.xml"}, has: "/hidden", complete: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, other := testsite.New(t), testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/a"}})
			site.Pages("/a", "/hidden")
			test.put(site, other)
			options := []func(*web.Source, *web.Surroundings){func(src *web.Source, _ *web.Surroundings) {
				src.Discover.Sitemaps, src.Fetch.RespectRobots = []string{"auto"}, true
			}}
			if test.options != nil {
				options = append(options, test.options(other))
			}
			got := crawl(t, site, options...)
			if got.err != nil || got.outcomes[test.has] != crawler.Paged {
				t.Fatalf("%v; outcomes %v %v", got.err, got.outcomes, got.details)
			}
			if asked := other.Paths(); !slices.Equal(asked, test.asked) {
				t.Errorf("the other origin was asked for %q, want %q", asked, test.asked)
			}
			for path, want := range test.outcomes {
				if got.outcomes[path] != want || !strings.Contains(got.details[path], "name it in discover.sitemaps") {
					t.Errorf("%s is %s: %s; want %s", path, got.outcomes[path], got.details[path], want)
				}
			}
			got.wantComplete(t, test.complete)
		})
	}
}

// robots.txt of an https site is not taken from where anybody on the way may have written it.
func TestRobotsOfAnHTTPSSiteAreNotReadOverHTTP(t *testing.T) {
	site, plain := testsite.NewTLS(t), testsite.New(t)
	plain.Robots("User-agent: *\nDisallow: /")
	site.Page("/", testsite.Page{Links: []string{"/a"}})
	site.Pages("/a")
	site.Redirect("/robots.txt", plain.URL("/robots.txt"))
	got := crawl(t, site, func(src *web.Source, sur *web.Surroundings) {
		src.Fetch.RespectRobots, sur.Transport = true, site.Transport()
	})
	if got.err != nil || got.outcomes["/a"] != crawler.Paged || len(plain.Paths()) > 0 {
		t.Errorf("%v; outcomes %v; over http %q", got.err, got.outcomes, plain.Paths())
	}
}

func TestALoginLeadsNowhereThatIsNotConfigured(t *testing.T) {
	for _, way := range []string{"redirect", "refresh", "answer"} {
		for _, named := range []bool{false, true} {
			t.Run(fmt.Sprint(way, " named ", named), func(t *testing.T) {
				site, other := testsite.New(t), testsite.New(t)
				site.Page("/", testsite.Page{Title: "Home"})
				other.Page("/idp", testsite.Page{Raw: []byte(`<form method=post action=/idp/in><input name=username><input type=password name=password></form>`)})
				site.Handle("/login", func(w http.ResponseWriter, r *http.Request) {
					switch {
					case way == "refresh":
						w.Header().Set("Content-Type", "text/html")
						fmt.Fprintf(w, `<meta http-equiv=refresh content="0;url=%s">`, other.URL("/idp"))
					case way == "answer" && r.Method == http.MethodGet:
						testsite.Form(http.StatusOK)(w, r)
					default:
						http.Redirect(w, r, other.URL("/idp"), http.StatusFound)
					}
				})
				src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test"},
					Auth: auth.Config{Form: &auth.Form{URL: site.URL("/login"), Fields: map[string]string{"username": "sam", "password": "s3cret-word"}}}}
				if named {
					src.Auth.Form.SignOn = []string{other.URL("/")}
				}
				_, err := web.CheckLogin(t.Context(), src, web.Surroundings{})
				var refused *auth.LoginError
				switch {
				case named && len(other.Paths()) == 0:
					t.Errorf("the single sign-on that is configured was not asked: %v", err)
				case named:
				case len(other.Paths()) > 0:
					t.Errorf("the other origin was asked for %q", other.Paths())
				case !errors.As(err, &refused) || !strings.Contains(refused.Hint, "form.sign_on"):
					t.Errorf("got %v, which does not say what to do", err)
				}
			})
		}
	}
}
