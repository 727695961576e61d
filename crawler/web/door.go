package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// door is the way into a private source while it is crawled. Its session may end
// at any moment, and then the door is opened again by one worker for all: whoever
// comes upon a wall takes the turn, and those who come after find that the session
// is a newer one than their page was asked for with, and only ask again.
// See docs/adr/0006.
type door struct {
	turn    turn         // held while somebody deals with a wall; new requests wait for it
	session atomic.Int64 // counts the sessions, from 0

	// Below is for whoever has the turn.
	proven  bool // the session has opened a page that the one before did not
	useless int  // above 0 once a renewal changed nothing; counts those of which it cannot be told why
	untold  int  // how often nothing told whether the session lives
}

// maxUseless is how many renewals may change nothing before they are given up,
// where the start address cannot tell whether the session is at fault.
const maxUseless = 3

// turn is held by one worker at a time. Unlike a mutex, it may be held while the site is
// asked: whoever waits for it ends with the context.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn. Its error is the context's, and the turn is not taken then.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) leave() { <-t }

// enter waits while the door is being opened, and returns the number of the
// session that a request is made with.
func (d *door) enter(ctx context.Context) int64 {
	if d.turn.take(ctx) == nil {
		defer d.turn.leave()
	}
	return d.session.Load()
}

// reopen deals with a wall that was met at v with an answer of the given session:
// it logs in again, unless somebody has, and asks again. It returns what is seen
// then: still the wall, where that is the page's own, or where the crawl has to end.
func (c *crawl) reopen(ctx context.Context, v visit, met sight, session int64) (sight, error) {
	if c.src.Auth.IsZero() {
		return met, nil
	}
	if err := c.door.turn.take(ctx); err != nil {
		return met, err
	}
	defer c.door.turn.leave()
	for again := false; ; {
		if ctx.Err() != nil {
			return met, context.Cause(ctx)
		}
		if session == c.door.session.Load() {
			if c.sessionLives(ctx) {
				v.alive = true
				seen, err := c.look(ctx, v, c.read(context.WithValue(ctx, sessionAlive{}, true), v.url))
				if err == nil && again {
					c.door.useless = max(c.door.useless, 1)
				}
				return seen, err
			}
			closed, err := c.isClosed(ctx, again)
			if err == nil && closed {
				err = c.renew(ctx, v.url)
			}
			if refused := (*auth.LoginError)(nil); errors.As(err, &refused) && refused.NoForm && c.door.useless < maxUseless {
				c.door.useless++
				return met, nil // the session may live: nothing tells
			}
			if ctx.Err() != nil {
				return met, context.Cause(ctx)
			}
			if err != nil {
				c.stop(&proof.SessionLostError{URL: v.url.String(), Why: err})
			}
			if err != nil || !closed {
				return met, nil
			}
			again = true
		}
		session = c.door.session.Load()
		seen, err := c.look(ctx, v, c.read(ctx, v.url))
		if err != nil {
			return met, err
		}
		if met = seen; !met.walled() {
			if !met.found.outcome.Unread() {
				c.door.proven, c.door.useless = true, 0
			}
			return met, nil
		}
	}
}

// maxUntold is how often it is asked whether the session lives, where nothing tells.
const maxUntold = 2

// sessionLives reports whether something that needs the session is there now. What looks like a
// wall is a page then, such as an article on logging in, or one that is closed to this user.
func (c *crawl) sessionLives(ctx context.Context) bool {
	if c.door.untold == maxUntold {
		return false
	}
	lives, known := c.prover.SessionLives(ctx)
	if !known {
		c.door.untold++
	}
	return lives
}

// sessionAlive is the key under which the context of a request says that its session lives: a
// redirect leads to no login then.
type sessionAlive struct{}

// isClosed reports whether it is the session that a wall tells of, so that a new
// one may help, and not the page alone. again is true where the page was asked for
// a second time, with the session that is the newest. The error says why nothing
// can help.
func (c *crawl) isClosed(ctx context.Context, again bool) (bool, error) {
	renewable := c.session.Renewable()
	if renewable && !again && c.door.useless == 0 {
		return true, nil
	}
	switch at := c.lookFromInside(ctx); {
	case at == ajar && renewable:
		// The start address looks the same to everybody.
		if !again {
			return true, nil
		}
		if c.door.useless++; c.door.useless >= maxUseless {
			return false, errors.New("logging in again changes nothing; exclude the pages that stay closed, or check what the account may read")
		}
		return false, nil
	case at == ajar, at == open:
		if again {
			c.door.useless = max(c.door.useless, 1)
		}
		return false, nil
	case !renewable:
		return false, proof.ErrExpired
	case again && !c.door.proven:
		return false, errors.New("the login works, and yet the site shows its wall again")
	}
	return true, nil
}

// getFile asks for what is no page, such as a sitemap, and again where it was the
// end of the session that answered.
func (c *crawl) getFile(ctx context.Context, u *url.URL) answer {
	a := c.get(ctx, c.Files, u)
	if c.src.Auth.IsZero() || !c.session.Renewable() || !c.showsLogin(a) {
		return a
	}
	if c.door.turn.take(ctx) != nil {
		return a
	}
	defer c.door.turn.leave()
	if a.Session == c.door.session.Load() && (c.lookFromInside(ctx) != shut || c.renew(ctx, u) != nil) {
		return a // if the session is at fault, the next page will tell
	}
	return c.get(ctx, c.Files, u)
}

// showsLogin reports whether the answer to a request for a file is about logging in.
func (c *crawl) showsLogin(a answer) bool {
	switch {
	case a.err != nil:
		outcome, _ := a.failure()
		return outcome == crawler.LoginWall
	case a.status == http.StatusUnauthorized, c.scope.IsLoginForm(a.url), c.wall.leadsTo(a.url), !c.scope.SameSite(a.url) && scope.IsSignOn(a.url):
		return true
	case !fetch.IsHTML(a.contentType):
		return false
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	return err == nil && c.formInstead(doc) != ""
}

// renew logs in again.
func (c *crawl) renew(ctx context.Context, at *url.URL) error {
	c.log.Info("the session has ended: logging in again", "url", at.String())
	if _, err := c.logIn(ctx); err != nil {
		return err
	}
	c.door.session.Add(1)
	c.door.proven = false
	c.keepSession()
	return nil
}

// state is what the start address tells of the session.
type state int

const (
	shut state = iota // it shows the wall
	ajar              // it cannot be told
	open              // it shows what only those see who are logged in
)

// lookFromInside asks for the start address with the session.
func (c *crawl) lookFromInside(ctx context.Context) state {
	seen, err := c.look(ctx, visit{url: c.starts[0]}, c.read(ctx, c.starts[0]))
	switch {
	case err != nil:
		return ajar
	case seen.walled():
		return shut
	case seen.found.outcome == crawler.Gone && c.wall.refused:
		return shut
	case seen.found.outcome.Unread():
		return ajar
	case seen.found.loggedIn, c.wall.stands():
		return open
	}
	return ajar
}
