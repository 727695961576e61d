package web_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/availability"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// crawled is a crawl that is over.
type crawled struct {
	coverage crawler.Coverage
	err      error
	outcomes map[string]crawler.Outcome // by path, or whole address on other sites
	details  map[string]string
	pages    map[string]crawler.Page // by path
	waits    []time.Duration
}

// crawl crawls a site with what change makes of ordinary settings.
func crawl(t *testing.T, site *testsite.Site, change ...func(*web.Source, *web.Surroundings)) crawled {
	t.Helper()
	return crawlWithin(t.Context(), t, site, change...)
}

func crawlWithin(ctx context.Context, t *testing.T, site *testsite.Site, change ...func(*web.Source, *web.Surroundings)) crawled {
	t.Helper()
	src := web.Source{
		Name: "help", URL: parse(t, site.URL("/")), Locale: "en",
		Discover:     web.Discover{Links: true, MaxDepth: 20, MaxPages: 1000},
		Fetch:        fetch.Limits{Concurrency: 4, Timeout: 10 * time.Second, MaxBody: 1 << 20, RespectRobots: true, UserAgent: "fincrawl/test"},
		Availability: availability.Policy{Default: crawler.Availability{AIAgent: true, AICopilot: true}},
	}
	f := newFrontier()
	kept := &shelf{pages: make(map[string]crawler.Page)}
	result := crawled{outcomes: make(map[string]crawler.Outcome), details: make(map[string]string), pages: make(map[string]crawler.Page)}
	var mu sync.Mutex
	sur := web.Surroundings{Frontier: f, Pages: kept, Wait: func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		result.waits = append(result.waits, d)
		mu.Unlock()
		return ctx.Err()
	}}
	for _, c := range change {
		c(&src, &sur)
	}
	result.coverage, result.err = web.Crawl(ctx, src, sur)

	short := func(address string) string {
		if path, ok := strings.CutPrefix(address, site.URL("")); ok {
			return path
		}
		return address
	}
	for s := range f.Settled() {
		result.outcomes[short(s.URL)] = s.Outcome
		result.details[short(s.URL)] = s.Detail
	}
	for address, p := range kept.pages {
		result.pages[short(address)] = p
	}
	result.checkSums(t)
	return result
}

// checkSums holds for every crawl: each discovered URL has one outcome, and the
// pages are those with that outcome.
func (c crawled) checkSums(t *testing.T) {
	t.Helper()
	sum := 0
	for outcome, n := range c.coverage.Outcomes {
		sum += n
		if outcome == "" {
			t.Error("an outcome has no name")
		}
	}
	if sum != c.coverage.Discovered || sum != len(c.outcomes) {
		t.Errorf("the sums do not add up: %d outcomes of %d discovered URLs, %d in the frontier", sum, c.coverage.Discovered, len(c.outcomes))
	}
	for path := range c.pages {
		if o := c.outcomes[path]; o != crawler.Paged && o != crawler.Duplicate && o != crawler.View && o != crawler.Trap && c.err == nil {
			t.Errorf("%s gave a page, but is %s", path, o)
		}
	}
	if c.coverage.Complete && (c.err != nil || c.coverage.GapsInAll > 0) {
		t.Errorf("complete with %d gaps and error %v", c.coverage.GapsInAll, c.err)
	}
}

func (c crawled) want(t *testing.T, want map[string]crawler.Outcome) {
	t.Helper()
	if c.err != nil {
		t.Errorf("crawl failed: %v", c.err)
	}
	if diff := cmp.Diff(want, c.outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s\ndetails: %v", diff, c.details)
	}
}

func (c crawled) wantPages(t *testing.T, paths ...string) {
	t.Helper()
	slices.Sort(paths)
	if diff := cmp.Diff(paths, slices.Sorted(maps.Keys(c.pages))); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func (c crawled) wantComplete(t *testing.T, want bool) {
	t.Helper()
	if c.coverage.Complete != want {
		t.Errorf("complete is %v, want %v; gaps: %+v", c.coverage.Complete, want, c.coverage.Gaps)
	}
}

// shelf keeps pages in memory.
type shelf struct {
	mu    sync.Mutex
	pages map[string]crawler.Page
	err   error
}

func (s *shelf) Put(_ context.Context, p crawler.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[p.ExternalID] = p
	return s.err
}

func TestACrawlFindsEveryPageOnce(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a", "/b#part", "/b?utm_source=x", "HTTP://" + strings.TrimPrefix(site.URL("/a"), "http://"), "https://other.example/x", "mailto:sam@example.com"}})
	site.Page("/a", testsite.Page{Title: "Article A", Text: "What article A says.", Links: []string{"/", "/c", "/picture.png", "/missing"}})
	site.Page("/b", testsite.Page{Links: []string{"/a", "/old"}})
	site.Page("/c", testsite.Page{Links: []string{"/c?b=2&a=1", "/c?a=1&b=2"}})
	site.Page("/picture.png", testsite.Page{Raw: []byte("\x89PNG"), ContentType: "image/png"})
	site.Redirect("/old", "/a")

	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/a": crawler.Paged, "/b": crawler.Paged, "/c": crawler.Paged, "/c?a=1&b=2": crawler.Paged,
		"/picture.png": crawler.NotHTML, "/missing": crawler.Gone, "/old": crawler.Redirected, "https://other.example/x": crawler.OutOfScope,
	})
	got.wantComplete(t, true)
	want := crawler.Page{End: "closed",
		Source: "help", ExternalID: site.URL("/a"), URL: site.URL("/a"), Title: "Article A", Locale: "en",
		Availability: crawler.Availability{AIAgent: true, AICopilot: true},
	}
	page := got.pages["/a"]
	if !strings.Contains(page.Markdown, "What article A says.") || !strings.Contains(page.HTML, "What article A says.") {
		t.Errorf("the page says %q, %q", page.Markdown, page.HTML)
	}
	page.HTML, page.Markdown = "", ""
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	// colly counts fragments as pages of their own; here each address is asked for once.
	for path, times := range map[string]int{"/": 1, "/a": 2, "/b": 1, "/c": 1, "/c?a=1&b=2": 1, "/robots.txt": 1} {
		if n := site.Count(path); n != times {
			t.Errorf("%s was asked for %d times, want %d", path, n, times)
		}
	}
}

func TestScopeBoundsWhatIsAskedFor(t *testing.T) {
	site := testsite.New(t)
	site.Page("/docs/", testsite.Page{Links: []string{"/docs/topics/1", "/docs/a/print", "/blog/1", "/docsx"}})
	site.Page("/docs/topics/1", testsite.Page{Links: []string{"/docs/a", "/docs/extra"}})
	site.Page("/docs/a", testsite.Page{Links: []string{"/docs/b"}})
	site.Pages("/docs/b", "/docs/extra", "/docs/seed", "/docs/a/print", "/blog/1", "/docsx")

	site.Redirect("/docs", "/docs/")

	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
		src.URL = src.URL.JoinPath("/docs")
		src.Discover.Seeds = []string{"/docs/seed"}
		src.Scope = scope.Rules{
			Include: patterns(t, "/docs/a", "/docs/b"), Exclude: patterns(t, "/docs/*/print"), Follow: patterns(t, "/docs/topics/**"),
		}
	})
	got.want(t, map[string]crawler.Outcome{
		"/docs": crawler.Redirected, "/docs/": crawler.Listing, "/docs/topics/1": crawler.Listing, "/docs/a": crawler.Paged, "/docs/seed": crawler.Listing,
		"/docs/a/print": crawler.Excluded, "/blog/1": crawler.OutOfScope, "/docsx": crawler.OutOfScope, "/docs/extra": crawler.OutOfScope,
	})
	got.wantComplete(t, true)
}

func patterns(t *testing.T, texts ...string) (list []urlpattern.Pattern) {
	t.Helper()
	for _, text := range texts {
		p, err := urlpattern.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestTheEndOfTheRunLeavesWhatIsLeftInterrupted(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a", "/slow", "/later"}})
	site.Pages("/a", "/later")
	ctx, cancel := context.WithCancel(t.Context())
	site.FailAlways("/slow", func(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		cancel()
		<-r.Context().Done()
	})
	got := crawlWithin(ctx, t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.Concurrency = 1 })
	if !errors.Is(got.err, context.Canceled) {
		t.Errorf("error is %v", got.err)
	}
	want := map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/slow": "", "/later": ""}
	if diff := cmp.Diff(want, got.outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	got.wantComplete(t, false)
	if n := got.coverage.Outcomes[crawler.Interrupted]; n != 2 {
		t.Errorf("%d interrupted", n)
	}
}

func TestASinkThatFailsEndsTheCrawl(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a", "/b", "/c"}})
	site.Pages("/a", "/b", "/c")
	full := errors.New("the disk is full")
	got := crawl(t, site, func(src *web.Source, sur *web.Surroundings) {
		sur.Pages = &shelf{pages: make(map[string]crawler.Page), err: full}
	})
	if !errors.Is(got.err, full) {
		t.Errorf("error is %v", got.err)
	}
	got.wantComplete(t, false)
}

func TestLimitsEndACrawlAsIncomplete(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/1"}})
	site.Page("/1", testsite.Page{Links: []string{"/2"}})
	site.Page("/2", testsite.Page{Links: []string{"/3"}})
	site.Pages("/3")

	t.Run("depth", func(t *testing.T) {
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.MaxDepth = 2 })
		got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/1": crawler.Paged, "/2": crawler.Paged, "/3": crawler.TooDeep})
		got.wantComplete(t, false)
	})
	t.Run("pages", func(t *testing.T) {
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.MaxPages = 3 })
		got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/1": crawler.Paged, "/2": crawler.Paged, "/3": crawler.OverLimit})
		got.wantComplete(t, false)
	})
	t.Run("no links", func(t *testing.T) {
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.Links = false })
		got.want(t, map[string]crawler.Outcome{"/": crawler.Paged})
		got.wantComplete(t, true)
	})
}

func TestRobotsAndItsFailures(t *testing.T) {
	closed := map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/private/b": crawler.RobotsDenied}
	open := map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/private/b": crawler.Paged}
	shut := map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.RobotsDenied, "/private/b": crawler.RobotsDenied}
	with := func(m map[string]crawler.Outcome, path string, o crawler.Outcome) map[string]crawler.Outcome {
		m = maps.Clone(m)
		m[path] = o
		return m
	}
	elsewhere := testsite.New(t)
	elsewhere.Pages("/sso/redirect")
	tests := []struct {
		name     string
		put      func(*testsite.Site)
		ignore   bool
		want     map[string]crawler.Outcome
		complete bool
	}{
		{"rules", func(s *testsite.Site) { s.Robots("User-agent: *\nDisallow: /private") }, false, closed, true},
		{"rules, not respected", func(s *testsite.Site) { s.Robots("User-agent: *\nDisallow: /") }, true, open, true},
		{"none", func(s *testsite.Site) {}, false, open, true},
		{"forbidden", func(s *testsite.Site) { s.FailAlways("/robots.txt", testsite.Status(403)) }, false, open, true},
		{"a web page", func(s *testsite.Site) { s.Page("/robots.txt", testsite.Page{}) }, false, open, true},
		{"failing once", func(s *testsite.Site) {
			s.Robots("User-agent: *\nDisallow: /private")
			s.Fail("/robots.txt", testsite.Status(500))
		}, false, closed, true},
		// RFC 9309, 2.3.1.4: one that cannot be read closes the site; nothing that is
		// missed for it is taken for gone.
		{"failing", func(s *testsite.Site) { s.FailAlways("/robots.txt", testsite.Status(500)) }, false, with(shut, "/robots.txt", crawler.ServerError), false},
		{"rate limited", func(s *testsite.Site) { s.FailAlways("/robots.txt", testsite.Status(429)) }, false, with(shut, "/robots.txt", crawler.RateLimited), false},
		{"broken", func(s *testsite.Site) { s.FailAlways("/robots.txt", testsite.Hangup) }, false, with(shut, "/robots.txt", crawler.Unreachable), false},
		{"a login", func(s *testsite.Site) { s.Handle("/robots.txt", testsite.Form(200)) }, false, with(shut, "/robots.txt", crawler.LoginWall), false},
		{"leads to a login", func(s *testsite.Site) {
			s.Redirect("/robots.txt", "/login?next=/robots.txt")
			s.Handle("/login", testsite.Form(200))
		}, false, with(shut, "/robots.txt", crawler.LoginWall), false},
		{"leads to another site's login", func(s *testsite.Site) {
			s.Redirect("/robots.txt", elsewhere.URL("/sso/redirect"))
		}, false, with(shut, "/robots.txt", crawler.LoginWall), false},
		{"failing, not respected", func(s *testsite.Site) { s.FailAlways("/robots.txt", testsite.Status(500)) }, true, open, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/a", "/private/b"}})
			site.Pages("/a", "/private/b")
			test.put(site)
			got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.RespectRobots = !test.ignore })
			got.want(t, test.want)
			got.wantComplete(t, test.complete)
			if test.ignore && site.Count("/robots.txt") > 0 {
				t.Error("robots.txt was asked for")
			}
		})
	}
}

// RFC 9309, 2.3.1.5: one that never comes to its end cannot be read.
func TestARobotsFileThatTakesTooLongClosesTheSite(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a"}})
	site.Pages("/a")
	site.FailAlways("/robots.txt", testsite.Hang)
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.Timeout = 50 * time.Millisecond })
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.RobotsDenied, "/robots.txt": crawler.Timeout})
	got.wantComplete(t, false)
}

// Elastic crawler 46, 49: no crawl delay.
func TestCrawlDelayIsKept(t *testing.T) {
	site := testsite.New(t)
	site.Robots("User-agent: *\nCrawl-delay: 3")
	site.Page("/", testsite.Page{Links: []string{"/a", "/b"}})
	site.Pages("/a", "/b")
	got := crawl(t, site)
	got.wantPages(t, "/", "/a", "/b")
	var waited time.Duration
	for _, d := range got.waits {
		waited = max(waited, d)
	}
	if waited < 2*time.Second || waited > 3*time.Second {
		t.Errorf("the second of two requests waited %v", waited)
	}
}

func TestSitemapsAreFound(t *testing.T) {
	pages := map[string]crawler.Outcome{"/": crawler.Paged, "/hidden": crawler.Paged}
	with := func(path string, o crawler.Outcome) map[string]crawler.Outcome {
		m := maps.Clone(pages)
		m[path] = o
		return m
	}
	tests := []struct {
		name       string
		put        func(*testsite.Site)
		configured []string
		want       map[string]crawler.Outcome
		complete   bool
	}{
		{"where they customarily are", func(s *testsite.Site) { s.Sitemap("/sitemap.xml", "/hidden") }, []string{"auto"}, pages, true},
		{"by robots.txt", func(s *testsite.Site) {
			s.Robots("Sitemap: " + s.URL("/maps/1.xml"))
			s.Sitemap("/maps/1.xml", "/hidden")
		}, []string{"auto"}, pages, true},
		{"configured", func(s *testsite.Site) { s.Sitemap("/maps/1.xml", "/hidden") }, []string{"/maps/1.xml"}, pages, true},
		{"gzipped", func(s *testsite.Site) { s.Sitemap("/maps/1.xml.gz", "/hidden") }, []string{"/maps/1.xml.gz"}, pages, true},
		{"gzipped and called so", func(s *testsite.Site) {
			s.Page("/sitemap.xml", testsite.Page{Raw: testsite.Gzip([]byte("<urlset><url><loc>/hidden</loc></url></urlset>")), ContentType: "application/xml", Header: map[string]string{"Content-Encoding": "gzip"}})
		}, []string{"auto"}, pages, true},
		{"index of indexes", func(s *testsite.Site) {
			s.SitemapIndex("/sitemap.xml", "/maps/index.xml", "/maps/index.xml")
			s.SitemapIndex("/maps/index.xml", "/maps/1.xml.gz", "/sitemap.xml")
			s.Sitemap("/maps/1.xml.gz", "/hidden")
		}, []string{"auto"}, pages, true},
		{"text", func(s *testsite.Site) {
			s.Page("/sitemap.txt", testsite.Page{Raw: []byte(s.URL("/hidden") + "\n"), ContentType: "text/plain"})
		}, []string{"/sitemap.txt"}, pages, true},
		{"other sites' pages", func(s *testsite.Site) { s.Sitemap("/sitemap.xml", "/hidden", "https://other.example/") }, []string{"auto"},
			with("https://other.example/", crawler.OutOfScope), true},
		{"guessed, not there", func(s *testsite.Site) {}, []string{"auto"}, map[string]crawler.Outcome{"/": crawler.Paged}, true},
		{"guessed, a web page", func(s *testsite.Site) { s.Page("/sitemap.xml", testsite.Page{}) }, []string{"auto"}, map[string]crawler.Outcome{"/": crawler.Paged}, true},
		{"guessed, failing", func(s *testsite.Site) { s.FailAlways("/sitemap.xml", testsite.Status(502)) }, []string{"auto"},
			map[string]crawler.Outcome{"/": crawler.Paged, "/sitemap.xml": crawler.ServerError}, false},
		{"configured, not there", func(s *testsite.Site) {}, []string{"/maps/1.xml"}, map[string]crawler.Outcome{"/": crawler.Paged, "/maps/1.xml": crawler.BadSitemap}, true},
		{"configured, a web page", func(s *testsite.Site) { s.Page("/maps/1.xml", testsite.Page{}) }, []string{"/maps/1.xml"},
			map[string]crawler.Outcome{"/": crawler.Paged, "/maps/1.xml": crawler.BadSitemap}, true},
		// vectara-ingest PR 338: one listing that could not be read took a corpus from
		// 1,505 documents to 16. Here those that were sent are asked for one by one.
		{"half an index", func(s *testsite.Site) {
			s.SitemapIndex("/sitemap.xml", "/maps/1.xml", "/maps/2.xml")
			s.Sitemap("/maps/1.xml", "/hidden")
			s.FailAlways("/maps/2.xml", testsite.Status(403))
		}, []string{"auto"}, with("/maps/2.xml", crawler.BadSitemap), true},
		{"cut off", func(s *testsite.Site) {
			s.Page("/sitemap.xml", testsite.Page{Raw: []byte("<urlset><url><loc>/hidden</loc></url><url><loc>/x"), ContentType: "application/xml"})
		}, []string{"auto"}, with("/sitemap.xml", crawler.BadSitemap), true},
		{"XML bomb", func(s *testsite.Site) {
			s.Page("/sitemap.xml", testsite.Page{Raw: []byte(`<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>/hidden</loc></url><url><loc>&b;</loc></url></urlset>`), ContentType: "application/xml"})
		}, []string{"auto"}, with("/sitemap.xml", crawler.BadSitemap), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := testsite.New(t)
			site.Pages("/", "/hidden")
			test.put(site)
			got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.Sitemaps = test.configured })
			got.want(t, test.want)
			got.wantComplete(t, test.complete)
		})
	}
}

func TestA50000PageSitemapIsDiscoveredWhole(t *testing.T) {
	site := testsite.New(t)
	site.Pages("/")
	locations := make([]string, 50_000)
	for i := range locations {
		locations[i] = "https://other.example/" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "/" + time.Duration(i).String()
	}
	site.Sitemap("/sitemap.xml", locations...)
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Discover.Sitemaps = []string{"auto"} })
	if n := got.coverage.Outcomes[crawler.OutOfScope]; n != 50_000 {
		t.Errorf("%d addresses discovered", n)
	}
	got.wantComplete(t, true)
}

func TestDirectivesOfPages(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/noindex", "/nofollow", "/tagged", "/others", "/empty"}})
	site.Page("/noindex", testsite.Page{Robots: "noindex", Links: []string{"/by-noindex"}})
	site.Page("/nofollow", testsite.Page{Robots: "nofollow", Links: []string{"/by-nofollow"}})
	site.Page("/tagged", testsite.Page{Header: map[string]string{"X-Robots-Tag": "none"}, Links: []string{"/by-tagged"}})
	site.Page("/others", testsite.Page{Header: map[string]string{"X-Robots-Tag": "otherbot: noindex"}})
	site.Page("/empty", testsite.Page{Body: "<div id=app></div>"})
	site.Pages("/by-noindex", "/by-nofollow", "/by-tagged")
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/noindex": crawler.NoIndex, "/by-noindex": crawler.Paged, "/nofollow": crawler.Paged, "/tagged": crawler.NoIndex, "/others": crawler.Paged,
		"/empty": crawler.Empty,
	})
	got.wantComplete(t, true)
}

func TestDirectivesAreIgnoredWithRobots(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Robots: "noindex, nofollow", Links: []string{"/a"}})
	site.Page("/a", testsite.Page{Header: map[string]string{"X-Robots-Tag": "noindex"}})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.RespectRobots = false })
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged})
}

// DokuWiki keeps search engines away from a page for five days after each edit.
func TestAFreshDokuWikiPageIsAPage(t *testing.T) {
	const generator = `<meta name="generator" content="DokuWiki">`
	site := testsite.New(t)
	site.Page("/", testsite.Page{Head: generator, Robots: "noindex,nofollow", Canonical: "/", Links: []string{"/doku.php?id=a", "/doku.php?id=missing", "/doku.php?id=a&rev=1"}})
	site.Page("/doku.php?id=a", testsite.Page{Head: generator, Robots: "noindex,nofollow", Canonical: "/doku.php?id=a"})
	site.Page("/doku.php?id=missing", testsite.Page{Head: generator, Robots: "noindex,follow"})
	site.Page("/doku.php?id=a&rev=1", testsite.Page{Head: generator, Robots: "noindex,nofollow"})
	got := crawl(t, site)
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/doku.php?id=a": crawler.Paged, "/doku.php?id=missing": crawler.NoIndex, "/doku.php?id=a&rev=1": crawler.NoIndex,
	})
}

// Norconex 278, 1121: what had become unreachable by links was removed although it existed.
func TestKnownPagesAreAskedForThoughNothingLinksToThem(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/linked"}})
	site.Page("/unlinked", testsite.Page{Links: []string{"/beyond"}})
	site.Pages("/linked", "/beyond", "/excluded")
	got := crawl(t, site, func(src *web.Source, sur *web.Surroundings) {
		src.Scope.Exclude = patterns(t, "/excluded")
		sur.Known = slices.Values([]string{site.URL("/linked"), site.URL("/unlinked"), site.URL("/removed"), site.URL("/excluded"), "https://old.example/a", "%"})
	})
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/linked": crawler.Paged, "/unlinked": crawler.Paged, "/beyond": crawler.Paged, "/removed": crawler.Gone,
		"/excluded": crawler.Excluded, "https://old.example/a": crawler.OutOfScope,
	})
	if n := site.Count("/linked"); n != 1 {
		t.Errorf("/linked was asked for %d times", n)
	}
}

func TestCanonicalAddresses(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Canonical: "/", Links: []string{"/a?view=1", "/b", "/c", "/d", "/e1", "/f", "/g"}})
	site.Page("/a", testsite.Page{Canonical: site.URL("/a")})            // the good one of /a?view=1
	site.Page("/a?view=1", testsite.Page{Canonical: "/a"})               //
	site.Page("/b", testsite.Page{Canonical: "/b-gone"})                 // names one that is not there
	site.Page("/c", testsite.Page{Canonical: "https://other.example/c"}) // names another site
	site.Page("/d", testsite.Page{Canonical: "/d/"})                     // names one that leads back
	site.Redirect("/d/", "/d")
	site.Page("/e1", testsite.Page{Canonical: "/e2"}) // each names the other
	site.Page("/e2", testsite.Page{Canonical: "/e1"})
	site.Page("/f", testsite.Page{Canonical: "/f-moved"}) // names one that leads to a page
	site.Redirect("/f-moved", "/f-now")
	site.Pages("/f-now")
	site.Page("/g", testsite.Page{Canonical: "/excluded"}) // names one that is not fetched
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Scope.Exclude = patterns(t, "/excluded") })
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/a?view=1": crawler.Canonical, "/a": crawler.Paged, "/b": crawler.Paged, "/b-gone": crawler.Gone, "/c": crawler.Paged,
		"/d": crawler.Paged, "/d/": crawler.Redirected, "/e1": crawler.Paged, "/e2": crawler.Paged,
		"/f": crawler.Canonical, "/f-moved": crawler.Redirected, "/f-now": crawler.Paged, "/g": crawler.Paged,
	})
	got.wantComplete(t, true)
}

func TestProgressNeverRunsBackwardsAndEndsWithTheSums(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a", "/b", "/c", "https://other.example/"}})
	site.Pages("/a", "/b", "/c")
	var seen []crawler.Progress
	got := crawl(t, site, func(_ *web.Source, sur *web.Surroundings) {
		sur.Progress = func(p crawler.Progress) { seen = append(seen, p) }
	})
	got.wantPages(t, "/", "/a", "/b", "/c")
	for i := 1; i < len(seen); i++ {
		if seen[i].Settled != seen[i-1].Settled+1 || seen[i].Discovered < seen[i-1].Discovered || seen[i].Pages < seen[i-1].Pages {
			t.Errorf("after %+v came %+v", seen[i-1], seen[i])
		}
	}
	if last := (crawler.Progress{Settled: 5, Discovered: 5, Pages: 4}); len(seen) == 0 || seen[len(seen)-1] != last {
		t.Errorf("progress ended as %+v", seen)
	}
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
