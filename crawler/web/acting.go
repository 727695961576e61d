package web

import (
	"context"
	"maps"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// bearsAction reports whether u is on the source's own site and is named like an action, so that the signs
// for and against it are collected.
func (c *crawl) bearsAction(u *url.URL) bool {
	return u.Host == c.scope.Site.Host && scope.IsNamedOnly(u)
}

// sentBefore returns what tells of an address that bears the name of an action whether it became a page earlier.
func (c *crawl) sentBefore() func(address string) bool {
	var sent map[string]bool
	return func(address string) bool {
		if sent == nil && c.known != nil {
			sent = make(map[string]bool)
			for known := range c.known {
				if u, err := url.Parse(known); err == nil && c.bearsAction(u) {
					sent[known] = true
				}
			}
		}
		return sent[address]
	}
}

// maxWeighings bounds how often the signs are weighed: an article may lead to others.
const maxWeighings = 4

// weighActions fetches the addresses that are named like an action while all other signs say that they are
// articles.
func (c *crawl) weighActions(ctx context.Context) error {
	if !c.scope.LoggedIn {
		return nil
	}
	c.acting.Sent = c.sentBefore()
	for range maxWeighings {
		cleared, err := c.acting.Weigh()
		if err != nil || len(cleared) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		all := maps.Clone(c.scope.Cleared)
		if all == nil {
			all = make(map[string]bool)
		}
		for _, v := range cleared {
			all[v.URL.String()] = true
		}
		c.scope.Cleared = all
		c.frontier.Unsettle(len(cleared))
		for _, v := range cleared {
			if err := c.decide(visit{url: v.URL, depth: v.Depth, from: v.From}); err != nil {
				return err
			}
		}
		if err := c.runRound(ctx); err != nil {
			return err
		}
	}
	return nil
}
