package web_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// in is the head of a page in a language that has the versions at paths.
func in(versions ...string) string {
	head := ""
	for i := 0; i+1 < len(versions); i += 2 {
		head += `<link rel=alternate hreflang="` + versions[i] + `" href="` + versions[i+1] + `">`
	}
	return head
}

func TestOneLanguageIsTakenWhereThereAreVersions(t *testing.T) {
	site := testsite.New(t)
	a := in("en", "/en/a", "de", "/de/a", "fr-CA", "/fr/a", "x-default", "/a")
	site.Page("/", testsite.Page{Links: []string{"/de/a", "/de/only", "/plain"}})
	site.Page("/de/a", testsite.Page{Head: a, Links: []string{"/de/from-a"}})
	site.Page("/en/a", testsite.Page{Head: a}) // found by hreflang alone
	site.Page("/fr/a", testsite.Page{Head: a})
	site.Page("/de/from-a", testsite.Page{Head: in("en", "/en/gone", "de", "/de/from-a")}) // has no English version after all
	site.Page("/de/only", testsite.Page{Head: in("de", "/de/only", "fr", "/fr/a")})        // nor has it
	site.Page("/plain", testsite.Page{})
	crawl(t, site).want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/de/a": crawler.OtherLocale, "/en/a": crawler.Paged, "/plain": crawler.Paged,
		"/de/only": crawler.Paged, "/de/from-a": crawler.Paged, "/en/gone": crawler.Gone,
	})
}

// A sitemap, or a Link header, may be the only one to say which pages are versions of
// one another; a version whose other one is gone after all is taken itself.
func TestVersionsThatTheMarkupDoesNotName(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/de/a", "/de/header"}})
	entry := func(path, en, de string) string {
		link := func(language, path string) string {
			return `<xhtml:link rel="alternate" hreflang="` + language + `" href="` + site.URL(path) + `"/>`
		}
		return `<url><loc>` + site.URL(path) + `</loc>` + link("en", en) + link("de", de) + link("x-default", "/") + `</url>`
	}
	site.Page("/sitemap.xml", testsite.Page{Header: map[string]string{"Content-Type": "application/xml"}, Raw: []byte(
		`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` +
			entry("/de/a", "/en/a", "/de/a") + entry("/de/b", "/en/gone", "/de/b") + `</urlset>`)})
	site.Pages("/en/a", "/en/header", "/de/a", "/de/b")
	site.Page("/de/header", testsite.Page{Header: map[string]string{"Link": `</en/header>; rel=alternate; hreflang=en, </de/header>; rel=alternate; hreflang=de`}})
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) { s.Discover.Sitemaps = []string{"auto"} })
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/de/a": crawler.OtherLocale, "/en/a": crawler.Paged,
		"/de/b": crawler.Paged, "/en/gone": crawler.Gone,
		"/de/header": crawler.OtherLocale, "/en/header": crawler.Paged,
	})
	if n := site.Count("/de/a"); n != 0 {
		t.Errorf("the version that the sitemap gives an English one of was asked for %d times", n)
	}
}

func TestEveryLanguageIsTakenWhereConfigured(t *testing.T) {
	site := testsite.New(t)
	a := in("en", "/a", "de", "/de/a")
	site.Page("/", testsite.Page{Links: []string{"/a"}})
	site.Page("/a", testsite.Page{Head: a})
	site.Page("/de/a", testsite.Page{Head: a})
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) { s.Discover.OtherLocales = true })
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/de/a": crawler.Paged})
}

func TestVersionsOfOneLanguage(t *testing.T) {
	for name, test := range map[string]struct {
		locale  string
		us, gb  crawler.Outcome
		reaches string
	}{
		"the locale names the country":     {"en-GB", crawler.OtherLocale, crawler.Paged, "/gb"},
		"the locale names the language":    {"en", crawler.Paged, crawler.Paged, ""},
		"neither is the language, nor one": {"de", crawler.Paged, crawler.Paged, ""},
	} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			versions := in("en_US", "/us", "en-gb", "/gb")
			site.Page("/", testsite.Page{Links: []string{"/us", "/gb"}})
			site.Page("/us", testsite.Page{Head: versions})
			site.Page("/gb", testsite.Page{Head: versions})
			got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) { s.Locale = test.locale })
			got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/us": test.us, "/gb": test.gb})
			if test.reaches != "" && got.details["/us"] != site.URL(test.reaches) {
				t.Errorf("the detail is %q", got.details["/us"])
			}
		})
	}
}

// A version that cannot be read today does not bring the other one into the library.
func TestAVersionThatFailsIsNotReplacedByAnotherLanguage(t *testing.T) {
	site := testsite.New(t)
	a := in("en", "/a", "de", "/de/a")
	site.Page("/", testsite.Page{Links: []string{"/de/a"}})
	site.Page("/a", testsite.Page{Head: a, Status: 500})
	site.Page("/de/a", testsite.Page{Head: a})
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.ServerError, "/de/a": crawler.OtherLocale})
}

func TestARefreshAtOnceIsARedirect(t *testing.T) {
	refresh := func(to string) testsite.Page {
		return testsite.Page{Head: `<meta http-equiv=refresh content="0; url=` + to + `">`}
	}
	site := testsite.New(t)
	site.Page("/", refresh("/start"))
	site.Page("/start", testsite.Page{Links: []string{"/old", "/away", "/private", "/expired", "/a", "/self", "/slow"}})
	moved := refresh("/new")
	moved.Robots = "noindex"
	site.Page("/old", moved)
	site.Page("/new", testsite.Page{})
	site.Page("/away", refresh("https://elsewhere.example/"))
	site.Page("/private", refresh("/secret/x"))
	site.Page("/expired", refresh("https://login.example.com/sso?back=1"))
	site.Page("/a", refresh("/b"))
	site.Page("/b", refresh("/a"))
	site.Page("/self", refresh("/self"))
	site.Page("/slow", testsite.Page{Head: `<meta http-equiv=refresh content="60; url=/later">`})
	site.Page("/later", testsite.Page{})
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) {
		s.Scope.Exclude = patterns(t, "/secret/**")
		s.Fetch.Concurrency = 1
	})
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Redirected, "/start": crawler.Paged, "/old": crawler.Redirected, "/new": crawler.Paged,
		"/away": crawler.RedirectedOut, "/private": crawler.RedirectedOut, "/expired": crawler.LoginWall,
		"/a": crawler.Redirected, "/b": crawler.RedirectLoop, "/self": crawler.Paged, "/slow": crawler.Paged, "/later": crawler.Paged,
		// What a refresh leads to is a link too, which says why it is not read.
		"/secret/x": crawler.Excluded, "https://elsewhere.example/": crawler.OutOfScope,
	})
	if diff := cmp.Diff(site.URL("/new"), got.details["/old"]); diff != "" {
		t.Error(diff)
	}
}

// A page that names a wrong version does not vanish: one that does not name it back, or
// that several pages of one language claim.
func TestAVersionIsBelievedOnlyWhereThatIsPlausible(t *testing.T) {
	for name, to := range map[string]string{"the start page": "/", "a page with versions of its own": "/en/a", "one page for several": "/plain"} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/en/a", "/de/a", "/plain", "/b1", "/b2"}})
			a := in("en", "/en/a", "de", "/de/a")
			site.Page("/en/a", testsite.Page{Head: a})
			site.Page("/de/a", testsite.Page{Head: a})
			site.Page("/plain", testsite.Page{})
			site.Page("/b1", testsite.Page{Head: in("en", to, "fr", "/b1")})
			site.Page("/b2", testsite.Page{Head: in("en", to, "fr", "/b2")})
			crawl(t, site).want(t, map[string]crawler.Outcome{
				"/": crawler.Paged, "/en/a": crawler.Paged, "/de/a": crawler.OtherLocale, "/plain": crawler.Paged, "/b1": crawler.Paged, "/b2": crawler.Paged,
			})
		})
	}
}
