package web_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A robots.txt or sitemap that is beyond its limits leaves a gap, since nothing is known of
// what it says.
func TestRulesAndSitemapsBeyondTheirLimitsAreGaps(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("User-agent: *\n")
	for i := range 25_000 {
		fmt.Fprintf(&rules, "Disallow: /*%d$\n", i)
	}
	long := map[string]string{"X-Long": strings.Repeat("x", 2_000_000)}
	for name, test := range map[string]struct {
		put  func(*testsite.Site)
		at   string
		want crawler.Outcome
		says string
	}{
		"rules":              {func(s *testsite.Site) { s.Robots(rules.String()) }, "/robots.txt", crawler.BadRobots, "rules with wildcards, more than"},
		"headers of rules":   {func(s *testsite.Site) { s.Page("/robots.txt", testsite.Page{Header: long}) }, "/robots.txt", crawler.BadRobots, "headers larger"},
		"headers of sitemap": {func(s *testsite.Site) { s.Page("/sitemap.xml", testsite.Page{Header: long}) }, "/sitemap.xml", crawler.BadSitemap, "headers larger"},
		"a long sitemap": {func(s *testsite.Site) {
			s.Page("/sitemap.xml", testsite.Page{Raw: make([]byte, 51<<20), ContentType: "application/xml"})
		}, "/sitemap.xml", crawler.BadSitemap, "larger than"},
		"redirects of a sitemap": {func(s *testsite.Site) {
			s.Handle("/sitemap.xml", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/sitemap.xml?"+r.URL.RawQuery+"a", http.StatusFound)
			})
		}, "/sitemap.xml", crawler.RedirectLoop, "10 redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/a"}})
			site.Pages("/a")
			test.put(site)
			c := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.Sitemaps = []string{"auto"} })
			if c.outcomes[test.at] != test.want || !strings.Contains(c.details[test.at], test.says) {
				t.Errorf("%s is %s: %s", test.at, c.outcomes[test.at], c.details[test.at])
			}
			c.wantComplete(t, test.want == crawler.BadSitemap) // one bad file is a note
			if noted := len(c.coverage.BadSitemaps) == 1; noted != (test.want == crawler.BadSitemap) {
				t.Errorf("noted: %v", c.coverage.BadSitemaps)
			}
		})
	}
}

// Over HTTP/2 the error is another one.
func TestHeadersBeyondTheLimitAreTooLargeOverHTTP2(t *testing.T) {
	site := testsite.NewTLSWith(t, &tls.Config{NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
	site.Page("/", testsite.Page{Links: []string{"/x"}})
	site.Handle("/x", func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("the request is %s", r.Proto)
		}
		w.Header().Set("X-Long", strings.Repeat("x", 1_500_000))
	})
	c := crawl(t, site, func(_ *web.Source, sur *web.Surroundings) {
		transport := site.Transport().Clone()
		transport.ForceAttemptHTTP2, transport.MaxResponseHeaderBytes = true, 1<<20
		t.Cleanup(transport.CloseIdleConnections)
		sur.Transport = transport
	})
	c.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/x": crawler.TooLarge})
}
