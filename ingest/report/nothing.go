package report

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// nothing says why a crawl found no page, or hardly any, although it read something. Otherwise
// such a run would look like one that had nothing to do.
func nothing(p *printer, c crawler.Coverage) {
	pages := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	empty := c.Outcomes[crawler.Empty]
	if pages > 0 && empty <= pages {
		return
	}
	var causes []string
	left := []crawler.Outcome{crawler.Empty}
	if pages == 0 {
		left = append(left, crawler.Listing, crawler.View, crawler.NoIndex, crawler.RobotsDenied,
			crawler.Excluded, crawler.OutOfScope, crawler.NotHTML)
	}
	for _, o := range left {
		if n := c.Outcomes[o]; n > 0 {
			verb := "are"
			if n == 1 {
				verb = "is"
			}
			causes = append(causes, fmt.Sprintf("%s %s %s.", plural.Count(n, "URL"), verb, o.Remedy()))
		}
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
