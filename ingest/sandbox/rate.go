package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// rateSpan is how long a rate window is: a minute's allowance is spread over six.
const rateSpan = 10 * time.Second

// rateWindows counts calls in windows that begin at whole multiples of rateSpan.
type rateWindows struct {
	perMinute int // 0 is no limit

	mu     sync.Mutex
	window int64
	used   int
}

// allow books a call, sets the headers that say where the workspace stands, and
// returns what is wrong where there is no room for it.
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

// limit is how many calls a window takes, or would take if there were a limit.
func (r *rateWindows) limit() int {
	if r.perMinute <= 0 {
		return 1666 // Intercom's own: 10,000 a minute
	}
	return max(1, r.perMinute/int(time.Minute/rateSpan))
}

// tell sets the headers that say where the workspace stands.
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
