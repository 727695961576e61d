package web

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func TestWhatASourceMayHaveBroughtToALibrary(t *testing.T) {
	start := func(t *testing.T) Source {
		u, err := url.Parse("https://wiki.test/docs/")
		if err != nil {
			t.Fatal(err)
		}
		return Source{Name: "wiki", URL: u, Scope: scope.Rules{Exclude: []urlpattern.Pattern{matching(t, "/docs/private/**")}}}
	}
	const page = "https://wiki.test/docs/a"
	for _, test := range []struct {
		name     string
		id, url  string
		identity Identity
		splits   bool
		want     bool
	}{
		{name: "a page under its address", id: page, url: page, want: true},
		{name: "a page that moved", id: "https://wiki.test/docs/old", url: page, want: true},
		{name: "a second page of an address", id: page + "#2", url: page, want: true},
		{name: "another host", id: "https://help.test/docs/a", url: "https://help.test/docs/a"},
		{name: "another scheme's subdomain", id: "https://x.wiki.test/docs/a", url: "https://x.wiki.test/docs/a"},
		{name: "beside the prefix", id: "https://wiki.test/blog/a", url: "https://wiki.test/blog/a"},
		{name: "excluded", id: "https://wiki.test/docs/private/a", url: "https://wiki.test/docs/private/a"},
		{name: "an ID that no crawl gives", id: "kb-17", url: page},
		{name: "an address elsewhere as its ID", id: "https://help.test/docs/a", url: page},
		{name: "a URL elsewhere", id: page, url: "https://help.test/docs/a"},
		{name: "an address as no crawl writes it", id: page + "?utm_source=x", url: page + "?utm_source=x"},
		{name: "upper case in the host", id: "https://WIKI.test/docs/a", url: "https://WIKI.test/docs/a"},
		{name: "no URL at all", id: "kb-17", url: "kb-17"},
		{name: "no web address", id: "mailto:a@wiki.test", url: "mailto:a@wiki.test"},
		{name: "a part, where pages are split", id: page + "#leave", url: page + "#leave", splits: true, want: true},
		{name: "a part, where none are", id: page + "#leave", url: page + "#leave"},
		{name: "a group of the address", id: "17", url: page + "/17-x", identity: Identity{Regex: regexp.MustCompile(`/(\d+)-`)}, want: true},
		{name: "not another one's", id: "18", url: page + "/17-x", identity: Identity{Regex: regexp.MustCompile(`/(\d+)-`)}},
		{name: "what a page says of itself", id: "kb-17", url: page, identity: Identity{Meta: "id"}, want: true},
		{name: "but no address elsewhere", id: "https://help.test/a", url: page, identity: Identity{Meta: "id"}},
		{name: "nor elsewhere", id: "kb-17", url: "https://help.test/docs/a", identity: Identity{Meta: "id"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := start(t)
			src.Identity = test.identity
			claim, err := NewClaim(src, test.splits)
			if err != nil {
				t.Fatal(err)
			}
			if got := claim.Of(test.id, test.url); got != test.want {
				t.Errorf("%s at %s: %v, want %v", test.id, test.url, got, test.want)
			}
		})
	}
}
