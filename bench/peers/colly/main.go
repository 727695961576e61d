// Command colly is a minimal crawler made with colly: it follows the links of a site and does nothing with its pages. It
// removes fragments from URLs; otherwise colly requests a page once for every fragment.
//
//	colly URL
package main

import (
	"fmt"
	"net/url"
	"os"

	"github.com/gocolly/colly/v2"
)

func main() {
	if err := crawl(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "colly:", err)
		os.Exit(1)
	}
}

func crawl(start string) error {
	u, err := url.Parse(start)
	if err != nil {
		return err
	}
	c := colly.NewCollector(colly.Async(), colly.AllowedDomains(u.Hostname()), colly.MaxBodySize(0))
	if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: 4}); err != nil {
		return err
	}
	c.OnHTML("a[href]", func(e *colly.HTMLElement) {
		to, err := url.Parse(e.Request.AbsoluteURL(e.Attr("href")))
		if err != nil {
			return
		}
		to.Fragment = ""
		_ = e.Request.Visit(to.String()) // an error means that the page was visited before or is on another site
	})
	if err := c.Visit(start); err != nil {
		return err
	}
	c.Wait()
	return nil
}
