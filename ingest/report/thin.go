package report

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
)

// fewest is how many URLs are left out for one reason, at least, where that is said to make a run thin.
const fewest = 3

// thin says for what reason more was left out than read, and what changes that. Such a crawl is complete, and yet not what
// anybody wants who has a handbook behind it.
func thin(p *printer, c crawler.Coverage) {
	read := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	for _, o := range []crawler.Outcome{crawler.RobotsDenied, crawler.NoIndex, crawler.Canonical, crawler.Empty, crawler.OutOfScope} {
		n := c.Outcomes[o]
		if n < fewest || n <= read || o == crawler.OutOfScope && read > 1 {
			continue
		}
		p.field("", span{red, fmt.Sprintf("%d of %d URLs %s.", n, c.Discovered, whyThin(o))})
	}
}

// whyThin says why the URLs of an outcome were left out, and what changes that.
func whyThin(o crawler.Outcome) string {
	switch o {
	case crawler.RobotsDenied:
		return "are closed by robots.txt: where the site is your own, set fetch.respect_robots: false"
	case crawler.NoIndex:
		return "are marked noindex by the site: have it take the mark off for those who are logged in"
	case crawler.Canonical:
		return "name another page as their canonical one: where that is a mistake of the site's template, set discover.canonical: ignore"
	case crawler.Empty:
		return "have no text: see whether content.body finds the article, or whether scripts write it (render: auto)"
	}
	return "are outside of the source: see whether its url, or follow, should take them in"
}
