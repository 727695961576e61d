package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// calendarSite has a page for each month or day, with links to the ones beside it, and says of each
// what says has for it.
func calendarSite(t *testing.T, address func(time.Time) string, step func(time.Time, int) time.Time, says func(time.Time) string) *testsite.Site {
	t.Helper()
	site := testsite.New(t)
	start := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	site.Page("/", testsite.Page{Links: []string{address(start)}})
	for i := -40; i <= 40; i++ {
		at := step(start, i)
		body := fmt.Sprintf(`<main><h1>%s</h1><a href="%s">before</a> <a href="%s">after</a><p>What is on in the hall, for all who work in the depot and for their families, is announced here by the foreman.</p>%s</main>`, at.Format("2 January 2006"),
			address(step(at, -1)), address(step(at, 1)), says(at))
		site.Page(address(at), testsite.Page{Title: at.Format("2 January 2006"), Body: body})
	}
	return site
}

func monthAfter(at time.Time, n int) time.Time { return at.AddDate(0, n, 0) }
func dayAfter(at time.Time, n int) time.Time   { return at.AddDate(0, 0, n) }

// grid is a table of the days of a month.
func grid(at time.Time) string {
	var b strings.Builder
	b.WriteString("<table><tr>")
	for day := at; day.Month() == at.Month(); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Monday && day.Day() > 1 {
			b.WriteString("<tr>")
		}
		fmt.Fprintf(&b, "<td>%d</td>", day.Day())
	}
	return b.String() + "</table><p>No events.</p>"
}

func TestEmptyPagesOfACalendarAreNoPages(t *testing.T) {
	limits := func(s *web.Source, _ *web.Surroundings) { s.Discover.MaxDepth, s.Discover.MaxDuplicates = 12, 50 }
	for name, site := range map[string]*testsite.Site{
		"months by number": calendarSite(t, func(at time.Time) string { return at.Format("/events?month=1&year=2006") }, monthAfter, grid),
		"months in a path": calendarSite(t, func(at time.Time) string { return at.Format("/events/2006/01") }, monthAfter, grid),
		"months by a count": calendarSite(t, func(at time.Time) string {
			return fmt.Sprintf("/events?offset=%d", int(at.Month())+12*at.Year()-24317)
		}, monthAfter, grid),
		"days": calendarSite(t, func(at time.Time) string { return at.Format("/events/2006-01-02") }, dayAfter, func(time.Time) string { return "<p>No events on this day.</p>" }),
	} {
		got := crawl(t, site, limits)
		if !got.coverage.Complete || got.coverage.Outcomes[crawler.Paged] != 1 {
			t.Errorf("%s: complete is %t, outcomes %v", name, got.coverage.Complete, got.coverage.Outcomes)
		}
	}
}

// A month with an event, and a list of prices of each month, say something.
func TestPagesOfACalendarThatSaySomethingAreKept(t *testing.T) {
	limits := func(s *web.Source, _ *web.Surroundings) { s.Discover.MaxDepth, s.Discover.MaxDuplicates = 12, 50 }
	site := calendarSite(t, func(at time.Time) string { return at.Format("/events/2006/01") }, monthAfter, func(at time.Time) string {
		if at.Month() == 7 {
			return grid(at) + `<p>On the 14th: <a href="/party">party of the summer</a> in the yard, at six.</p>`
		}
		return grid(at)
	})
	got := crawl(t, site, limits)
	if got.outcomes["/events/2026/07"] != crawler.Paged || got.outcomes["/events/2026/06"] != crawler.Trap {
		t.Errorf("July is %s, June %s", got.outcomes["/events/2026/07"], got.outcomes["/events/2026/06"])
	}
	site = calendarSite(t, func(at time.Time) string { return at.Format("/prices/2006-01") }, monthAfter, func(at time.Time) string {
		return fmt.Sprintf("<p>A pump costs %d crowns.</p>", 7*int(at.Month())+at.Year()-2000)
	})
	got = crawl(t, site, limits)
	if got.outcomes["/prices/2026-06"] != crawler.Paged || got.coverage.Outcomes[crawler.Trap] > 0 {
		t.Errorf("June is %s: %v", got.outcomes["/prices/2026-06"], got.coverage.Outcomes)
	}

	// Numbers in a row that stand in a text are no days.
	site = testsite.New(t)
	var links []string
	for i := range 8 {
		links = append(links, fmt.Sprintf("/a%d", i))
		var counted strings.Builder
		for n := range 40 {
			fmt.Fprintf(&counted, "step %d ", n+1)
		}
		site.Page(links[i], testsite.Page{Title: fmt.Sprintf("Article %d", i), Text: counted.String() + fmt.Sprintf("of %d", 7+i)})
	}
	site.Page("/", testsite.Page{Links: links})
	if got = crawl(t, site, limits); got.coverage.Outcomes[crawler.Paged] != 9 {
		t.Errorf("of pages that count: %v", got.coverage.Outcomes)
	}
}
