package report

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// nothing says why a crawl that read something found no page, or hardly any: a run that
// does nothing looks like one that has nothing to do.
func nothing(p *printer, c crawler.Coverage) {
	pages := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	empty := c.Outcomes[crawler.Empty]
	if pages > 0 && empty <= pages {
		return
	}
	var causes []string
	cause := func(o crawler.Outcome, says string) {
		if n := c.Outcomes[o]; n > 0 {
			causes = append(causes, plural.Count(n, "URL")+" "+says)
		}
	}
	cause(crawler.Empty, "had no text: check content.body and content.remove, or set render: auto where scripts make the text. "+
		"`fincrawl explain URL` shows what was looked for.")
	if pages == 0 {
		cause(crawler.Listing, "were read for their links only, since include names none of them: check include.")
		cause(crawler.NoIndex, "ask not to be indexed: set fetch.respect_robots: false where that is meant for search engines.")
		cause(crawler.RobotsDenied, "are closed by robots.txt: set fetch.respect_robots: false where the site is yours.")
		cause(crawler.Excluded, "match exclude: check it.")
		cause(crawler.OutOfScope, "lie outside url: check that it is where the content is.")
		cause(crawler.NotHTML, "are files of other kinds: name those to be read under documents.")
	}
	if len(causes) == 0 {
		return
	}
	heading := "No page was found"
	if pages > 0 {
		heading = fmt.Sprintf("More empty than not (%d of %d)", empty, empty+pages)
	}
	p.heading(heading)
	for _, line := range causes {
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, p.sentence(line)})
	}
	p.blank()
}
