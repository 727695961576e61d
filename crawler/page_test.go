package crawler_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

func TestWhatAPageSaysDoesNotDependOnItsAddress(t *testing.T) {
	at := func(url string) crawler.Page {
		return crawler.Page{URL: url, Title: "Guide", Markdown: "- [Start](" + url + "#start)\n\n## Start\n\nSee [more](https://w.test/more#a)."}
	}
	one, two := at("https://w.test/guide"), at("https://w.test/guide?printable")
	if one.Says() != two.Says() {
		t.Error("two addresses of one page say different things")
	}
	for name, change := range map[string]func(*crawler.Page){
		"title":             func(p *crawler.Page) { p.Title = "Guides" },
		"text":              func(p *crawler.Page) { p.Markdown += "!" },
		"a link elsewhere":  func(p *crawler.Page) { p.Markdown = "[more](https://w.test/less#a)" },
		"title for text":    func(p *crawler.Page) { p.Title, p.Markdown = p.Title+p.Markdown[:1], p.Markdown[1:] },
		"who may have it":   func(p *crawler.Page) { p.Availability.AICopilot = true },
		"a place of itself": func(p *crawler.Page) { p.Markdown = "[Start](" + p.URL + "#end)" },
	} {
		other := at("https://w.test/guide")
		if change(&other); other.Says() == one.Says() {
			t.Errorf("another %s says the same", name)
		}
	}
}
