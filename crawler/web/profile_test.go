package web_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func TestTheProfileOfAUserIsNoPage(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/u/ann", "/u/sam", "/u/kim", "/about", "/pro"}})
	site.Page("/u/ann", testsite.Page{Head: `<meta property="og:type" content="profile">`})
	site.Page("/u/sam", testsite.Page{Head: `<script type="application/ld+json">{"@graph": [{"@type": ["WebPage", "ProfilePage"]}]}</script>`})
	site.Page("/u/kim", testsite.Page{Body: `<main itemscope itemtype="https://schema.org/ProfilePage"><h1>Kim</h1><p>Works in the yard, and has written eleven pages.</p></main>`})
	// An article names its author, and may be on profiles.
	site.Page("/about", testsite.Page{Head: `<meta property="og:type" content="article"><script type="application/ld+json">{"@type": "Article", "author": {"@type": "Person", "name": "Ann", "mainEntityOfPage": {"@type": "ProfilePage"}}}</script>`})
	site.Page("/pro", testsite.Page{Title: "Profiles", Text: "How to fill in a ProfilePage of schema.org."})
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/about": crawler.Paged, "/pro": crawler.Paged,
		"/u/ann": crawler.View, "/u/sam": crawler.View, "/u/kim": crawler.View,
	})
}
