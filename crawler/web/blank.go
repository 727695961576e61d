package web

import (
	"fmt"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
)

// leaveOutBlanks settles the calendar pages without content again, as traps.
func (c *crawl) leaveOutBlanks() error {
	var blank []frontier.Settlement
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return err
		}
		if s.Outcome == crawler.Paged && !c.scope.Starts[s.URL] && c.traps.Blanks(s.URL) > 0 {
			blank = append(blank, s)
		}
	}
	c.frontier.Retract(len(blank))
	for _, s := range blank {
		u, err := url.Parse(s.URL)
		if err != nil {
			return fmt.Errorf("read an address of the pages: %w", err)
		}
		if err := c.unlearn(s.URL); err != nil {
			return err
		}
		detail := fmt.Sprintf("%d pages of a calendar differ by nothing but their date", c.traps.Blanks(s.URL))
		if err := c.frontier.Settle(u, crawler.Trap, detail); err != nil {
			return err
		}
	}
	return nil
}
