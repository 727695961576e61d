package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// rateSpan is the length of a rate window. Intercom spreads the limit of a minute over six windows.
const rateSpan = 10 * time.Second

// rateWindows counts calls in windows that begin at whole multiples of rateSpan.
type rateWindows struct {
	perMinute int // 0 for no limit

	mu     sync.Mutex
	window int64
	used   int
}

// allow counts a call and sets the headers of the rate limit. It returns an error where the limit
// is exceeded.
func (r *rateWindows) allow(h http.Header) *apiError {
	if r.perMinute <= 0 {
		return nil
	}
	limit := r.limit()
	r.mu.Lock()
	defer r.mu.Unlock()
	window := time.Now().UnixNano() / int64(rateSpan)
	if window != r.window {
		r.window, r.used = window, 0
	}
	refused := r.used >= limit
	if !refused {
		r.used++
	}
	r.tell(h, limit-r.used)
	if refused {
		return r.exceeded()
	}
	return nil
}

// limit returns the number of calls per window. Without a limit it is Intercom's own.
func (r *rateWindows) limit() int {
	if r.perMinute <= 0 {
		return 1666 // 10,000 a minute
	}
	return max(1, r.perMinute/int(time.Minute/rateSpan))
}

// tell sets the headers of the rate limit.
func (r *rateWindows) tell(h http.Header, remaining int) {
	end := time.Now().Truncate(rateSpan).Add(rateSpan)
	h.Set("X-RateLimit-Limit", strconv.Itoa(r.limit()))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(end.Unix(), 10))
}

func (r *rateWindows) exceeded() *apiError {
	return fail(http.StatusTooManyRequests, "rate_limit_exceeded",
		fmt.Sprintf("Exceeded rate limit of %d in %d_seconds", r.limit(), int(rateSpan.Seconds())))
}
