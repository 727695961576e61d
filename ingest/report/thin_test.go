package report

import (
	"bufio"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// A crawl that left out more than it read says why, and what changes that.
func TestAThinCrawlSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outcomes map[crawler.Outcome]int
		want     string // "" for not a word
	}{
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.RobotsDenied: 8}, "8 of 9 URLs are closed by robots.txt: where the site is your own, set fetch.respect_robots: false."},
		{map[crawler.Outcome]int{crawler.Empty: 687}, "687 of 687 URLs are without text"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.Canonical: 40}, "discover.canonical: ignore"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.OutOfScope: 12}, "outside of the source"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.Duplicate: 40}, "are the very same"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.View: 40}, "40 of 41 URLs are no article by what it shows"},
		{map[crawler.Outcome]int{crawler.Paged: 16, crawler.View: 40}, ""},
		{map[crawler.Outcome]int{crawler.Paged: 30, crawler.RobotsDenied: 8}, ""},
		{map[crawler.Outcome]int{crawler.Paged: 30, crawler.OutOfScope: 300}, ""},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.RobotsDenied: 2}, ""},
	} {
		coverage := crawler.Coverage{Complete: true, Outcomes: c.outcomes}
		for _, n := range c.outcomes {
			coverage.Discovered += n
		}
		var out strings.Builder
		p := &printer{w: bufio.NewWriter(&out), width: 1000}
		thin(p, coverage)
		_ = p.w.Flush()
		got := strings.Join(strings.Fields(out.String()), " ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.outcomes, got, c.want)
		}
	}
}
