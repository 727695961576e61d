package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// What a link may not do, a script may not do either; and what listens on this machine is nobody's to name.
func TestScriptsObeyTheRulesOfLinks(t *testing.T) {
	needs(t, "chromium")
	site, other := testsite.New(t), testsite.New(t)
	other.Handle("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Write([]byte(`document.body.append("of this machine")`))
	})
	other.Page("/x.js", testsite.Page{Raw: []byte(`document.body.append("of this machine")`), ContentType: "text/javascript"})
	kept := []string{"/logout", "/articles/1/delete?x=1", "/private/a", "/list?action=purge"}
	site.Page("/", testsite.Page{Body: `<div id=app></div><script src="` + other.URL("/x.js") + `"></script><script>(async () => {
		for (const path of ["` + strings.Join(kept, `", "`) + `", "` + other.URL("/x.js") + `", "` + other.URL("/") + `"]) {
			await fetch(path).then(r => r.text()).then(t => document.body.append(t)).catch(() => {});
			await fetch(path, {method: "POST", body: "x"}).catch(() => {});
		}
		const text = await fetch("/api/text").then(r => r.text());
		document.getElementById("app").innerHTML = "<article><h1>Text</h1><p>" + text + "</p></article>";
	})()</script>`})
	site.Handle("/api/text", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("Fetched by a script.")) })
	site.BasicAuth("sam", "s3cret-pass-word")
	options := func(src *web.Source, _ *web.Surroundings) {
		src.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "s3cret-pass-word"}}
		src.Scope.Exclude = patterns(t, "/private/**")
	}
	got := crawl(t, site, rendering(web.RenderAuto), options)
	page := got.pages["/"]
	if !strings.Contains(page.Markdown, "Fetched by a script.") || strings.Contains(page.Markdown, "machine") {
		t.Errorf("%v; got the page %q, outcomes %v %v", got.err, page.Markdown, got.outcomes, got.details)
	}
	for _, path := range kept {
		path, _, _ = strings.Cut(path, "?")
		if n := site.Count(path); n > 0 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if asked := other.Requests(); len(asked) > 0 {
		t.Errorf("what listens beside the site was asked for %q", asked)
	}

	src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Fetch: fetch.Limits{MaxBody: 1 << 20, Timeout: time.Minute, UserAgent: "fincrawl/test"}}
	options(&src, nil)
	src.Render.Mode = web.RenderAuto
	told, err := web.Explain(t.Context(), src, parse(t, site.URL("/")), web.Surroundings{})
	if err != nil || told.Seen == nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for _, r := range told.Seen.Refused {
		keys[r.Address] = r.Key
	}
	if keys[other.URL("")] != "render.hosts: [127.0.0.1]" || keys["/private/a"] != "exclude" {
		t.Errorf("explain lists %v", told.Seen.Refused)
	}
	if _, listed := keys["/logout"]; !listed {
		t.Errorf("explain does not list /logout: %v", told.Seen.Refused)
	}
}
