package reconcile

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/state"
)

// colly 329, katana 658 and 742: memory grew with the frontier. Here 100,000 URLs that
// wait for their turn cost disk; the heap is measured when all of them do.
func BenchmarkFrontier(b *testing.B) {
	for _, urls := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(urls), func(b *testing.B) {
			for b.Loop() {
				heap, disk := crawlUntilDiscovered(b, urls)
				b.ReportMetric(float64(heap)/1e6, "MB-heap")
				b.ReportMetric(float64(disk)/1e6, "MB-disk")
			}
		})
	}
}

// crawlUntilDiscovered crawls a site whose sitemaps list so many URLs, until all are
// queued, and returns what that added to the heap and to the disk.
func crawlUntilDiscovered(b *testing.B, urls int) (heap uint64, disk int64) {
	b.Helper()
	const each = 25_000
	site := testsite.New(b)
	site.Page("/", testsite.Page{Robots: "noindex"}) // read for nothing
	robots := ""
	for first := 0; first < urls; first += each {
		path := fmt.Sprintf("/map%d.xml", first)
		robots += "Sitemap: " + site.URL(path) + "\n"
		site.Handle(path, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<?xml version="1.0"?><urlset>`)
			for i := first; i < min(first+each, urls); i++ {
				fmt.Fprintf(w, "<url><loc>%s/articles/with-a-name-of-some-length/%d</loc></url>", site.URL(""), i)
			}
			fmt.Fprint(w, "</urlset>")
		})
	}
	site.Robots(robots)
	path := filepath.Join(b.TempDir(), "state.db")
	store, err := state.Open(path, state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}()
	crawl, err := store.BeginCrawl("wiki")
	if err != nil {
		b.Fatal(err)
	}
	start, err := url.Parse(site.URL("/"))
	if err != nil {
		b.Fatal(err)
	}
	before := liveHeap()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	site.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		if heap == 0 && strings.HasPrefix(r.URL.Path, "/articles/") { // the first of the queued: all are discovered
			heap = max(liveHeap(), before) - before
			stop()
		}
		return false
	})
	source := web.Source{Name: "wiki", URL: start, Locale: "en",
		Discover: web.Discover{Sitemaps: []string{"auto"}, MaxDepth: 20, MaxPages: 2 * urls},
		Fetch:    fetch.Limits{Concurrency: 1, RespectRobots: true, UserAgent: "fincrawl"}}
	_, err = web.Crawl(ctx, source, web.Surroundings{Frontier: StateFrontier{crawl}})
	if ctx.Err() == nil {
		b.Fatalf("the crawl ended by itself: %v", err)
	}
	if size, _ := crawl.QueueSize(); size < urls-10 {
		b.Fatalf("%d of %d URLs are queued", size, urls)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return heap, info.Size()
}

// liveHeap is what of the heap is in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
