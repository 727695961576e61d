package web

import (
	"context"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
)

// askForKnown asks for the pages of earlier runs that were not discovered: a page
// that nothing links to any more still exists. See docs/adr/0002.
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

// askAgain asks for a page that was sent earlier, unless this crawl has asked for it. A
// trap that it is in is no reason not to. Where its address is written otherwise now, as
// with other rules for queries, it leads to the one it has become.
func (c *crawl) askAgain(u *url.URL) error {
	outcome, _, known, err := c.frontier.Outcome(u.String())
	if err != nil {
		return err
	}
	switch {
	case outcome == crawler.Trap:
		c.frontier.Unsettle(1)
		return c.enqueue(visit{url: u})
	case known:
		return nil
	}
	if err := c.discover(fromKnown, 0, []*url.URL{u}); err != nil {
		return err
	}
	n, ok := c.scope.Normalise(u)
	if !ok || n.String() == u.String() {
		return nil
	}
	return c.frontier.SettleAside(u, crawler.Redirected, n.String())
}

// fromKnown stands for the URL that a known page was found on.
const fromKnown = "known"

// askForOrphans asks once more, as themselves, for pages that left themselves to a
// canonical address which became no page, or says something else. See docs/adr/0002
// and 0025.
func (c *crawl) askForOrphans(ctx context.Context) error {
	for {
		orphans, err := c.orphans()
		if err != nil || len(orphans) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		for _, v := range orphans {
			if v.asItself {
				c.selves[v.url.String()] = true
			}
			if err := c.enqueue(v); err != nil {
				return err
			}
		}
		c.frontier.Unsettle(len(orphans))
		if err := c.runRound(ctx); err != nil {
			return err
		}
	}
}

// orphans are the pages that left themselves to another address which did not become a page
// or listing, nor leads to one; and those that say what that one does not, or are not its
// version in another language.
func (c *crawl) orphans() ([]visit, error) {
	var orphans []visit
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil, err
		}
		via := s.Outcome
		if _, refreshes := c.claims.of(s.URL); via != crawler.Canonical && via != crawler.OtherLocale && (via != crawler.Redirected || !refreshes) {
			continue
		}
		outcome, target, at := crawler.Redirected, s.Detail, s.Detail
		for range maxRedirects {
			if outcome != crawler.Redirected && (via != crawler.OtherLocale || outcome != crawler.Canonical) {
				break
			}
			at = target
			told, next, _, err := c.frontier.Outcome(target)
			if err != nil {
				return nil, err
			}
			outcome, target = told, next
		}
		var believed bool
		known := true
		switch read := outcome == crawler.Paged || outcome == crawler.Listing || outcome == crawler.NotModified; {
		case read && via == crawler.OtherLocale:
			believed, known = c.versions.verified(s.URL, at, c.scope.Starts[at])
		case read:
			if believed, known, err = c.isCopy(s.URL, at); err != nil {
				return nil, err
			}
		default: // one that could not be read is there
			believed = outcome.Unread() && via != crawler.Canonical
		}
		if believed {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, err
		}
		orphans = append(orphans, visit{url: u, depth: s.Depth, asItself: known})
	}
	return orphans, nil
}

// avoids settles a visit without asking for its address where that would be one more of
// a trap, or leaves it to a later round.
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
