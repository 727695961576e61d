package web_test

import (
	"net/http"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func TestRedirectsAreFollowedAsBrowsersFollowThem(t *testing.T) {
	site := testsite.New(t)
	for from, location := range map[string]string{
		"/stray": "/half%_price", "/windows": `\shelf\list.html`, "/blanks": " /spa\tced ", "/scheme": "http:/rooted",
	} {
		site.Handle(from, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		})
	}
	site.Page("/", testsite.Page{Links: []string{"/stray", "/windows", "/blanks", "/scheme"}})
	site.Pages("/half%_price", "/shelf/list.html", "/spaced", "/rooted")
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged,
		"/stray": crawler.Redirected, "/windows": crawler.Redirected, "/blanks": crawler.Redirected, "/scheme": crawler.Redirected,
		"/half%25_price": crawler.Paged, "/shelf/list.html": crawler.Paged, "/spaced": crawler.Paged, "/rooted": crawler.Paged})
	got.wantComplete(t, true)
}

func TestARefreshHeaderLeadsOn(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/before", "/slow"}})
	site.Page("/before", testsite.Page{Header: map[string]string{"Refresh": "0;url=after"}})
	site.Page("/slow", testsite.Page{Header: map[string]string{"Refresh": "600"}})
	site.Pages("/after")
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/before": crawler.Redirected, "/after": crawler.Paged, "/slow": crawler.Paged})
}

func TestTheSiteIsAskedForTheSourcesLanguage(t *testing.T) {
	for locale, want := range map[string]string{"de": "de", "pt-BR": "pt-BR,pt;q=0.9"} {
		site := testsite.New(t)
		site.Handle("/", func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Language"); got != want {
				t.Errorf("%s: asked for %q, want %q", locale, got, want)
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<title>T</title><p>Text of the page."))
		})
		crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Locale = locale })
	}
}

func TestAnXMLDocumentOfXHTMLIsAPage(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a.xhtml"}})
	site.Page("/a.xhtml", testsite.Page{ContentType: "application/xhtml+xml", Raw: []byte(`<?xml version="1.0"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>A</title><script src="x.js"/></head>
<body><h1>A</h1><p>The first rule is to keep the lid on.</p><p><a href="b.xhtml">B</a></p></body></html>`)})
	site.Pages("/b.xhtml")
	crawl(t, site).want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a.xhtml": crawler.Paged, "/b.xhtml": crawler.Paged})
}
