package web

import (
	"context"
	"errors"
	"fmt"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/startaddress"
)

// run reads the start address alone first. If that fails, it requests nothing else. Then it fetches
// everything that can be discovered, and then the known pages that did not turn up. A crawl that was
// interrupted continues where it was, without reading the start address again.
func (c *crawl) run(ctx context.Context) error {
	if c.only != nil {
		return c.runOnly(ctx)
	}
	start := visit{url: c.starts[0]}
	if err := c.frontier.Prepare(); err != nil {
		return err
	}
	begins, err := c.frontier.Claim("", 0, start.url)
	if err != nil {
		return err
	}
	at, err := c.progressOf(start)
	if err != nil {
		return err
	}
	isRead := at != nil
	var first answer
	if isRead {
		if err = c.reenter(ctx); err != nil {
			return err
		}
	} else {
		c.asked.Add(1)
		if first, _, err = c.open(ctx); err != nil {
			return c.settleUnopened(start, err)
		}
		c.learnVolatile(ctx, first)
		c.learnTraps(first)
		if err = c.noteWall(); err != nil {
			return err
		}
		at = first.url
	}
	if c.robots, err = c.readRobots(ctx); err != nil {
		return err
	}
	c.Throttle.AtMost(c.robots.Delay)
	c.scope.StartsAt(at)
	if err := c.sheets.Compare(ctx); err != nil {
		return err
	}

	if err := c.newRound(ctx); err != nil {
		return err
	}
	if !begins {
		if err := c.resume(ctx, start); err != nil {
			return err
		}
	}
	if err := c.readSitemaps(ctx); err != nil {
		return err
	}
	if !isRead {
		if err := c.conclude(ctx, start, first); err != nil {
			return err
		}
		c.prover.AnsweredMember(first.url.String(), first.Asked) // logIn has just succeeded
	}
	if err := c.discover("", 0, c.starts[1:]); err != nil {
		return err
	}
	if err := c.runRound(ctx); err != nil {
		return err
	}
	if err := c.weighActions(ctx); err != nil {
		return err
	}
	if err := c.askForKnown(ctx); err != nil {
		return err
	}
	if err := c.askForOrphans(ctx); err != nil {
		return err
	}
	if err := c.prover.ConfirmSession(ctx); err != nil {
		return err
	}
	if err := c.prover.ProveAnswers(ctx); err != nil {
		return err
	}
	return c.hints.VerifyMoves(ctx)
}

// open logs in to the source and reads its start address. The error is a *StartError, an *auth.LoginError,
// or that of ctx.
func (c *crawl) open(ctx context.Context) (first answer, seen []string, err error) {
	start := c.starts[0]
	outside := c.viewAsVisitor(ctx)
	c.restoreSession()
	seen, err = c.logIn(ctx)
	if err != nil {
		return answer{}, seen, err
	}
	c.keepSession()
	first = c.read(ctx, start)
	if ctx.Err() != nil {
		return answer{}, seen, context.Cause(ctx)
	}
	found, err := c.judgeWithin(ctx, visit{url: start}, first)
	if err != nil {
		return answer{}, seen, err
	}
	if !found.unreadable() {
		if c.wall, err = outside.seenFromInside(first, found.article, c.src.Content); err != nil {
			found = finding{outcome: crawler.LoginWall, detail: err.Error(), article: found.article}
		}
	}
	if found.unreadable() {
		return answer{}, seen, &startaddress.Error{URL: start.String(), Outcome: found.outcome, Detail: c.own.Mask(found.detail),
			Hint: startaddress.HintFor(found.outcome, first.url, first.err, start.Scheme, !c.src.Auth.IsZero())}
	}
	if found.outcome == crawler.NoIndex {
		c.log.Warn("the start address asks not to be indexed; where the whole site does, set fetch.respect_robots: false",
			"url", start.String())
	}
	line := fmt.Sprintf("GET %s: HTTP %d, %q", first.url.Redacted(), first.status, found.article.Title)
	seen = append(seen, c.own.Mask(line))
	if line := certificateOf(first); line != "" {
		seen = append(seen, line)
	}
	return first, seen, nil
}

// settleUnopened settles the start address of a source that could not be opened.
func (c *crawl) settleUnopened(start visit, err error) error {
	outcome, detail := crawler.Interrupted, ""
	var unreadable *startaddress.Error
	var refused *auth.LoginError
	switch {
	case errors.Is(err, context.Canceled):
	case errors.As(err, &unreadable):
		outcome, detail = unreadable.Outcome, unreadable.Detail
	case errors.As(err, &refused):
		outcome, detail = startaddress.WhyNoLogin(refused)
	}
	return errors.Join(err, c.frontier.Settle(start.url, outcome, detail))
}
