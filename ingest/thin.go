package ingest

import (
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// fewest is how many URLs are left out for one reason, at least, where that is said to make a run thin.
const fewest = 3

// Thin says for what reasons a crawl left out more than it read, each with the key that changes it. Such
// a crawl is complete, and yet not what anybody wants who has a handbook behind it.
func Thin(c crawler.Coverage) (reasons []string) {
	read := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	for _, o := range []crawler.Outcome{crawler.RobotsDenied, crawler.NoIndex, crawler.Canonical, crawler.Empty, crawler.Duplicate, crawler.RedirectedOut, crawler.OutOfScope} {
		n := c.Outcomes[o]
		if n < fewest || n <= read || o == crawler.OutOfScope && read > 1 {
			continue
		}
		reasons = append(reasons, fmt.Sprintf("%d of %d URLs %s", n, c.Discovered, whyThin(o)))
	}
	if c.HashRoutes >= fewest && c.HashRoutes > read {
		reasons = append(reasons, fmt.Sprintf("%d links of the start page lead to places behind a # (#/guide), which are no addresses of their own: "+
			"have the site's router write paths, and name its sitemap in discover.sitemaps", c.HashRoutes))
	}
	return reasons
}

// whyThin says why the URLs of an outcome were left out, and what changes that.
func whyThin(o crawler.Outcome) string {
	switch o {
	case crawler.RobotsDenied:
		return "are closed by robots.txt: where the site is your own, set fetch.respect_robots: false"
	case crawler.NoIndex:
		return "are marked noindex by the site: where the site is your own, set fetch.respect_robots: false"
	case crawler.Canonical:
		return "name another page as their canonical one: where that is a mistake of the site's template, set discover.canonical: ignore"
	case crawler.Empty:
		return "have no text: see whether content.body finds the article, or whether scripts write it (render: auto)"
	case crawler.Duplicate:
		return "say the very same as another one: see whether content.body finds the article, or only what all pages have, or whether scripts write it (render: auto)"
	case crawler.RedirectedOut:
		return "lead to where nothing is fetched: see whether url is where the content is"
	}
	return "are outside of the source: see whether its url, or follow, should take them in"
}

// isThin says that a crawl yields nothing but its start page, though that links to others; "" where it
// does not.
func isThin(c crawler.Coverage) string {
	read := c.Outcomes[crawler.Paged] + c.Outcomes[crawler.NotModified]
	if read != 1 {
		return ""
	}
	if reasons := Thin(c); len(reasons) > 0 {
		return "the crawl yielded nothing but one page: " + reasons[0]
	}
	n := 0
	for _, o := range []crawler.Outcome{crawler.RobotsDenied, crawler.NoIndex, crawler.Canonical, crawler.Empty, crawler.Duplicate} {
		n += c.Outcomes[o]
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the crawl yielded nothing but one page: %s of the site were left out", plural.Count(n, "other URL"))
}
