package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// What is no sheet hides nothing and keeps nothing from being read; nor does a host of this machine that a
// page names.
func TestStyleSheetsThatCannotBeRead(t *testing.T) {
	site := testsite.New(t)
	other := testsite.New(t)
	const hides = ".a { display: none }"
	other.Page("/style.css", testsite.Page{Raw: []byte(hides), ContentType: "text/css"})
	head := `<link rel=stylesheet href="` + other.URL("/style.css") + `">`
	sheets := []string{"/moved.css", "/page.css", "/large.css"}
	for _, path := range sheets {
		head += `<link rel=stylesheet href="` + path + `">`
	}
	site.Redirect("/moved.css", other.URL("/style.css"))
	site.Page("/page.css", testsite.Page{Raw: []byte(hides), ContentType: "text/html"})
	site.Page("/large.css", testsite.Page{Raw: []byte(hides + strings.Repeat(" ", 1<<20)), ContentType: "text/css"})
	body := `<h1>Title</h1><p class=a>What everybody reads.</p><a href="/b">next</a>`
	for _, path := range []string{"/", "/b"} {
		site.Handle(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>T</title>" + head + body))
		})
	}
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/b": crawler.Paged})
	got.wantComplete(t, true)
	for _, p := range got.pages {
		if !strings.Contains(p.Markdown, "everybody reads") {
			t.Errorf("%s says %q", p.URL, p.Markdown)
		}
	}
	for _, path := range sheets {
		if n := site.Count(path); n != 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if n := other.Count("/style.css"); n != 0 {
		t.Errorf("a host of this machine was asked %d times", n)
	}
}
