package ingest_test

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
)

// A run that yields nothing but its start page, though that links to others, looked like one that
// had nothing to do. It is told of every night.
func TestACrawlOfItsStartPageAloneIsNeverQuiet(t *testing.T) {
	for _, c := range []struct {
		of     map[crawler.Outcome]int
		routes int
		want   string // "" for not a word
	}{
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.RobotsDenied: 2}, 0, "nothing but one page"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.RobotsDenied: 9}, 0, "fetch.respect_robots: false"},
		{map[crawler.Outcome]int{crawler.NotModified: 1, crawler.NoIndex: 9}, 0, "noindex"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.Canonical: 9}, 0, "discover.canonical: ignore"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.Duplicate: 9}, 0, "the very same"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.OutOfScope: 9}, 0, "url"},
		{map[crawler.Outcome]int{crawler.Paged: 1}, 7, "behind a #"},
		{map[crawler.Outcome]int{crawler.RobotsDenied: 2}, 0, "no page at all"},
		{map[crawler.Outcome]int{crawler.Paged: 1, crawler.OutOfScope: 2}, 0, ""},
		{map[crawler.Outcome]int{crawler.Paged: 1}, 0, ""},
		{map[crawler.Outcome]int{crawler.Paged: 9, crawler.RobotsDenied: 99}, 0, ""},
	} {
		coverage := crawler.Coverage{Complete: true, Outcomes: c.of, HashRoutes: c.routes}
		for _, n := range c.of {
			coverage.Discovered += n
		}
		always, _ := ingest.NeverQuiet(ingest.Plan{Coverage: coverage})
		if got := strings.Join(always, "; "); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%v: got %q, want %q", c.of, got, c.want)
		}
	}
}

func TestAStartPageThatIsAProgramMakesARunThin(t *testing.T) {
	of := map[crawler.Outcome]int{crawler.Paged: 1}
	always, _ := ingest.NeverQuiet(ingest.Plan{Coverage: crawler.Coverage{Complete: true, Discovered: 1, Outcomes: of, Program: true}})
	if !strings.Contains(strings.Join(always, "; "), "render: always") {
		t.Errorf("got %q", always)
	}
}
