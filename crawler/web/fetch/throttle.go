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

// Throttle keeps all requests to a source, tries and redirects included, to its
// rate and to its number of requests at once. Where the site asks for less (429,
// 503) or its good answers become slow, it allows half of both, and recovers little
// by little with the good answers that follow. How long errors take tells nothing,
// since they may well be quick (Scrapy 4424). What Retry-After asks for holds for
// everybody.
type Throttle struct {
	wait func(context.Context, time.Duration) error
	log  *slog.Logger
	most int // requests in flight

	mu      sync.Mutex
	rate    rate.Limit // that is never exceeded; rate.Inf for none
	limiter *rate.Limiter
	share   float64 // of both that is allowed now, at most 1

	inFlight int
	freed    chan struct{} // closed where a waiting request may look again
	resume   time.Time     // when the site wants to be asked again
	slowed   time.Time     // answers to what was asked before tell nothing new
	usual    pulse         // of good answers, over a long time
	recent   pulse
}

const (
	smallestShare = 1.0 / 32
	// recovery is what a good answer adds to the share: from a half it takes 50.
	recovery = 0.01
	// Good answers are slow where they take slowTimes as long as usual, and
	// slowAtLeast longer: small sites answer in a moment or in two.
	slowTimes   = 3
	slowAtLeast = 250 * time.Millisecond
	// knownAfter is how many good answers tell what is usual.
	knownAfter = 16
)

// NewThrottle returns a throttle that waits by wait, or really where that is nil.
func NewThrottle(f Limits, wait func(context.Context, time.Duration) error, log *slog.Logger) *Throttle {
	limit := rate.Inf
	if f.Rate > 0 {
		limit = rate.Limit(f.Rate)
	}
	return &Throttle{wait: wait, log: log, most: max(f.Concurrency, 1), rate: limit, limiter: rate.NewLimiter(limit, 1), share: 1,
		freed: make(chan struct{}), usual: pulse{weight: 1.0 / 64}, recent: pulse{weight: 1.0 / 4}}
}

// enter waits for a turn. Who has one has to leave.
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

// await waits until the site wants to be asked again, however often it says so
// meanwhile, and then for the rate.
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

// learn takes in what an answer tells of how the site does; asked is when its
// request was made.
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
		if usual := t.usual.mean; t.usual.beats > knownAfter && t.recent.mean > slowTimes*usual && t.recent.mean-usual > slowAtLeast {
			t.slowDown(asked, now, "answers take longer and longer")
			t.recent.mean = usual
			return
		}
		if t.share < 1 && asked.After(t.slowed) {
			t.allow(min(t.share+recovery, 1))
		}
	}
}

// slowDown halves what is allowed, once for all that was asked before it.
func (t *Throttle) slowDown(asked, now time.Time, why string) {
	if asked.Before(t.slowed) || t.share <= smallestShare {
		return
	}
	t.slowed = now
	t.allow(max(t.share/2, smallestShare))
	t.log.Info("going easier on the site", "reason", why, "requests_at_once", t.slots(), "requests_a_second", float64(t.limiter.Limit()))
}

// allow sets the share.
func (t *Throttle) allow(share float64) {
	t.share = share
	limit := t.rate
	if limit == rate.Inf && share < 1 {
		// Without a limit, the rate is as many at once as the answers take.
		limit = rate.Limit(float64(t.most) / max(t.usual.mean, 10*time.Millisecond).Seconds())
	}
	if limit != rate.Inf {
		limit *= rate.Limit(share)
	}
	t.limiter.SetLimit(limit)
	t.signal()
}

// slots is how many requests there may be at once now.
func (t *Throttle) slots() int { return max(1, int(float64(t.most)*t.share)) }

// AtMost keeps the rate to one request in each delay, if that is slower.
func (t *Throttle) AtMost(delay time.Duration) {
	if delay <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rate = min(t.rate, rate.Every(delay))
	t.allow(t.share)
}

// pulse is a mean that forgets.
type pulse struct {
	weight float64 // of a beat, once there were enough for it
	beats  int
	mean   time.Duration
}

func (p *pulse) beat(took time.Duration) {
	p.beats++
	p.mean += time.Duration(max(p.weight, 1/float64(p.beats)) * float64(took-p.mean))
}

// Limits bounds what a crawl costs the site.
type Limits struct {
	Concurrency   int     // requests in flight
	Rate          float64 // requests a second; 0 is unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes, decompressed
	RespectRobots bool
	UserAgent     string
	Proxy         string            // that requests go through; "" for what the environment names
	Headers       map[string]string // sent with each request to the source, where nothing else sets them
	CA            []byte            // authorities to trust besides the system's, in PEM; may be empty
}
