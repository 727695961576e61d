package web_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
)

// printer is a sink that shows the pages it gets.
type printer struct{}

func (printer) Put(_ context.Context, p crawler.Page) error {
	fmt.Println("page:", p.Title)
	return nil
}

// A crawl needs a frontier and a sink. A run takes both from the state file; this one keeps its frontier in memory.
func ExampleCrawl() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `<!doctype html><title>Help</title><main><h1>Refunds</h1><p>We refund within 14 days.
			<a href="/gone">More</a></p></main>`)
	}))
	defer site.Close()
	start, err := url.Parse(site.URL + "/")
	if err != nil {
		log.Panic(err)
	}
	source := web.Source{
		Name: "help-center", URL: start, Locale: "en",
		Discover: web.Discover{Links: true, MaxDepth: 20, MaxPages: 1000},
		Fetch:    fetch.Limits{Concurrency: 4, Timeout: 10 * time.Second, MaxBody: 1 << 20, UserAgent: "example"},
	}
	coverage, err := web.Crawl(context.Background(), source, web.Surroundings{Frontier: newFrontier(), Pages: printer{}})
	if err != nil {
		log.Panic(err)
	}
	fmt.Println("complete:", coverage.Complete)
	fmt.Println("pages:", coverage.Outcomes[crawler.Paged], "gone:", coverage.Outcomes[crawler.Gone])
	// Output:
	// page: Refunds
	// complete: true
	// pages: 1 gone: 1
}
