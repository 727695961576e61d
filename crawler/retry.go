package crawler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// maxTries bounds how often one request is made.
	maxTries = 4
	// maxRetryAfter bounds how long a site may have us wait before the next try.
	maxRetryAfter = 2 * time.Minute
)

// retry makes a request again that failed in a way that may pass: too many
// requests, a server's error, a broken connection, no answer in time. It waits
// longer each time, and as long as the site asks (Retry-After). Only requests
// without consequences are repeated, so never the sending of a login form.
type retry struct {
	base http.RoundTripper
	wait func(context.Context, time.Duration) error
}

func (t *retry) RoundTrip(r *http.Request) (*http.Response, error) {
	pauses := backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond, Multiplier: 2, RandomizationFactor: 0.5, MaxInterval: 30 * time.Second,
	}
	for try := 1; ; try++ {
		res, err := t.base.RoundTrip(r)
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
			pause = max(pause, retryAfter(res.Header.Get("Retry-After")))
			_ = res.Body.Close()
		}
		if err := t.wait(r.Context(), pause); err != nil {
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
	outcome, _ := failureOf(err)
	return outcome == Unreachable || outcome == Timeout
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

// retryAfter reads a Retry-After header (RFC 9110, 10.2.3): seconds or a date.
func retryAfter(header string) time.Duration {
	pause := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		pause = time.Duration(min(seconds, int(maxRetryAfter.Seconds()))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		pause = time.Until(date)
	}
	return min(max(pause, 0), maxRetryAfter)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
