package web

import (
	"context"
	"errors"
	"net/url"
)

// runOnly reads the pages that were asked for, and where they lead. It follows no link. It reads the start
// address too, since that shows whether the login works, but settles it only if it was asked for.
func (c *crawl) runOnly(ctx context.Context) error {
	start := visit{url: c.starts[0]}
	if err := c.frontier.Prepare(); err != nil {
		return err
	}
	first, _, err := c.open(ctx)
	if err != nil {
		_, claimErr := c.frontier.Claim("", 0, start.url)
		return errors.Join(c.settleUnopened(start, err), claimErr)
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
	steps := []func(context.Context) error{
		c.runRound, c.askForOrphans, c.prover.ConfirmSession, c.prover.ProveAnswers, c.hints.VerifyMoves,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
