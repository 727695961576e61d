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

// budget decides when a request may be sent. It is the one limiter for all calls
// of a client, and knows nothing but what answers say of the workspace's rate
// limit: how many calls a window takes, how many are left, when it ends.
//
//   - Before the first answer, at the start of each window and after a 429, a single
//     request goes ahead to learn; the others follow once it is answered.
//   - Inside a window, requests are spread evenly over the time that is left.
//   - Each answer is booked on the window that it names, and each request without an
//     answer on the current one, so neither latency nor clocks make us overspend.
//   - What is missing from the allowance and was not spent by us, other apps spent.
//     As much as they may yet spend is left to them.
//   - One call of each window is kept back. Should the next window begin later than
//     it seems here, the request that goes ahead finds room rather than a 429.
//
// No answer with a rate limit, no limit: that is how proxies and emulators are.
type budget struct {
	share   float64
	turn    chan struct{} // held by the request that waits for its time; others queue for it
	changed chan struct{} // an answer came, which may let it go earlier

	mu          sync.Mutex
	unlimited   bool // answers bear no rate limit
	window      window
	late        time.Duration // how much later than their Reset windows end, by our clock
	inFlight    int
	lastSent    time.Time
	lastProbe   time.Time
	pausedUntil time.Time
	strikes     int // answers 429 in a row that did not say until when
}

// window is one of the API's rate limit windows.
type window struct {
	reset     int64     // Unix seconds, by the API's clock; 0 is no window yet
	seen      time.Time // when its first answer came
	span      time.Duration
	limit     int // calls of all apps in this window
	remaining int // of them, as far as answers tell
	ours      int // answers of this window that we got
	before    int // calls of other apps in the window before; -1 is unknown
	jitter    time.Duration
}

const (
	defaultSpan  = 10 * time.Second // of a window, as documented
	longestSpan  = time.Minute      // what seems longer is the difference of two clocks
	probeEvery   = time.Second      // an unanswered probe is followed by another
	pauseJitter  = 500 * time.Millisecond
	longestPause = 5 * time.Minute // after a 429, whatever Retry-After says
)

func newBudget(share float64) *budget {
	return &budget{share: share, turn: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

// wait returns when a request may be sent, and the time for which it is booked.
// The caller must report back, by answered or failed.
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

// book books a request for now and returns 0, or returns how long to wait before
// asking again.
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
		// What others leave unspent becomes ours towards the end, so look again before it.
		return min(end.Add(b.window.jitter).Sub(now), b.window.span/20)
	}
	return b.nextSlot(end, left).Sub(now)
}

func (b *budget) end() time.Time { return time.Unix(b.window.reset, 0).Add(b.late) }

// allowance is how many calls of the window we may make.
func (b *budget) allowance() int {
	return max(1, int(float64(b.window.limit)*b.share)-1)
}

// left is how many requests may still be sent in the window. Any request in flight
// may or may not be counted in what remains; it is counted here.
func (b *budget) left(now time.Time) int {
	w := &b.window
	return min(b.allowance()-w.ours, w.remaining-1-b.reserve(now)) - b.inFlight
}

// nextSlot spreads what is left evenly up to shortly before the end, where answers
// still under way settle what truly remains. Time lost is made up for at no more
// than twice the even rate.
func (b *budget) nextSlot(end time.Time, left int) time.Time {
	w := &b.window
	from := b.lastSent
	if start := end.Add(-w.span); from.Before(start) {
		from = start
	}
	even := end.Add(-w.span/40).Sub(from) / time.Duration(left)
	return from.Add(max(even, w.span/time.Duration(2*b.allowance())))
}

// others is how many calls of the window other apps made, at least.
func (b *budget) others() int {
	w := &b.window
	return max(0, w.limit-w.remaining-w.ours-b.inFlight)
}

// reserve is how many calls are left to other apps: what they may be expected to
// spend in the rest of the window, by this window and, in its beginning, by the one
// before, and a bit more, since chance has its share.
func (b *budget) reserve(now time.Time) int {
	w := &b.window
	rest := min(1, max(0, float64(b.end().Sub(now))/float64(w.span)))
	gone := 1 - rest
	others := float64(b.others())
	whole := others + rest*float64(w.before) // of a whole window
	if w.before < 0 {
		whole = others / max(gone, 0.1)
	}
	if whole == 0 {
		return 0
	}
	expected := whole * rest
	return int(math.Ceil(expected + 2*math.Sqrt(expected) + 1))
}

// failed reports a request that got no answer.
func (b *budget) failed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.notify()
}

// answered reports the answer to a request that was booked at the given time.
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

// enter books an answer on the window that it names, and learns from it when
// windows truly end.
func (b *budget) enter(booked, now time.Time, limit, remaining int, reset int64) {
	w := &b.window
	known := w.reset != 0
	switch later := reset - w.reset; {
	case known && -1 <= later && later <= 1: // the same; some round it now up, now down
		w.reset = max(w.reset, reset)
		w.ours++
		w.remaining = min(w.remaining, remaining)
		if booked.After(b.end()) {
			// It lasts longer than thought: Reset has whole seconds, and clocks differ. Should
			// this be too long now, the next window's first answers tell.
			end := booked.Add(time.Second)
			if last := w.seen.Add(w.span); w.remaining == 0 && last.After(end) {
				end = last // there is no room for another wrong guess
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
	case !known || booked.After(b.end()): // the first, or the API's clock was set back
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

// pause keeps all requests back after a 429: as long as Retry-After says, or else
// until the window ends, or else longer each time.
func (b *budget) pause(now time.Time, h http.Header, known bool) {
	b.unlimited = false
	if now.Before(b.pausedUntil) {
		return // other requests of the same moment
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

// rateLimit reads the three headers that say where a workspace stands. What is too
// little for a time in Unix seconds counts from now, and what is too much is in
// milliseconds.
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
