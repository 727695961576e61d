package crawler

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// pace keeps all requests to a source, tries and redirects included, to its rate.
// The rate is a fixed one: quick errors cannot speed it up (Scrapy 4424).
type pace struct {
	base    http.RoundTripper
	limiter *rate.Limiter
	wait    func(context.Context, time.Duration) error
}

func newLimiter(perSecond float64) *rate.Limiter {
	if perSecond <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Limit(perSecond), 1)
}

func (t *pace) RoundTrip(r *http.Request) (*http.Response, error) {
	turn := t.limiter.Reserve()
	if pause := turn.Delay(); pause > 0 {
		if err := t.wait(r.Context(), pause); err != nil {
			turn.Cancel()
			return nil, err
		}
	}
	return t.base.RoundTrip(r)
}
