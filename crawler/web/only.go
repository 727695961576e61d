package web

import (
	"context"
	"errors"
	"net/url"
)

// runOnly reads the pages that were asked for, and where those lead: no link is followed.
// The start address is read too, as it shows whether the login works, but nothing is made of
// it unless it was asked for.
func (c *crawl) runOnly(ctx context.Context) error {
	start := visit{url: c.starts[0]}
	if err := c.frontier.Prepare(); err != nil {
		return err
	}
	first, _, err := c.open(ctx)
	if err != nil {
		_, claimErr := c.frontier.Claim("", 0, start.url)
		return errors.Join(c.closed(start, err), claimErr)
	}
	if c.robots, err = c.readRobots(ctx); err != nil {
		return err
	}
	c.Throttle.AtMost(c.robots.Delay)
	c.scope.StartsAt(first.url)
	if err := c.newRound(ctx); err != nil {
		return err
	}
	for _, u := range c.only {
		if u.String() != start.url.String() {
			err = c.discover("", 0, []*url.URL{u})
		} else if _, err = c.frontier.Claim("", 0, start.url); err == nil {
			err = c.conclude(ctx, start, first)
		}
		if err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context) error{c.runRound, c.askForOrphans, c.prover.ConfirmSession, c.prover.ProveAnswers, c.hints.VerifyMoves} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
