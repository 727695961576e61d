package fetch

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fincrawl/fincrawl/internal/retry"
)

// throttled is a site with a throttle before it, on a clock of the test's own.
type throttled struct {
	*Pace
	mu       sync.Mutex
	inFlight int
	most     int         // requests at once
	at       []time.Time // when requests came

	takes  time.Duration
	answer func(*http.Request) (*http.Response, error)
}

func newThrottled(f Limits) *throttled {
	t := &throttled{takes: 100 * time.Millisecond, answer: status(200)}
	t.Pace = &Pace{t.serve(), NewThrottle(f, retry.Sleep, slog.New(slog.DiscardHandler))}
	return t
}

func (t *throttled) serve() http.RoundTripper {
	return served(func(r *http.Request) (*http.Response, error) {
		t.mu.Lock()
		t.inFlight++
		t.most = max(t.most, t.inFlight)
		t.at = append(t.at, time.Now())
		takes, answer := t.takes, t.answer
		t.mu.Unlock()
		time.Sleep(takes)
		t.mu.Lock()
		t.inFlight--
		t.mu.Unlock()
		return answer(r)
	})
}

type served func(*http.Request) (*http.Response, error)

func (s served) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// ask makes n requests by so many workers, and returns the most that were in flight
// and how many came in a second.
func (t *throttled) ask(n, workers int) (most int, perSecond float64) {
	t.most, t.at = 0, nil
	started := time.Now()
	var left sync.WaitGroup
	asked := atomic.Int64{}
	for range workers {
		left.Go(func() {
			for asked.Add(1) <= int64(n) {
				_, _ = t.RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil))
			}
		})
	}
	left.Wait()
	return t.most, float64(n) / time.Since(started).Seconds()
}

func (t *throttled) becomes(answer func(*http.Request) (*http.Response, error), takes time.Duration) {
	t.answer, t.takes = answer, takes
}

func TestNoMoreRequestsAtOnceThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newThrottled(Limits{Concurrency: 4})
		if most, perSecond := site.ask(400, 16); most != 4 || perSecond < 39 || perSecond > 41 {
			t.Errorf("%d at once, %.1f a second", most, perSecond)
		}
	})
}

func TestARefusalHalvesOnceForAllThatWereAsked(t *testing.T) {
	for _, refusal := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			site := newThrottled(Limits{Concurrency: 8, Rate: 40})
			site.becomes(status(refusal), 100*time.Millisecond)
			site.ask(3, 8) // at once, so to speak: before the first answer
			if got := site.Throttle.share; got != 0.5 {
				t.Errorf("three refusals at once leave %v", got)
			}
			if site.ask(1, 1); site.Throttle.share != 0.25 {
				t.Errorf("a later one leaves %v", site.Throttle.share)
			}
			site.ask(50, 8)
			if got := site.Throttle.share; got != smallestShare {
				t.Errorf("many leave %v", got)
			}
		})
	}
}

// Scrapy 4424: answers of 429 came quickly, and the crawler sped up to 80 requests a second.
func TestQuickErrorsNeverSpeedUp(t *testing.T) {
	for _, answer := range []int{429, 503, 500, 404, 403, 301} {
		synctest.Test(t, func(t *testing.T) {
			site := newThrottled(Limits{Concurrency: 8, Rate: 10})
			site.becomes(status(429), 0)
			site.ask(1, 1)
			site.becomes(status(answer), 0)
			if _, perSecond := site.ask(300, 8); perSecond > 5.1 || site.Throttle.share > 0.5 {
				t.Errorf("%d: %.1f requests a second, %v of what is allowed", answer, perSecond, site.Throttle.share)
			}
		})
	}
}

func TestItRecoversLittleByLittle(t *testing.T) {
	for name, f := range map[string]Limits{"with a rate": {Concurrency: 8, Rate: 40}, "without one": {Concurrency: 8}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := newThrottled(f)
				_, before := site.ask(100, 8)
				site.becomes(status(503), 100*time.Millisecond)
				site.ask(1, 1)
				site.becomes(status(200), 100*time.Millisecond)
				if _, half := site.ask(8, 8); half > 0.75*before {
					t.Errorf("%.1f requests a second right after a refusal, %.1f before", half, before)
				}
				if site.ask(20, 8); site.Throttle.share > 0.85 {
					t.Errorf("recovered too soon: %v", site.Throttle.share)
				}
				site.ask(60, 8)
				if most, after := site.ask(100, 8); most > 8 || after < 0.95*before || after > 1.05*before {
					t.Errorf("%d at once, %.1f a second in the end, %.1f before", most, after, before)
				}
			})
		})
	}
}

func TestSlowAnswersAskForLess(t *testing.T) {
	tests := []struct {
		name     string
		takes    time.Duration
		answer   int
		gentler  bool
		requests int
	}{
		{"good answers that take ten times as long", time.Second, 200, true, 40},
		{"errors that do", time.Second, 404, false, 40},
		{"a little longer", 200 * time.Millisecond, 200, false, 200},
		{"a single slow one", time.Second, 200, false, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := newThrottled(Limits{Concurrency: 8})
				site.ask(100, 8)
				site.becomes(status(test.answer), test.takes)
				site.ask(test.requests, 8)
				if got := site.Throttle.share < 1; got != test.gentler {
					t.Errorf("it allows %v", site.Throttle.share)
				}
			})
		})
	}
}

func TestRetryAfterHoldsForEverybody(t *testing.T) {
	for name, header := range map[string]func() string{
		"seconds": func() string { return "30" },
		"a date":  func() string { return time.Now().Add(31 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				site := newThrottled(Limits{Concurrency: 4})
				site.answer = func(r *http.Request) (*http.Response, error) { return status(429, "Retry-After", header())(r) }
				site.ask(1, 1)
				answered := time.Now()
				site.becomes(status(200), 0)
				site.ask(12, 4)
				for _, at := range site.at {
					if at.Sub(answered) < 29*time.Second {
						t.Errorf("asked again after %v", at.Sub(answered))
					}
				}
			})
		})
	}
}

func TestATurnEndsWithTheCrawl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newThrottled(Limits{Concurrency: 1})
		site.takes = time.Minute
		go site.ask(1, 1)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		if err := site.Throttle.enter(ctx); err == nil || time.Since(started) != time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
		time.Sleep(time.Minute) // until the request that is in flight has its answer
	})
}
