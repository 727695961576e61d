package web_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Pages whose addresses have numbers that could be dates, times or anything are pages as
// long as they say something.
func TestNumbersInAddressesAreNoDates(t *testing.T) {
	for name, address := range map[string]func(int) string{
		"eight digits":     func(i int) string { return fmt.Sprintf("/0406%02d%02d.html", 1+i/28%12, 1+i%28) },
		"dates long ago":   func(i int) string { return fmt.Sprintf("/1066/%02d/%02d", 1+i/28%12, 1+i%28) },
		"dates to come":    func(i int) string { return fmt.Sprintf("/21%02d-03.html", i%100) },
		"page IDs":         func(i int) string { return fmt.Sprintf("/view?pageId=36%07d", i*4111) },
		"years in a query": func(i int) string { return fmt.Sprintf("/law?year=1%03d", i) },
	} {
		t.Run(name, func(t *testing.T) {
			const n = 90
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{address(0), address(1)}})
			for i := range n {
				site.Page(address(i), testsite.Page{Text: fmt.Sprintf("Section %d describes valve %d.", i, 1000+i),
					Links: []string{address((i + 1) % n), address((2*i + 1) % n), address((2*i + 2) % n)}})
			}
			got := crawl(t, site, reviewed(), func(s *web.Source, _ *web.Surroundings) { s.Discover.MaxDuplicates = 20 })
			if !got.coverage.Complete || got.coverage.Outcomes[crawler.Paged] != n+1 {
				t.Errorf("complete is %t, outcomes %v", got.coverage.Complete, got.coverage.Outcomes)
			}
		})
	}
}

// A calendar whose months have names, days and years, and nothing else, comes to an end.
func TestACalendarThatSaysItsMonthsEnds(t *testing.T) {
	site := testsite.New(t)
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	address := func(m time.Time) string { return m.Format("/events/2006-01") }
	site.Page("/", testsite.Page{Links: []string{address(start)}})
	for m := -100; m < 100; m++ {
		month := start.AddDate(0, m, 0)
		text := month.Format("January 2006") + ": no events. Before: " + month.AddDate(0, -1, 0).Format("January 2006")
		site.Page(address(month), testsite.Page{Title: month.Format("January 2006"), Text: text, Links: []string{address(month.AddDate(0, -1, 0)), address(month.AddDate(0, 1, 0))}})
	}
	got := crawl(t, site, reviewed())
	if !got.coverage.Complete || got.coverage.Outcomes[crawler.Trap] != 2 {
		t.Errorf("complete is %t, outcomes %v", got.coverage.Complete, got.coverage.Outcomes)
	}
}

// Promise 7: whatever the order in which answers come, the same addresses are left out.
func TestATrapIsTheSameInEachCrawl(t *testing.T) {
	site := testsite.New(t)
	var links []string
	for i := range 200 {
		links = append(links, fmt.Sprintf("/list?sort=%d", i), fmt.Sprintf("/wiki?title=%d", i))
	}
	site.Page("/", testsite.Page{Links: links[:100]})
	for i := range 200 {
		text := fmt.Sprintf("Article %d of many.", i)
		if i%9 > 0 {
			text = "A stub."
		}
		site.Page(fmt.Sprintf("/wiki?title=%d", i), testsite.Page{Title: "Wiki", Text: text, Links: links[2*i : 2*i+2]})
	}
	site.Page("/list", testsite.Page{Title: "List", Text: "All of it.", Links: links[100:]})
	site.Before(func(http.ResponseWriter, *http.Request) bool { // each answer takes a while of its own
		time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
		return false
	})
	var first map[string]crawler.Outcome
	for range 5 {
		got := crawl(t, site, reviewed(), func(s *web.Source, _ *web.Surroundings) {
			s.Discover.MaxDuplicates, s.Fetch.Concurrency = 12, 8
		})
		if first == nil {
			first = got.outcomes
		}
		if !maps.Equal(first, got.outcomes) || got.coverage.Outcomes[crawler.Trap] == 0 {
			t.Fatalf("outcomes %v", got.coverage.Outcomes)
		}
	}
}
