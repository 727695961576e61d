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

// sessionRenewal logs in again when the session of a private source ends, once for all workers. The first
// worker that meets a wall takes the lock. Workers that come later find a session that is newer than the one of
// their request, and only repeat the request. See docs/adr/0006.
type sessionRenewal struct {
	lock    semaphore    // held while a worker deals with a wall; new requests wait for it
	session atomic.Int64 // counts the sessions, from 0

	// The fields below belong to whoever holds the lock.
	proven bool // the current session opened a page that the previous one did not
	// useless is above 0 once a renewal changed nothing. It counts those whose effect the start address does not show.
	useless int
	unclear int // how often nothing showed whether the session is alive
}

// maxUseless is how many renewals may change nothing before no more are tried, if the start address does not
// show whether the session is at fault.
const maxUseless = 3

// semaphore is held by one worker at a time. Unlike a mutex, it may be held during requests, because waiting for
// it ends with the context.
type semaphore chan struct{}

func newSemaphore() semaphore { return make(semaphore, 1) }

// acquire waits for the semaphore. If ctx ends first, it returns the cause and does not hold the semaphore.
func (s semaphore) acquire(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s semaphore) release() { <-s }

// enter waits while a worker deals with a wall, and returns the number of the session that the next request
// is made with.
func (r *sessionRenewal) enter(ctx context.Context) int64 {
	if r.lock.acquire(ctx) == nil {
		defer r.lock.release()
	}
	return r.session.Load()
}

// reopen deals with a wall that a request of the given session met at v. It logs in again, unless another
// worker has, and repeats the request. It returns what that shows. That is still the wall if the wall is the
// page's own, or if the crawl has to end.
func (c *crawl) reopen(ctx context.Context, v visit, met sight, session int64) (sight, error) {
	if c.src.Auth.IsZero() {
		return met, nil
	}
	if err := c.renewal.lock.acquire(ctx); err != nil {
		return met, err
	}
	defer c.renewal.lock.release()
	for again := false; ; {
		if ctx.Err() != nil {
			return met, context.Cause(ctx)
		}
		if session == c.renewal.session.Load() {
			if c.sessionLives(ctx) {
				v.alive = true
				seen, err := c.look(ctx, v, c.read(context.WithValue(ctx, sessionAlive{}, true), v.url))
				if err == nil && again {
					c.renewal.useless = max(c.renewal.useless, 1)
				}
				return seen, err
			}
			ended, err := c.sessionEnded(ctx, again)
			if err == nil && ended {
				err = c.renew(ctx, v.url)
			}
			if refused := (*auth.LoginError)(nil); errors.As(err, &refused) && refused.NoForm && c.renewal.useless < maxUseless {
				c.renewal.useless++
				return met, nil // the session may be alive: nothing shows that it ended
			}
			if ctx.Err() != nil {
				return met, context.Cause(ctx)
			}
			if err != nil {
				c.stop(&proof.SessionLostError{URL: v.url.String(), Why: err})
			}
			if err != nil || !ended {
				return met, nil
			}
			again = true
		}
		session = c.renewal.session.Load()
		seen, err := c.look(ctx, v, c.read(ctx, v.url))
		if err != nil {
			return met, err
		}
		if met = seen; !met.walled() {
			if !met.found.outcome.Unread() {
				c.renewal.proven, c.renewal.useless = true, 0
			}
			return met, nil
		}
	}
}

// maxUnclear is how many answers may leave open whether the session is alive. After that it counts as ended.
const maxUnclear = 2

// sessionLives reports whether the session still opens something that needs it. If it does, what looks like
// a wall is a page, such as an article on logging in, or it is closed to this user.
func (c *crawl) sessionLives(ctx context.Context) bool {
	if c.renewal.unclear == maxUnclear {
		return false
	}
	lives, known := c.prover.SessionLives(ctx)
	if !known {
		c.renewal.unclear++
	}
	return lives
}

// sessionAlive is the context key of a request whose session is known to be alive. None of its redirects is
// taken for a login.
type sessionAlive struct{}

// sessionEnded reports whether the session ended. A new session helps only then. again is true if the page was
// requested a second time with the newest session. The error says why nothing can help.
func (c *crawl) sessionEnded(ctx context.Context, again bool) (bool, error) {
	renewable := c.session.Renewable()
	if renewable && !again && c.renewal.useless == 0 {
		return true, nil
	}
	switch at := c.probeSession(ctx); {
	case at == stateUnclear && renewable:
		// The start address looks the same to everybody.
		if !again {
			return true, nil
		}
		if c.renewal.useless++; c.renewal.useless >= maxUseless {
			return false, errors.New("logging in again changes nothing; " +
				"exclude the pages that stay closed, or check what the account may read")
		}
		return false, nil
	case at == stateUnclear, at == stateMember:
		if again {
			c.renewal.useless = max(c.renewal.useless, 1)
		}
		return false, nil
	case !renewable:
		return false, proof.ErrExpired
	case again && !c.renewal.proven:
		return false, errors.New("the login works, and yet the site shows its wall again")
	}
	return true, nil
}

// getFile requests what is no page, such as a sitemap. If the answer shows that the session ended, it logs
// in and requests the file again.
func (c *crawl) getFile(ctx context.Context, u *url.URL) answer {
	a := c.get(ctx, c.Files, u)
	if c.src.Auth.IsZero() || !c.session.Renewable() || !c.showsLogin(a) {
		return a
	}
	if c.renewal.lock.acquire(ctx) != nil {
		return a
	}
	defer c.renewal.lock.release()
	if a.Session == c.renewal.session.Load() && (c.probeSession(ctx) != stateWalled || c.renew(ctx, u) != nil) {
		return a // if the session is at fault, the next page will show it
	}
	return c.get(ctx, c.Files, u)
}

// showsLogin reports whether a request for a file was answered with a login instead.
func (c *crawl) showsLogin(a answer) bool {
	switch {
	case a.err != nil:
		outcome, _ := a.failure()
		return outcome == crawler.LoginWall
	case a.status == http.StatusUnauthorized, c.scope.IsLoginForm(a.url), c.wall.leadsTo(a.url),
		!c.scope.SameSite(a.url) && scope.IsSignOn(a.url):
		return true
	case !fetch.IsHTML(a.contentType):
		return false
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	return err == nil && c.formInstead(doc) != ""
}

// renew logs in again and counts a new session.
func (c *crawl) renew(ctx context.Context, at *url.URL) error {
	c.log.Info("the session has ended: logging in again", "url", at.String())
	if _, err := c.logIn(ctx); err != nil {
		return err
	}
	c.renewal.session.Add(1)
	c.renewal.proven = false
	c.keepSession()
	return nil
}

// sessionState is what the start address shows of the session.
type sessionState int

const (
	stateWalled  sessionState = iota // it shows the wall
	stateUnclear                     // it does not show whether the session is alive
	stateMember                      // it shows what only members see
)

// probeSession requests the start address with the session.
func (c *crawl) probeSession(ctx context.Context) sessionState {
	seen, err := c.look(ctx, visit{url: c.starts[0]}, c.read(ctx, c.starts[0]))
	switch {
	case err != nil:
		return stateUnclear
	case seen.walled():
		return stateWalled
	case seen.found.outcome == crawler.Gone && c.wall.refused:
		return stateWalled
	case seen.found.outcome.Unread():
		return stateUnclear
	case seen.found.loggedIn, c.wall.stands():
		return stateMember
	}
	return stateUnclear
}
