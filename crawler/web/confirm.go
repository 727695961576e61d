package web

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
)

// askedAtOnce is how many addresses are asked for again between two looks whether the
// session is alive: one that ends soon must last for them.
const askedAtOnce = 10

// errExpired is why credentials that cannot be had anew end a crawl.
var errExpired = errors.New("the credentials are no longer accepted; check that they have not expired")

// confirmSession looks whether the session of a private source is alive still, now that
// everything was read. What was read since a session was last seen alive that has ended is
// asked for once more. See docs/adr/0023.
func (c *crawl) confirmSession(ctx context.Context) error {
	if c.src.Auth.IsZero() {
		return nil
	}
	for range maxProvings {
		doubted, err := c.unsure()
		if err != nil || len(doubted) == 0 {
			return err
		}
		state, err := c.sessionAtEnd(ctx, doubted[0].url)
		if err != nil {
			return err
		}
		if doubted, err = c.unsureNow(ctx); err != nil || len(doubted) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		for some := range slices.Chunk(doubted, askedAtOnce) {
			if _, err := c.askUntilAlive(ctx, some, 1, c.readAgain); err != nil {
				return err
			}
		}
		if err := c.runRound(ctx); err != nil {
			return err
		}
		if err := c.askForOrphans(ctx); err != nil {
			return err
		}
		if state == sessionUnknown {
			c.signs.settle()
		}
	}
	left, err := c.unsure()
	if err != nil {
		return err
	}
	return c.takeBack(left)
}

// unsureNow is what is unsure still, after visitors were asked for some of it: of each session,
// from its last answer back, until one is found that was a member's. So were all before it.
func (c *crawl) unsureNow(ctx context.Context) ([]suspect, error) {
	doubted, err := c.unsure()
	if err != nil {
		return nil, err
	}
	for of := range byOneOf(doubted) {
		step := 1
		for i := len(of) - 1; i >= 0; i -= step {
			inside, err := c.wasInside(ctx, of[i])
			if err != nil {
				return nil, err
			}
			if inside {
				c.signs.sign(of[i].read.asked)
				break
			}
			if i < len(of)-2 {
				step *= 2
			}
		}
	}
	return c.unsure()
}

// byOneOf yields what each session was answered.
func byOneOf(doubted []suspect) iter.Seq[[]suspect] {
	return func(yield func([]suspect) bool) {
		for len(doubted) > 0 {
			n := slices.IndexFunc(doubted, func(s suspect) bool { return s.read.session != doubted[0].read.session })
			if n < 0 {
				n = len(doubted)
			}
			if !yield(doubted[:n]) {
				return
			}
			doubted = doubted[n:]
		}
	}
}

// wasInside reports whether a page was read that visitors do not get.
func (c *crawl) wasInside(ctx context.Context, s suspect) (bool, error) {
	if s.outcome != crawler.Paged {
		return false, nil
	}
	outside, err := c.lookAsVisitor(ctx, s.url)
	switch {
	case err != nil || ctx.Err() != nil:
		return false, c.orEnded(ctx, err)
	case outside.mayPass() || c.answersAs(outside, s):
		return false, nil
	case outside.moved != nil || outside.found.outcome != crawler.Paged:
		return true, nil
	}
	inside, err := c.look(ctx, visit{url: s.url, asItself: c.selves[s.url.String()]}, c.read(ctx, s.url))
	if err != nil || !c.answersAs(inside, s) {
		return false, c.orEnded(ctx, err)
	}
	return c.bothStay(ctx, s.url, inside, outside), c.orEnded(ctx, nil)
}

// sessionAtEnd looks whether the session is alive, and renews it where it is not. Where
// nothing tells it, a new session may: what an earlier one was told as a stranger says
// something else then. If still nothing does, nothing that was read is in doubt.
func (c *crawl) sessionAtEnd(ctx context.Context, at *url.URL) (sessionState, error) {
	renewable, state := c.session.Renewable(), c.sessionState(ctx, nil)
	switch {
	case ctx.Err() != nil:
		return state, context.Cause(ctx)
	case state == sessionAlive:
		return state, nil
	case state == sessionDead && !renewable:
		return state, &lost{at.String(), errExpired}
	case renewable:
		if err := c.renew(ctx, at); err != nil {
			return state, c.orEnded(ctx, &lost{at.String(), err})
		}
		if state == sessionUnknown {
			state = c.sessionState(ctx, nil)
		}
	}
	if state == sessionUnknown {
		c.signs.settle()
	}
	return state, c.orEnded(ctx, nil)
}

// readAgain asks for suspects again, and returns those of which it is not sure by themselves
// that a member was answered, with what they answered now.
func (c *crawl) readAgain(ctx context.Context, suspects []suspect) (left []suspect, err error) {
	for _, s := range suspects {
		if _, _, err := c.askOnceMore(ctx, s); err != nil {
			return nil, err
		}
		address := s.url.String()
		if _, unsure := c.signs.unsure(address); !unsure {
			continue
		}
		if s.outcome, s.detail, _, err = c.frontier.Outcome(address); err != nil {
			return nil, err
		}
		left = append(left, s)
	}
	return left, nil
}

// isSure reports whether an answer shows by itself that a member got it. Where something is
// configured that only members see, that also speaks for all that came before.
func (c *crawl) isSure(seen sight) bool {
	if !c.wall.tellsLoggedIn() || c.src.Auth.IsZero() {
		return false
	}
	if seen.found.loggedIn {
		c.signs.sign(seen.asked)
	}
	return seen.found.loggedIn || seen.found.inside
}

// tellsOfReader reports whether an outcome is what the site answered to the one who asked.
func tellsOfReader(o crawler.Outcome) bool {
	return o == crawler.Paged || o == crawler.Listing || o.Meaning().Answer
}

// orEnded returns why the context ended, where it has, or else err.
func (c *crawl) orEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// unsure are the addresses whose answers may be a stranger's, session by session, in the order
// in which they were given.
func (c *crawl) unsure() (list []suspect, err error) {
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil, err
		}
		o := s.Outcome
		when, unsure := c.signs.unsure(s.URL)
		u, err := url.Parse(s.URL)
		if err != nil || !unsure || !tellsOfReader(o) {
			continue
		}
		list = append(list, suspect{url: u, outcome: o, detail: s.Detail, isNew: true, read: when})
	}
	slices.SortFunc(list, func(a, b suspect) int {
		return cmp.Or(cmp.Compare(a.read.session, b.read.session), cmp.Compare(a.read.at, b.read.at))
	})
	return list, nil
}

// glance looks whether the session is alive, after many answers that do not show it, and
// renews it where it is not: so that little has to be asked for again.
func (c *crawl) glance(ctx context.Context, v visit) error {
	if c.src.Auth.IsZero() || !c.signs.due() || c.door.turn.take(ctx) != nil {
		return nil
	}
	defer c.door.turn.leave()
	if !c.signs.due() {
		return nil
	}
	switch state := c.sessionState(ctx, nil); {
	case ctx.Err() != nil || state == sessionAlive:
		return nil
	case state == sessionUnknown:
		c.signs.looksUnseen()
		return nil
	case !c.session.Renewable():
		return &lost{v.url.String(), errExpired}
	}
	c.signs.looksUnseen()
	if err := c.renew(ctx, v.url); err != nil && ctx.Err() == nil {
		return &lost{v.url.String(), err}
	}
	return nil
}
