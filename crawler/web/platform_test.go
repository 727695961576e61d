package web_test

import (
	"slices"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// portal is a platform of which a preset knows what is no article.
func portal(src *web.Source, _ *web.Surroundings) {
	src.Content.Presets = preset.NewSet([]preset.Preset{{Name: "portal", Marks: []string{"main.portal"}, Body: []string{"main.portal"},
		Views: []string{"main.list", "main.form"}, Traps: []string{"/**/log", `re:[?&]sort=`}}})
}

func TestAPresetKnowsWhatIsNoArticle(t *testing.T) {
	site := testsite.New(t)
	page := func(path, kind, text string, links ...string) {
		body := `<main class="portal ` + kind + `"><h1>` + path + `</h1><p>` + text + `</p>`
		for _, link := range links {
			body += `<a href="` + link + `">more</a> `
		}
		site.Page(path, testsite.Page{Body: body + `</main>`})
	}
	page("/", "", "Everything on the depot.", "/list", "/gates", "/gates/log", "/named/log", "/list?sort=up", "/kept")
	page("/list", "list", "Keys and gates.", "/keys")
	page("/keys", "", "Keys hang at the desk, and are counted each night.")
	page("/gates", "", "Gates are oiled in May.")
	page("/kept", "form", "The article is named Form by its author.")
	page("/gates/log", "list", "Who changed it.")
	page("/named/log", "", "Logs are stacked behind the hall.")
	page("/sent/log", "", "How logs are sent on their way.")
	page("/sent/list/log", "list", "Who changed the list.")
	got := crawl(t, site, portal, func(src *web.Source, sur *web.Surroundings) {
		src.Scope.Allow = patterns(t, "/named/log", "/kept")
		sur.Known = slices.Values([]string{site.URL("/sent/log"), site.URL("/sent/list/log")})
	})
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/list": crawler.View, "/keys": crawler.Paged, "/gates": crawler.Paged, "/kept": crawler.Paged,
		"/gates/log": crawler.Trap, "/list?sort=up": crawler.Trap, "/named/log": crawler.Paged,
		"/sent/log": crawler.Paged, "/sent/list/log": crawler.View,
	})
	got.wantComplete(t, true)
	if site.Count("/gates/log") > 0 {
		t.Error("a trap was asked for")
	}
}

// What the preset says of addresses holds for the site of its start page alone.
func TestTrapsAreThoseOfTheStartPage(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Title: "Start", Text: "An intranet with a portal below it.", Links: []string{"/portal", "/wood/log"}})
	site.Page("/portal", testsite.Page{Body: `<main class=portal><h1>Portal</h1><p>Where the depot keeps its rules.</p></main>`})
	site.Page("/wood/log", testsite.Page{Title: "Log", Text: "Logs are stacked behind the hall."})
	got := crawl(t, site, portal)
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/portal": crawler.Paged, "/wood/log": crawler.Paged})
}
