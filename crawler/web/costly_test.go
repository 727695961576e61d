package web_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A page that costs too much is named, spared, and no gap in the coverage.
func TestAPageThatCostsTooMuchIsNoFailure(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Title: "Home", Links: []string{"/many", "/styled", "/escaped", "/b"}})
	site.Page("/b", testsite.Page{Title: "B", Body: "<p>Something to read.</p>"})
	site.Page("/many", testsite.Page{Title: "Many", Body: strings.Repeat("<p>", budget.Elements+1)})
	site.Page("/styled", testsite.Page{Title: "Styled", Body: "<style>" + strings.Repeat(".a:not(:has(.b ~ p)) p:not(:has(b)) { display: none }\n", 2000) + "</style>" +
		`<div class="a">` + strings.Repeat("<p>a paragraph</p>", 2000) + "</div>"})
	site.Page("/escaped", testsite.Page{Title: "Escaped", Body: "<p>" + strings.Repeat("<<<< ", budget.Written/20) + "</p>"})
	c := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.MaxBody = budget.Written })
	c.wantComplete(t, true)
	c.wantPages(t, "/", "/b")
	c.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/b": crawler.Paged, "/many": crawler.TooCostly, "/styled": crawler.TooCostly,
		"/escaped": crawler.TooCostly})
	if crawler.TooCostly.Failed() || !crawler.TooCostly.Spares() {
		t.Error("an outcome that is a failure, or that does not spare a page which was sent")
	}
}

type costlySink struct{ crawler.Sink }

func (s costlySink) Put(ctx context.Context, p crawler.Page) error {
	if strings.HasSuffix(p.URL, "/b") {
		return errors.Join(&budget.Exceeded{Detail: "much to screen"})
	}
	return s.Sink.Put(ctx, p)
}

func TestAPageThatCostsTooMuchToScreenIsNoPage(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Title: "Home", Links: []string{"/b"}})
	site.Page("/b", testsite.Page{Title: "B", Body: "<p>Something to read.</p>"})
	c := crawl(t, site, func(_ *web.Source, sur *web.Surroundings) { sur.Pages = costlySink{sur.Pages} })
	c.wantComplete(t, true)
	c.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/b": crawler.TooCostly})
}

// Sitemaps that name sitemaps are read up to a limit, and what lies beyond it is a gap.
func TestSitemapsCountAgainstALimit(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Title: "Home"})
	var index strings.Builder
	for i := range 2100 {
		fmt.Fprintf(&index, "<sitemap><loc>https://other.example/%d.xml</loc></sitemap>", i)
	}
	site.Page("/sitemap.xml", testsite.Page{Raw: []byte("<sitemapindex>" + index.String() + "</sitemapindex>"), ContentType: "application/xml"})
	c := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.Sitemaps = []string{"auto"} })
	c.wantComplete(t, false)
	if n := c.coverage.Outcomes[crawler.OverLimit]; n != 1 || c.coverage.Outcomes[crawler.OutOfScope] > 2000 {
		t.Errorf("outcomes %v, want one beyond the limit", c.coverage.Outcomes)
	}
}
