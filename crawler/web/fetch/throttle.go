package fetch

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/internal/retry"
	"golang.org/x/time/rate"
)

// Throttle limits the rate of all requests to a source and their number at once, including further tries and
// redirects. If the site asks for less (429, 503) or its good answers become slow, the throttle halves both
// limits. It raises them little by little with each good answer. It ignores how long errors take, since they
// may be quick (Scrapy issue 4424). A Retry-After applies to all requests.
type Throttle struct {
	wait func(context.Context, time.Duration) error
	log  *slog.Logger
	most int // most requests in flight

	mu      sync.Mutex
	rate    rate.Limit // never exceeded; rate.Inf if there is no limit
	limiter *rate.Limiter
	share   float64 // of both limits that is allowed now; at most 1

	inFlight int
	freed    chan struct{} // closed when a waiting request may look again
	resume   time.Time     // when the site accepts requests again
	slowed   time.Time     // answers to earlier requests show nothing new
	usual    pulse         // the durations of good answers, over a long time
	recent   pulse
}

const (
	smallestShare = 1.0 / 32
	// recovery is what a good answer adds to the share. From a half it takes 50 of them.
	recovery = 0.01
	// Good answers are slow if they take slowTimes as long as usual and slowAtLeast longer. Small sites
	// answer in a moment or in two.
	slowTimes   = 3
	slowAtLeast = 250 * time.Millisecond
	// knownAfter is how many good answers show what is usual.
	knownAfter = 16
)

// NewThrottle returns a throttle that waits with wait.
func NewThrottle(f Limits, wait func(context.Context, time.Duration) error, log *slog.Logger) *Throttle {
	limit := rate.Inf
	if f.Rate > 0 {
		limit = rate.Limit(f.Rate)
	}
	return &Throttle{
		wait: wait, log: log, most: max(f.Concurrency, 1), rate: limit, limiter: rate.NewLimiter(limit, 1), share: 1,
		freed: make(chan struct{}), usual: pulse{weight: 1.0 / 64}, recent: pulse{weight: 1.0 / 4},
	}
}

// enter waits for a turn. The caller must leave if it gets one.
func (t *Throttle) enter(ctx context.Context) error {
	for {
		t.mu.Lock()
		free := t.inFlight < t.slots()
		if free {
			t.inFlight++
		}
		freed := t.freed
		t.mu.Unlock()
		if free {
			break
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if err := t.await(ctx); err != nil {
		t.leave()
		return err
	}
	return nil
}

// await waits until the site accepts requests again, even if it asks for a longer pause meanwhile, and then
// for the rate.
func (t *Throttle) await(ctx context.Context) error {
	var awaited time.Time
	for {
		t.mu.Lock()
		resume := t.resume
		t.mu.Unlock()
		if pause := time.Until(resume); pause > 0 && resume.After(awaited) {
			if err := t.wait(ctx, pause); err != nil {
				return err
			}
			awaited = resume
			continue
		}
		break
	}
	turn := t.limiter.Reserve()
	if pause := turn.Delay(); pause > 0 {
		if err := t.wait(ctx, pause); err != nil {
			turn.Cancel()
			return err
		}
	}
	return ctx.Err()
}

func (t *Throttle) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inFlight--
	t.signal()
}

func (t *Throttle) signal() {
	close(t.freed)
	t.freed = make(chan struct{})
}

// learn adjusts the limits by an answer. asked is when its request was made.
func (t *Throttle) learn(asked time.Time, res *http.Response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	switch status := res.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		if pause, _ := retry.After(res.Header, now); pause > 0 && pause <= maxRetryAfter {
			if resume := now.Add(pause); resume.After(t.resume) {
				t.resume = resume
			}
		}
		t.slowDown(asked, now, res.Status)
	case status >= 200 && status < 300, status == http.StatusNotModified:
		took := now.Sub(asked)
		t.usual.beat(took)
		t.recent.beat(took)
		usual := t.usual.mean
		slow := t.recent.mean > slowTimes*usual && t.recent.mean-usual > slowAtLeast
		if t.usual.beats > knownAfter && slow {
			t.slowDown(asked, now, "answers take longer and longer")
			t.recent.mean = usual
			return
		}
		if t.share < 1 && asked.After(t.slowed) {
			t.allow(min(t.share+recovery, 1))
		}
	}
}

// slowDown halves what is allowed, once for all requests made before it.
func (t *Throttle) slowDown(asked, now time.Time, why string) {
	if asked.Before(t.slowed) || t.share <= smallestShare {
		return
	}
	t.slowed = now
	t.allow(max(t.share/2, smallestShare))
	t.log.Info("going easier on the site", "reason", why,
		"requests_at_once", t.slots(), "requests_a_second", float64(t.limiter.Limit()))
}

// allow sets the share.
func (t *Throttle) allow(share float64) {
	t.share = share
	limit := t.rate
	if limit == rate.Inf && share < 1 {
		// Without a limit, the rate is what most requests at once achieve.
		limit = rate.Limit(float64(t.most) / max(t.usual.mean, 10*time.Millisecond).Seconds())
	}
	if limit != rate.Inf {
		limit *= rate.Limit(share)
	}
	t.limiter.SetLimit(limit)
	t.signal()
}

// slots returns how many requests may be in flight now.
func (t *Throttle) slots() int { return max(1, int(float64(t.most)*t.share)) }

// AtMost limits the rate to one request in each delay, if that is slower.
func (t *Throttle) AtMost(delay time.Duration) {
	if delay <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rate = min(t.rate, rate.Every(delay))
	t.allow(t.share)
}

// pulse is a moving average of durations.
type pulse struct {
	weight float64 // of a new duration, once there are enough of them
	beats  int
	mean   time.Duration
}

func (p *pulse) beat(took time.Duration) {
	p.beats++
	p.mean += time.Duration(max(p.weight, 1/float64(p.beats)) * float64(took-p.mean))
}
