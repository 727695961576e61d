package web_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/crawlertest"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func TestAWebsiteKeepsThePromisesOfASource(t *testing.T) {
	crawlertest.Run(t, func(t *testing.T) crawlertest.Place {
		p := &place{t: t, Site: testsite.New(t), frontiers: make(map[crawler.Source]*memoryFrontier)}
		p.Page("/", testsite.Page{Title: "Start", Text: "Where to begin.", Links: []string{"/a", "/b", "/c"}})
		p.Page("/a", testsite.Page{Title: "Apples", Text: "What to know of apples."})
		p.Page("/b", testsite.Page{Title: "Bread", Text: "How bread is made."})
		p.Page("/c", testsite.Page{Title: "Cheese", Text: "Where cheese is kept."})
		return p
	})
}

// place is a site as crawlertest wants it.
type place struct {
	*testsite.Site
	t         *testing.T
	frontiers map[crawler.Source]*memoryFrontier
}

// Source returns a pointer, so that each is another one.
func (p *place) Source() crawler.Source {
	f := newFrontier()
	s := &struct{ crawler.Source }{web.New(web.Source{
		Name: "help", URL: parse(p.t, p.URL("/")), Locale: "en",
		Discover: web.Discover{Links: true, MaxDepth: 20, MaxPages: 1000},
		Fetch:    fetch.Limits{Concurrency: 2, Timeout: time.Minute, MaxBody: 1 << 20, UserAgent: "fincrawl/test"},
	}, web.Surroundings{Frontier: f, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})}
	p.frontiers[s] = f
	return s
}

func (p *place) Addresses() []string {
	return []string{p.URL("/"), p.URL("/a"), p.URL("/b"), p.URL("/c")}
}

func (p *place) Outcome(s crawler.Source, address string) crawler.Outcome {
	outcome, _, _, err := p.frontiers[s].Outcome(address)
	if err != nil {
		p.t.Error(err)
	}
	return outcome
}

func (p *place) Break(address string) { p.FailAlways(p.path(address), testsite.Status(503)) }

func (p *place) Remove(address string) { p.Site.Remove(p.path(address)) }

func (p *place) Hold(address string) <-chan struct{} {
	waits := make(chan struct{})
	p.Fail(p.path(address), func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		close(waits)
		<-r.Context().Done()
	})
	return waits
}

func (p *place) path(address string) string { return parse(p.t, address).Path }
