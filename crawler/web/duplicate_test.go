package web_test

import (
	"fmt"
	"iter"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// review looks over the pages on a shelf. changed are addresses of pages that were sent
// with other texts.
type review struct {
	*shelf
	changed []string
}

func (r review) Summaries() iter.Seq2[compare.Summary, error] {
	return func(yield func(compare.Summary, error) bool) {
		for _, address := range slices.Sorted(maps.Keys(r.pages)) {
			p := r.pages[address]
			if !yield(compare.Summary{URL: p.URL, Identity: p.Identity, Says: p.Says(), Title: p.Title, Dialogue: p.Dialogue}, nil) {
				return
			}
		}
	}
}

func (r review) Changed(url string) (bool, error) { return slices.Contains(r.changed, url), nil }

func reviewed(changed ...string) func(*web.Source, *web.Surroundings) {
	return func(_ *web.Source, sur *web.Surroundings) { sur.Review = review{sur.Pages.(*shelf), changed} }
}

// Elastic crawler 261: variants of an address became separate documents. What the rules
// for queries cannot know, the text tells.
func TestPagesThatSayTheSameAreOne(t *testing.T) {
	for range 5 { // whatever the order of arrival
		site := testsite.New(t)
		same := testsite.Page{Title: "How to pay", Text: "By card or by bank transfer, as you like."}
		site.Page("/", testsite.Page{Links: []string{"/pay/index.html", "/pay", "/pay/", "/pay?from=mail", "/yap", "/other", "/pay?utm_source=x"}})
		for _, path := range []string{"/pay/index.html", "/pay", "/pay/", "/yap"} {
			site.Page(path, same)
		}
		other := same
		other.Title = "How to be paid"
		site.Page("/other", other)
		got := crawl(t, site, reviewed())
		got.want(t, map[string]crawler.Outcome{
			"/": crawler.Paged, "/pay": crawler.Paged, "/other": crawler.Paged,
			"/pay/": crawler.Duplicate, "/pay/index.html": crawler.Duplicate, "/pay?from=mail": crawler.Duplicate, "/yap": crawler.Duplicate,
		})
		if got.details["/yap"] != site.URL("/pay") {
			t.Errorf("the detail of the duplicate is %q", got.details["/yap"])
		}
	}
}

// A site that suddenly says one thing everywhere has many pages that changed, not many
// duplicates that could be removed.
func TestPagesThatChangedToOneTextAreNoDuplicates(t *testing.T) {
	site := testsite.New(t)
	same := testsite.Page{Title: "Sorry", Text: "We are closed for maintenance, come back later."}
	site.Page("/", testsite.Page{Links: []string{"/a", "/b", "/c", "/d"}})
	for _, path := range []string{"/a", "/b", "/c", "/d"} {
		site.Page(path, same)
	}
	got := crawl(t, site, reviewed(site.URL("/a"), site.URL("/b")))
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/a": crawler.Paged, "/b": crawler.Paged, "/c": crawler.Paged, "/d": crawler.Duplicate,
	})
}

func TestWhatIdentifiesAPage(t *testing.T) {
	article := func(id, text string) testsite.Page {
		return testsite.Page{Title: text, Text: text, Head: `<meta name=Article-ID content="` + id + `">`,
			Body: `<article data-id="` + id + `"><h1>` + text + `</h1><p>` + text + `</p><small class=no> ` + id + "\n</small></article>"}
	}
	for name, identity := range map[string]web.Identity{
		"a group of the address": {Regex: regexp.MustCompile(`/([0-9]+)-`)},
		"an attribute":           {Selector: "article", Attr: "data-id"},
		"a text":                 {Selector: ".no"},
		"a meta tag":             {Meta: "article-id"},
	} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/7-new-title", "/7-old", "/8-other", "/none"}})
			site.Page("/7-new-title", article("7", "How to pay, as it is now"))
			site.Page("/7-old", article("7", "How to pay, as it was"))
			site.Page("/8-other", article("8", "How to be paid"))
			site.Page("/none", testsite.Page{})
			got := crawl(t, site, reviewed(), func(s *web.Source, _ *web.Surroundings) { s.Identity = identity })
			got.want(t, map[string]crawler.Outcome{
				"/": crawler.Paged, "/7-old": crawler.Paged, "/7-new-title": crawler.Duplicate, "/8-other": crawler.Paged, "/none": crawler.Paged,
			})
			for path, want := range map[string]string{"/7-old": "7", "/8-other": "8", "/none": ""} {
				if id := got.pages[path].Identity; id != want {
					t.Errorf("%s is known by %q, want %q", path, id, want)
				}
			}
			if !strings.Contains(got.details["/none"], "known by its address") {
				t.Errorf("of the page without an identity it says %q", got.details["/none"])
			}
		})
	}
}

func TestATrapIsCutOffAndHidesNoPage(t *testing.T) {
	site := testsite.New(t)
	links := []string{"/a/1", "/a/2"}
	for i := range 100 {
		links = append(links, fmt.Sprintf("/list?sort=%d&page=x", i))
	}
	links = append(links, "/a/3")
	site.Page("/", testsite.Page{Links: links})
	site.Page("/list", testsite.Page{Title: "List", Text: "All articles, in some order."})
	site.Pages("/a/1", "/a/2", "/a/3")
	got := crawl(t, site, reviewed(), func(s *web.Source, _ *web.Surroundings) {
		s.Discover.MaxDuplicates, s.Fetch.Concurrency = 10, 1
	})
	counts := map[crawler.Outcome]int{crawler.Paged: 5, crawler.Duplicate: 10, crawler.Trap: 89}
	if !maps.Equal(got.coverage.Outcomes, counts) || !got.coverage.Complete {
		t.Errorf("complete is %t, outcomes %v; want %v", got.coverage.Complete, got.coverage.Outcomes, counts)
	}
	if n := len(site.Requests()); n != 15+1 { // robots.txt too
		t.Errorf("%d requests", n)
	}
}

// Pages of a pattern that has duplicates here and there are all read.
func TestDuplicatesHereAndThereAreNoTrap(t *testing.T) {
	site := testsite.New(t)
	var links []string
	for i := range 60 {
		path := fmt.Sprintf("/wiki?title=%d", i)
		links = append(links, path)
		text := "The same stub."
		if i%3 == 0 {
			text = fmt.Sprintf("An article of its own, the %dth.", i)
		}
		site.Page(path, testsite.Page{Title: "Wiki", Text: text})
	}
	site.Page("/", testsite.Page{Links: links})
	got := crawl(t, site, reviewed(), func(s *web.Source, _ *web.Surroundings) {
		s.Discover.MaxDuplicates, s.Fetch.Concurrency = 3, 1
	})
	if n := got.coverage.Outcomes[crawler.Trap]; n != 0 || got.coverage.Outcomes[crawler.Paged] != 1+20+1 {
		t.Errorf("outcomes: %v", got.coverage.Outcomes)
	}
}

// A page that was sent is asked for, trap or not.
func TestAPageThatWasSentIsNeverLostInATrap(t *testing.T) {
	site := testsite.New(t)
	var links []string
	for i := range 30 {
		path := fmt.Sprintf("/list?n=%02d", i)
		links = append(links, path)
		site.Page(path, testsite.Page{Title: "List", Text: "The same."})
	}
	site.Page("/", testsite.Page{Links: links})
	site.Page("/list?n=29", testsite.Page{Title: "List", Text: "Another text."})
	got := crawl(t, site, func(s *web.Source, sur *web.Surroundings) {
		s.Discover.MaxDuplicates, s.Fetch.Concurrency = 5, 1
		sur.Known = slices.Values([]string{site.URL("/list?n=29")})
	})
	if got.outcomes["/list?n=28"] != crawler.Trap || got.outcomes["/list?n=29"] != crawler.Paged {
		t.Errorf("outcomes: %v", got.outcomes)
	}
}

func TestACalendarEnds(t *testing.T) {
	for name, address := range map[string]func(time.Time) string{
		"path":       func(m time.Time) string { return m.Format("/cal/2006/01/") },
		"query":      func(m time.Time) string { return m.Format("/cal?month=1&year=2006") },
		"one date":   func(m time.Time) string { return m.Format("/cal?date=2006-01-02") },
		"timestamps": func(m time.Time) string { return fmt.Sprintf("/cal?t=%d", m.Unix()) },
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now().UTC()
			start := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{address(start), "/a"}})
			site.Page("/a", testsite.Page{})
			for m := -60; m < 60; m++ {
				site.Page(address(start.AddDate(0, m, 0)), testsite.Page{Links: []string{address(start.AddDate(0, m-1, 0)), address(start.AddDate(0, m+1, 0))}})
			}
			got := crawl(t, site, reviewed())
			if !got.coverage.Complete || got.coverage.Outcomes[crawler.Paged] != 2 || got.outcomes["/a"] != crawler.Paged || len(got.outcomes) > 50 {
				t.Errorf("complete is %t, outcomes %v", got.coverage.Complete, got.coverage.Outcomes)
			}
		})
	}
}

// The pages of a long list are no calendar: what lies beyond max_depth may be missing.
func TestALongListIsNoCalendar(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/list?page=1"}})
	for i := 1; i < 40; i++ {
		site.Page(fmt.Sprintf("/list?page=%d", i), testsite.Page{Links: []string{fmt.Sprintf("/list?page=%d", i+1)}})
	}
	got := crawl(t, site)
	if got.coverage.Complete || got.coverage.Outcomes[crawler.TooDeep] != 1 {
		t.Errorf("complete is %t, outcomes %v", got.coverage.Complete, got.coverage.Outcomes)
	}
}

func TestAddressesThatGrowEnd(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"a/", "x/y/", "q?f=1", "/2011/11/11/11/"}})
	for path := "/a/"; len(path) < 40; path += "a/" {
		site.Page(path, testsite.Page{Links: []string{"a/"}})
	}
	for path := "/x/y/"; len(path) < 40; path += "x/y/" {
		site.Page(path, testsite.Page{Links: []string{"x/y/"}})
	}
	site.Handle("/q", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<title>%s</title><p>What the filter of %s has to show.<a href="?%s&amp;f=1">more</a>`, r.URL.RawQuery, r.URL.RawQuery, r.URL.RawQuery)
	})
	site.Page("/2011/11/11/11/", testsite.Page{})
	got := crawl(t, site, func(s *web.Source, _ *web.Surroundings) { s.Discover.MaxDepth = 100 })
	if !got.coverage.Complete || got.coverage.Outcomes[crawler.Trap] != 3 {
		t.Errorf("complete is %t, outcomes %v", got.coverage.Complete, got.coverage.Outcomes)
	}
	for path, want := range map[string]crawler.Outcome{
		"/a/a/a/": crawler.Paged, "/a/a/a/a/": crawler.Trap, "/x/y/x/y/x/y/": crawler.Paged, "/x/y/x/y/x/y/x/y/": crawler.Trap, "/2011/11/11/11/": crawler.Paged,
	} {
		if got.outcomes[path] != want {
			t.Errorf("%s is %q, want %q", path, got.outcomes[path], want)
		}
	}
}

// With other rules for queries, a page that was sent is found under the address it has now.
func TestAKnownAddressThatIsWrittenOtherwiseNow(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a?ref=x"}})
	site.Page("/a", testsite.Page{})
	got := crawl(t, site, func(s *web.Source, sur *web.Surroundings) {
		s.Query = scope.Query{Drop: []string{"ref"}}
		sur.Known = slices.Values([]string{site.URL("/a?ref=x"), site.URL("/")})
	})
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/a?ref=x": crawler.Redirected})
	if n := site.Count("/a"); n != 1 {
		t.Errorf("/a was asked for %d times", n)
	}
}
