package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// wide is a site whose start page links to n pages.
func wide(t *testing.T, n int) (site *testsite.Site, paths []string) {
	site = testsite.New(t)
	for i := range n {
		paths = append(paths, fmt.Sprintf("/p%03d", i))
	}
	site.Pages(paths...)
	site.Page("/", testsite.Page{Links: paths})
	return site, paths
}

// Norconex 98, 792: a temporary outage. The site is not asked on and on, and what was
// not asked for is not taken for gone.
func TestASiteThatGoesDownIsLeftAlone(t *testing.T) {
	for name, fault := range map[string]testsite.Fault{"503": testsite.Status(503), "429": testsite.Status(429), "hang-ups": testsite.Hangup} {
		t.Run(name, func(t *testing.T) {
			site, paths := wide(t, 300)
			site.Handle("/p050", func(w http.ResponseWriter, _ *http.Request) {
				for _, p := range append(paths, "/") {
					site.FailAlways(p, fault)
				}
				w.WriteHeader(http.StatusNotFound)
			})
			got := crawl(t, site)
			if got.err != nil || !strings.Contains(got.coverage.Ended, "the site is down") {
				t.Fatalf("ended %q, %v", got.coverage.Ended, got.err)
			}
			got.wantComplete(t, false)
			if len(got.pages) < 40 || got.coverage.Outcomes[crawler.Interrupted] < 200 {
				t.Errorf("%d pages, outcomes %v", len(got.pages), got.coverage.Outcomes)
			}
			if n := len(site.Requests()); n > 160 {
				t.Errorf("%d requests: the site was asked on and on", n)
			}
		})
	}
}

func TestASiteOfWhichAPartIsBrokenIsReadOn(t *testing.T) {
	site, paths := wide(t, 120)
	for _, p := range paths[20:70] {
		site.FailAlways(p, testsite.Status(500))
	}
	got := crawl(t, site)
	if got.err != nil || got.coverage.Ended != "" || len(got.pages) != 71 || got.coverage.Outcomes[crawler.ServerError] != 50 {
		t.Errorf("%d pages, ended %q, %v, outcomes %v", len(got.pages), got.coverage.Ended, got.err, got.coverage.Outcomes)
	}
}

func TestASiteOfWhichOnlyACacheIsLeftIsDown(t *testing.T) {
	site, paths := wide(t, 300)
	for _, p := range paths {
		site.FailAlways(p, testsite.Status(502))
	}
	got := crawl(t, site)
	if !strings.Contains(got.coverage.Ended, "100 addresses in a row") || got.coverage.Outcomes[crawler.Interrupted] < 180 {
		t.Errorf("ended %q, outcomes %v", got.coverage.Ended, got.coverage.Outcomes)
	}
}

func TestASiteThatAsksForALongPauseIsLeftAlone(t *testing.T) {
	site, _ := wide(t, 100)
	asked := atomic.Int64{}
	site.Handle("/p020", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	got := crawl(t, site)
	if !strings.Contains(got.coverage.Ended, "asks for a pause of 2h0m0s") || asked.Load() != 1 {
		t.Errorf("ended %q, asked %d times", got.coverage.Ended, asked.Load())
	}
	got.wantComplete(t, false)
	if n := len(site.Requests()); n > 40 {
		t.Errorf("%d requests", n)
	}
}
