package web

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// learnTraps takes from the preset of the start page's platform which addresses lead to no article there. A
// page that was sent earlier is requested all the same, and judged by its content.
func (c *crawl) learnTraps(first answer) {
	if outcome, _ := first.failure(); outcome != "" || !fetch.IsHTML(first.contentType) {
		return
	}
	doc, err := extract.Parse(first.url, first.contentType, first.body)
	if err != nil {
		return
	}
	if page := doc.Platform(c.src.Content.Presets); page != nil {
		c.avoidTraps(page.Traps())
	}
}

// avoidTraps makes the crawl ignore links to addresses that match a pattern. Those that do not parse were
// refused with the settings.
func (c *crawl) avoidTraps(patterns []string) {
	for _, text := range patterns {
		if p, err := urlpattern.Parse(text); err == nil {
			c.scope.Traps = append(c.scope.Traps, p)
		}
	}
}

// trapsNoted returns the patterns of traps as text, for the notebook.
func (c *crawl) trapsNoted() (patterns []string) {
	for _, p := range c.scope.Traps {
		patterns = append(patterns, p.String())
	}
	return patterns
}

// noArticle says why a page's own content shows that it is no article: the preset of its platform says so,
// or it is a user's profile. It returns "" if the page may be an article.
func (c *crawl) noArticle(v visit, doc *extract.Document) string {
	platform, told := doc.ViewOf(c.src.Content.Presets)
	switch {
	case urlpattern.Any(c.scope.Rules.Allow, v.url):
		return ""
	case told != "":
		return fmt.Sprintf("no article by the preset %s (%s); where it is one, name it in discover.allow", platform, told)
	case !c.scope.Starts[v.url.String()] && doc.IsProfile():
		return "the profile of a user; where it is an article, name it in discover.allow"
	}
	return ""
}
