package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Everything here is done to each link or each page.

func BenchmarkNormalise(b *testing.B) {
	links := benchmarkLinks(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := scope.Normalise(links[i%len(links)]); !ok {
			b.Fatal(links[i%len(links)])
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "links/s")
}

func BenchmarkScope(b *testing.B) {
	var rules scope.Rules
	for text, into := range map[string]*[]urlpattern.Pattern{"/articles/**": &rules.Include, "/articles/*/print": &rules.Exclude, `re:[?&](do|rev)=`: &rules.Exclude} {
		p, err := urlpattern.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		*into = append(*into, p)
	}
	links := benchmarkLinks(b)
	s, _, err := scope.New(scope.Bounds{Start: links[0], Rules: rules})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		u := links[i%len(links)]
		if outcome, _ := s.Judge(u); outcome == "" {
			s.Includes(u)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "links/s")
}

func BenchmarkFingerprint(b *testing.B) {
	p := crawler.Page{Markdown: strings.Repeat("A sentence of some words. ", 300), Title: "A title", URL: "https://help.example.com/articles/1-a-title", Locale: "en"}
	b.SetBytes(int64(len(p.Markdown)))
	b.ReportAllocs()
	for b.Loop() {
		p.Fingerprint()
	}
}

func benchmarkLinks(b *testing.B) []*url.URL {
	var links []*url.URL
	for _, text := range []string{
		"https://help.example.com/", "https://help.example.com/articles/1-a-title", "https://help.example.com/articles/1-a-title#part-2",
		"https://help.example.com/articles/%E8%BF%94%E5%93%81", "https://help.example.com/a/../articles/7/print?utm_source=mail&b=2&a=1",
		"https://HELP.example.com:443/articles/x?do=edit&rev=1", "https://elsewhere.example.com/articles/2",
	} {
		u, err := url.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		links = append(links, u)
	}
	return links
}
