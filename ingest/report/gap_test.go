package report

import (
	"bufio"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
)

func TestAdviceNamesTheCauseThatWasSeen(t *testing.T) {
	t.Parallel()
	gap := func(o crawler.Outcome, detail string) crawler.Gap {
		return crawler.Gap{URL: "https://wiki.example.com/a", Outcome: o, Detail: detail}
	}
	for name, c := range map[string]struct {
		gap           crawler.Gap
		ended         string
		failed        bool
		want, without string
	}{
		"a source that failed has its error": {gap(crawler.LoginWall, "the login failed"), "", true, "", "→"},
		"a session that was lost":            {gap(crawler.LoginWall, "a form"), "the session ended", false, "", "give"},
		"what was not read after that":       {gap(crawler.Interrupted, ""), "the session ended", false, "mend what ended it", "give"},
		"one text at many addresses":         {gap(crawler.LoginWall, "7 "+proof.SayTheSame), "", false, "open one of them", "give its user access"},
		"a wall of a page":                   {gap(crawler.LoginWall, "a login form"), "", false, "add it", ""},
		"a refusal":                          {gap(crawler.Forbidden, "HTTP 403"), "", false, "add auth to the source", ""},
		"a site that is down":                {gap(crawler.ServerError, "HTTP 500 after 4 tries"), "", false, "run again when it is well", "access"},
	} {
		var out strings.Builder
		p := &printer{w: bufio.NewWriter(&out), width: 1000}
		gaps(p, crawler.Coverage{Gaps: []crawler.Gap{c.gap}, GapsInAll: 1, Ended: c.ended}, c.failed)
		_ = p.w.Flush()
		if got := out.String(); !strings.Contains(got, c.want) || c.without != "" && strings.Contains(got, c.without) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func TestPagesThatAreTooLargeSayWhatHelps(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &printer{w: bufio.NewWriter(&out), width: 1000}
	crawl(p, crawler.Coverage{Complete: true, Discovered: 2, Outcomes: map[crawler.Outcome]int{crawler.Paged: 1, crawler.TooLarge: 1}})
	_ = p.w.Flush()
	if got := out.String(); !strings.Contains(got, "fetch.max_body") || !strings.Contains(got, "complete") {
		t.Errorf("got %s", got)
	}
}

func TestACrawlWithoutPagesSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of   map[crawler.Outcome]int
		want string
	}{
		"a wrong selector":    {map[crawler.Outcome]int{crawler.Empty: 12}, "12 URLs are without text: check whether content.body"},
		"include names none":  {map[crawler.Outcome]int{crawler.Listing: 3}, "check include"},
		"not to be indexed":   {map[crawler.Outcome]int{crawler.NoIndex: 3}, "fetch.respect_robots: false"},
		"most are empty":      {map[crawler.Outcome]int{crawler.Empty: 9, crawler.Paged: 2}, "More empty than not (9 of 11)"},
		"pages as they shall": {map[crawler.Outcome]int{crawler.Empty: 1, crawler.Paged: 2, crawler.Listing: 9}, ""},
	} {
		var out strings.Builder
		p := &printer{w: bufio.NewWriter(&out), width: 1000}
		nothing(p, crawler.Coverage{Outcomes: c.of})
		_ = p.w.Flush()
		if got := out.String(); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}
