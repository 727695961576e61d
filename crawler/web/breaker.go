package web

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
)

// breaker is a circuit breaker. It ends the crawl of a site that is down, instead of requesting every
// address that is left.
type breaker struct {
	inARow atomic.Int64 // addresses that failed after all tries, since the last answer
}

const (
	// After every doubtAfter failures in a row, the start address is requested to see whether the site is
	// down.
	doubtAfter = 10
	// After downAfter failures in a row the site counts as down, even if the start address is still
	// answered, perhaps by a cache.
	downAfter = 100
)

// siteDownError ends the crawl of a site that cannot answer for now.
type siteDownError struct{ why string }

func (e *siteDownError) Error() string { return e.why }

// checkHealth counts the failures in a row, and ends the crawl if the site is down.
func (c *crawl) checkHealth(ctx context.Context, v visit, a answer) {
	outcome, detail := a.failure()
	if pause := (*fetch.LongPause)(nil); errors.As(a.err, &pause) {
		c.stop(&siteDownError{fmt.Sprintf("at %s: %s; run again after it", v.url, detail)})
		return
	}
	if !isDown(outcome) {
		c.breaker.inARow.Store(0)
		return
	}
	n := c.breaker.inARow.Add(1)
	down := n == downAfter
	if !down && n%doubtAfter == 0 {
		ofStart, _ := c.get(ctx, c.Pages, c.starts[0]).failure()
		down = isDown(ofStart)
	}
	if down && ctx.Err() == nil {
		c.stop(&siteDownError{fmt.Sprintf("the site is down: %d addresses in a row failed, the last one, %s, with %s: %s; "+
			"run again when it is well", n, v.url, outcome, detail)})
	}
}

// isDown reports whether the outcome is typical of a site that is down.
func isDown(o crawler.Outcome) bool {
	switch o {
	case crawler.ServerError, crawler.RateLimited, crawler.Timeout, crawler.Unreachable:
		return true
	}
	return false
}

// endedEarly returns the reason if a crawl ended because its session was lost or the site is down. It
// returns "" for any other error.
func endedEarly(err error) string {
	var session *proof.SessionLostError
	var site *siteDownError
	switch {
	case errors.As(err, &session):
		return session.Error()
	case errors.As(err, &site):
		return site.Error()
	}
	return ""
}
