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
	limit := max(1, r.perMinute/int(time.Minute/rateSpan))
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
	end := time.Unix(0, (window+1)*int64(rateSpan))
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(limit-r.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(end.Unix(), 10))
	if refused {
		return fail(http.StatusTooManyRequests, "rate_limit_exceeded",
			fmt.Sprintf("Exceeded rate limit of %d in %d_seconds", limit, int(rateSpan.Seconds())))
	}
	return nil
}
