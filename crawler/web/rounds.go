package web

import (
	"context"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
)

// askForKnown requests the pages of earlier runs that were not discovered. A page may still exist though
// nothing links to it any more. See docs/adr/0002.
func (c *crawl) askForKnown(ctx context.Context) error {
	if c.known == nil {
		return nil
	}
	if err := c.newRound(ctx); err != nil {
		return err
	}
	for address := range c.known {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		u, err := url.Parse(address)
		if err != nil {
			continue // no page was ever sent under such an address
		}
		if err := c.askAgain(u); err != nil {
			return err
		}
	}
	return c.runRound(ctx)
}

// askAgain requests a page that was sent earlier, unless this crawl has requested it. It does so even if the
// page is in a trap. If the address is normalised differently now, as by other rules for queries, the old
// address is settled as a redirect to the new one.
func (c *crawl) askAgain(u *url.URL) error {
	outcome, _, known, err := c.frontier.Outcome(u.String())
	if err == nil && !known {
		if err = c.discover(fromKnown, 0, []*url.URL{u}); err == nil {
			outcome, _, _, err = c.frontier.Outcome(u.String())
		}
	}
	switch {
	case err != nil:
		return err
	case outcome == crawler.Trap && c.robots.Allows(u):
		c.frontier.Unsettle(1)
		return c.enqueue(visit{url: u})
	case known:
		return nil
	}
	n, ok := c.scope.Normalise(u)
	if !ok || n.String() == u.String() {
		return nil
	}
	return c.frontier.SettleAside(u, crawler.Redirected, n.String())
}

// fromKnown stands for the URL that a known page was found on.
const fromKnown = "known"

// askForOrphans requests pages once more, as themselves, if the canonical address that they named gave no
// page or another text. See docs/adr/0002 and 0025.
func (c *crawl) askForOrphans(ctx context.Context) error {
	for {
		orphans, err := c.hints.Orphans()
		if err != nil || len(orphans) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		for _, o := range orphans {
			if o.AsItself {
				c.selves[o.URL.String()] = true
			}
			if err := c.enqueue(visit{url: o.URL, depth: o.Depth, asItself: o.AsItself}); err != nil {
				return err
			}
		}
		c.frontier.Unsettle(len(orphans))
		if err := c.runRound(ctx); err != nil {
			return err
		}
	}
}

// avoids settles a visit without a request if its address is one more of a trap, or leaves it to a later
// round. It reports whether it did either.
func (c *crawl) avoids(v visit) (bool, error) {
	if v.depth == 0 || v.asItself {
		return false, nil
	}
	if why := c.traps.Spent(v.url); why != "" {
		return true, c.frontier.Settle(v.url, crawler.Trap, why)
	}
	if c.traps.Waits(v.url) {
		return true, c.enqueue(v)
	}
	return false, nil
}
