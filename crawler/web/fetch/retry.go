package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/retry"
)

const (
	// maxTries is how often one request is made at most.
	maxTries = 4
	// maxRetryAfter is the longest pause before the next try that a site may ask for. If it asks for more,
	// the crawl ends: see [LongPause].
	maxRetryAfter = 10 * time.Minute
)

// Retry repeats a request that failed in a way that may pass: too many requests, a server error, a broken
// connection, or no answer in time. It waits longer each time, and at least as long as the site asks
// (Retry-After). It repeats only GET and HEAD, and so never sends a login form twice.
type Retry struct {
	Base http.RoundTripper
	Wait func(context.Context, time.Duration) error
}

// RoundTrip implements [http.RoundTripper].
func (t *Retry) RoundTrip(r *http.Request) (*http.Response, error) {
	pauses := backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond, Multiplier: 2, RandomizationFactor: 0.5, MaxInterval: 30 * time.Second,
	}
	for try := 1; ; try++ {
		res, err := t.Base.RoundTrip(r)
		if try == maxTries || r.Context().Err() != nil || !mayPass(r, res, err) {
			if err != nil && try > 1 {
				err = fmt.Errorf("%w (after %d tries)", err, try)
			}
			if res != nil {
				res.Request = r // not the copy with the credentials
			}
			return res, err
		}
		pause := pauses.NextBackOff()
		if res != nil {
			_ = res.Body.Close()
			asked, _ := retry.After(res.Header, time.Now())
			if asked > maxRetryAfter {
				return nil, &LongPause{&Failure{crawler.RateLimited, fmt.Sprintf(
					"HTTP %d, and the site asks for a pause of %s (Retry-After)", res.StatusCode, asked.Round(time.Second))}}
			}
			pause = max(pause, asked)
		}
		if err := t.Wait(r.Context(), pause); err != nil {
			return nil, err
		}
	}
}

func mayPass(r *http.Request, res *http.Response, err error) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if err == nil {
		return worthRetrying(res.StatusCode)
	}
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		return false
	}
	outcome, _ := FailureOf(err)
	return outcome == crawler.Unreachable || outcome == crawler.Timeout
}

func worthRetrying(status int) bool {
	switch status {
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	case http.StatusTooManyRequests:
		return true
	}
	return status >= 500
}
