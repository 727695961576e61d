package ingest

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// fewest is the smallest number of URLs, left out for one reason, that makes a run thin.
const fewest = 3

// Thin returns the reasons for which a crawl left out more than it read, each with the key that
// changes it. Such a crawl is complete, and yet probably not what was wanted.
func Thin(c crawler.Coverage) (reasons []string) {
	read := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	for _, o := range []crawler.Outcome{
		crawler.RobotsDenied, crawler.NoIndex, crawler.Canonical, crawler.Empty,
		crawler.Duplicate, crawler.RedirectedOut, crawler.View, crawler.OutOfScope,
	} {
		n := c.Outcomes[o]
		if n < fewest || n <= read || (o == crawler.OutOfScope || o == crawler.View) && read > 1 {
			continue
		}
		reasons = append(reasons, fmt.Sprintf("%d of %d URLs are %s", n, c.Discovered, o.Remedy()))
	}
	if c.HashRoutes >= fewest && c.HashRoutes > read {
		reasons = append(reasons, fmt.Sprintf("%d links of the start page lead to places behind a # (#/guide), "+
			"which are no addresses of their own: "+
			"have the site's router write paths, and name its sitemap in discover.sitemaps", c.HashRoutes))
	}
	if c.Program && read <= 1 {
		reasons = append(reasons, "the start page is a program that runs in the browser, and leads nowhere: render: always shows what its scripts make")
	}
	return reasons
}

// isThin says that a crawl read only one page although it found others, or returns "".
func isThin(c crawler.Coverage) string {
	read := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	if read != 1 {
		return ""
	}
	if reasons := Thin(c); len(reasons) > 0 {
		return "the crawl yielded nothing but one page: " + reasons[0]
	}
	n := 0
	for _, o := range []crawler.Outcome{
		crawler.RobotsDenied, crawler.NoIndex, crawler.Canonical, crawler.Empty, crawler.Duplicate,
	} {
		n += c.Outcomes[o]
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the crawl yielded nothing but one page: %s of the site were left out",
		plural.Count(n, "other URL"))
}
