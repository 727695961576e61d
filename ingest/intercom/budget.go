package intercom

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/internal/retry"
)

// budget decides when a request may be sent. All calls of a client share one. It knows only
// what answers say about the workspace's rate limit: how many calls a window allows, how
// many are left, and when the window ends.
//
//   - Before the first answer, at the start of each window and after a 429, a single request
//     is sent as a probe. The others wait for its answer.
//   - Within a window, requests are spread evenly over the remaining time.
//   - Each answer counts against the window that it names, and each request without an answer
//     against the current one. So neither latency nor clock differences cause overspending.
//   - Calls that are missing from the allowance and were not ours were made by other apps. As
//     many as they are likely to make yet are left to them.
//   - One call of each window is kept in reserve. If the next window begins later than
//     expected, the probe uses it and gets no 429.
//
// Answers without a rate limit, such as those of proxies and emulators, mean no limit.
type budget struct {
	share   float64
	turn    chan struct{} // held by the one request that waits for its time; others queue for it
	changed chan struct{} // signals an answer, after which the waiting request may be sent earlier

	mu          sync.Mutex
	unlimited   bool // answers have no rate limit
	window      window
	late        time.Duration // how much later than their Reset windows end, by our clock
	inFlight    int
	lastSent    time.Time
	lastProbe   time.Time
	pausedUntil time.Time
	strikes     int // number of 429 answers in a row that did not say how long to wait
}

// window is a window of the API's rate limit.
type window struct {
	reset     int64     // Unix seconds by the API's clock; 0 before the first window
	seen      time.Time // when its first answer arrived
	span      time.Duration
	limit     int // number of calls that all apps may make
	remaining int // the smallest number that answers gave
	ours      int // number of answers that we got
	before    int // number of other apps' calls in the window before; -1 for unknown
	jitter    time.Duration
}

const (
	defaultSpan  = 10 * time.Second // length of a window, according to the documentation
	longestSpan  = time.Minute      // a window that seems longer is due to a difference of clocks
	probeEvery   = time.Second      // time after which another probe follows one without an answer
	pauseJitter  = 500 * time.Millisecond
	longestPause = 5 * time.Minute // limits Retry-After
)

func newBudget(share float64) *budget {
	return &budget{share: share, turn: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

// wait returns when a request may be sent, with the time at which it was booked. The caller
// must then call answered or failed.
func (b *budget) wait(ctx context.Context) (booked time.Time, err error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return time.Time{}, context.Cause(ctx)
	}
	for {
		if ctx.Err() != nil {
			return time.Time{}, context.Cause(ctx)
		}
		now := time.Now()
		wait := b.book(now)
		if wait <= 0 {
			return now, nil
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-b.changed:
			t.Stop()
		case <-ctx.Done():
			t.Stop()
			return time.Time{}, context.Cause(ctx)
		}
	}
}

// book books a request and returns 0, or returns how long to wait before trying again.
func (b *budget) book(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.untilNext(now)
	if wait <= 0 {
		b.inFlight++
		b.lastSent = now
	}
	return wait
}

func (b *budget) untilNext(now time.Time) time.Duration {
	if wait := b.pausedUntil.Sub(now); wait > 0 {
		return wait
	}
	if b.unlimited {
		return 0
	}
	end := b.end()
	if b.window.reset == 0 || !now.Before(end.Add(b.window.jitter)) {
		if wait := b.lastProbe.Add(probeEvery).Sub(now); wait > 0 {
			return wait
		}
		b.lastProbe = now
		return 0
	}
	left := b.left(now)
	if left < 1 || !now.Before(end) {
		// Calls that others leave unused become ours towards the end, so look again before it.
		return min(end.Add(b.window.jitter).Sub(now), b.window.span/20)
	}
	return b.nextSlot(end, left).Sub(now)
}

func (b *budget) end() time.Time { return time.Unix(b.window.reset, 0).Add(b.late) }

// allowance returns how many calls we may make in a window.
func (b *budget) allowance() int {
	return max(1, int(float64(b.window.limit)*b.share)-1)
}

// left returns how many requests may still be sent in the window. Requests in flight may be
// missing from remaining, so all of them are subtracted.
func (b *budget) left(now time.Time) int {
	w := &b.window
	return min(b.allowance()-w.ours, w.remaining-1-b.reserve(now)) - b.inFlight
}

// nextSlot spreads the remaining requests evenly until shortly before the end of the window.
// The rest of the window lets answers arrive that show what really remains. Lost time is made
// up for at twice the even rate at most.
func (b *budget) nextSlot(end time.Time, left int) time.Time {
	w := &b.window
	from := b.lastSent
	if start := end.Add(-w.span); from.Before(start) {
		from = start
	}
	even := end.Add(-w.span/40).Sub(from) / time.Duration(left)
	return from.Add(max(even, w.span/time.Duration(2*b.allowance())))
}

// others returns the smallest number of calls that other apps can have made in the window.
func (b *budget) others() int {
	w := &b.window
	return max(0, w.limit-w.remaining-w.ours-b.inFlight)
}

// reserve returns how many calls to leave to other apps. It estimates what they will make in
// the rest of the window from what they made in it so far and, early in the window, in the
// one before. A margin allows for chance.
func (b *budget) reserve(now time.Time) int {
	w := &b.window
	rest := min(1, max(0, float64(b.end().Sub(now))/float64(w.span)))
	gone := 1 - rest
	others := float64(b.others())
	whole := others + rest*float64(w.before) // for a whole window
	if w.before < 0 {
		whole = others / max(gone, 0.1)
	}
	if whole == 0 {
		return 0
	}
	expected := whole * rest
	return int(math.Ceil(expected + 2*math.Sqrt(expected) + 1))
}

// failed records that a request got no answer.
func (b *budget) failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.notify()
}

// answered records the answer to a request that was booked at the given time.
func (b *budget) answered(booked time.Time, resp *http.Response) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.notify()
	now := time.Now()
	b.inFlight--
	limit, remaining, reset, ok := rateLimit(resp.Header, now)
	if ok {
		b.unlimited = false
		b.enter(booked, now, limit, remaining, reset)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		b.pause(now, resp.Header, ok)
	case resp.StatusCode < 300:
		b.strikes = 0
		if !ok && b.window.reset == 0 {
			b.unlimited = true
		}
	}
}

// enter counts an answer against the window that it names, and corrects the estimate of when
// windows end.
func (b *budget) enter(booked, now time.Time, limit, remaining int, reset int64) {
	w := &b.window
	known := w.reset != 0
	switch later := reset - w.reset; {
	case known && -1 <= later && later <= 1: // the same window; servers round up or down
		w.reset = max(w.reset, reset)
		w.ours++
		w.remaining = min(w.remaining, remaining)
		if booked.After(b.end()) {
			// The window is longer than assumed: Reset has whole seconds, and clocks differ. If
			// this is too long now, the first answers of the next window correct it.
			end := booked.Add(time.Second)
			if last := w.seen.Add(w.span); w.remaining == 0 && last.After(end) {
				end = last // nothing remains for another wrong guess
			}
			b.late = end.Sub(time.Unix(w.reset, 0))
		}
	case known && later > 1:
		if now.Before(b.end()) {
			b.late = now.Sub(time.Unix(w.reset, 0))
		}
		next := window{reset: reset, before: -1}
		if length := time.Duration(later) * time.Second; length <= w.span+time.Second {
			next.span, next.before = length, b.others()
		}
		b.open(next, limit, remaining, now)
	case !known || booked.After(b.end()): // the first window, or the API's clock was set back
		b.open(window{reset: reset, before: -1}, limit, remaining, now)
	}
}

func (b *budget) open(w window, limit, remaining int, now time.Time) {
	w.seen, w.limit, w.remaining, w.ours = now, limit, remaining, 1
	b.window = w
	until := b.end().Sub(now)
	if until > longestSpan {
		b.late -= until - defaultSpan
		until = defaultSpan
	}
	if b.window.span == 0 {
		b.window.span = max(defaultSpan, until)
	}
	b.window.jitter = rand.N(b.window.span / 50)
}

// pause stops all requests after a 429: for as long as Retry-After says, or until the window
// ends, or for a time that doubles with each 429.
func (b *budget) pause(now time.Time, h http.Header, known bool) {
	b.unlimited = false
	if now.Before(b.pausedUntil) {
		return // another 429 of the same moment
	}
	wait, ok := retry.After(h, now)
	if !ok && known && b.end().After(now) {
		wait, ok = b.end().Sub(now), true
	}
	if ok {
		b.strikes = 0
	} else {
		wait = time.Second << min(b.strikes, 6)
		b.strikes++
	}
	b.pausedUntil = now.Add(min(wait, longestPause) + rand.N(pauseJitter))
}

func (b *budget) notify() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// rateLimit parses the three headers of the rate limit. A Reset that is too small for Unix
// seconds counts from now, and one that is too large is in milliseconds.
func rateLimit(h http.Header, now time.Time) (limit, remaining int, reset int64, ok bool) {
	whole := func(name string) (int64, error) {
		f, err := strconv.ParseFloat(strings.TrimSpace(h.Get("X-RateLimit-"+name)), 64)
		return int64(math.Ceil(f)), err
	}
	l, err1 := whole("Limit")
	r, err2 := whole("Remaining")
	reset, err3 := whole("Reset")
	switch {
	case reset > 1e11:
		reset /= 1000
	case reset < 1e8:
		reset += now.Unix()
	}
	return int(l), int(max(0, r)), reset, err1 == nil && err2 == nil && err3 == nil && l > 0
}
