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

// breaker ends the crawl of a site that is down, instead of asking it in vain for
// every address that is left.
type breaker struct {
	inARow atomic.Int64 // addresses that failed, after all tries, since one was answered
}

const (
	// doubtAfter failures in a row, the start address is asked whether the site is down.
	doubtAfter = 10
	// downAfter failures in a row it is, even if the start address still answers, as
	// from somebody's cache.
	downAfter = 100
)

// siteDown is the end of a crawl of which nothing more can be had for now.
type siteDown struct{ why string }

func (e *siteDown) Error() string { return e.why }

// checkHealth counts the failures in a row, and ends the crawl of a site that is down.
func (c *crawl) checkHealth(ctx context.Context, v visit, a answer) {
	outcome, detail := a.failure()
	if pause := (*fetch.LongPause)(nil); errors.As(a.err, &pause) {
		c.stop(&siteDown{fmt.Sprintf("at %s: %s; run again after it", v.url, detail)})
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
		c.stop(&siteDown{fmt.Sprintf("the site is down: %d addresses in a row failed, the last one, %s, with %s: %s; run again when it is well",
			n, v.url, outcome, detail)})
	}
}

// isDown reports whether an outcome is that of a site that cannot answer.
func isDown(o crawler.Outcome) bool {
	switch o {
	case crawler.ServerError, crawler.RateLimited, crawler.Timeout, crawler.Unreachable:
		return true
	}
	return false
}

// endedEarly says why a crawl ended before it was through, though nothing was wrong
// with the crawl itself; "" where that is not so.
func endedEarly(err error) string {
	var session *proof.SessionLostError
	var site *siteDown
	switch {
	case errors.As(err, &session):
		return session.Error()
	case errors.As(err, &site):
		return site.Error()
	}
	return ""
}
