package intercom

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// meter is the API as the budget sees it: windows of calls, latency, and clocks that
// need not agree with ours.
type meter struct {
	limit   int
	span    time.Duration
	phase   time.Duration // by which windows begin later than at whole multiples of span
	skew    time.Duration // by which its clock is ahead of ours
	latency func() time.Duration
	quiet   bool // sends no rate limit headers

	mu      sync.Mutex
	window  int64
	used    int
	ours    map[int64]int // calls of ours granted, by window
	offset  []time.Duration
	refused int
	calls   int
}

// spend takes a call out of the current window and returns what is left, or -1.
func (m *meter) spend() (window int64, remaining int) {
	w := time.Now().Add(m.skew-m.phase).UnixNano() / int64(m.span)
	if w != m.window {
		m.window, m.used = w, 0
	}
	if m.used >= m.limit {
		return w, -1
	}
	m.used++
	return w, m.limit - m.used
}

func (m *meter) call() *http.Response {
	time.Sleep(m.latency() / 2)
	m.mu.Lock()
	m.calls++
	window, remaining := m.spend()
	start := time.Unix(0, window*int64(m.span)).Add(m.phase)
	resp := &http.Response{StatusCode: 200, Header: http.Header{}}
	if remaining < 0 {
		m.refused++
		remaining = 0
		resp.StatusCode = 429
	} else {
		m.ours[window]++
		m.offset = append(m.offset, time.Now().Add(m.skew).Sub(start))
	}
	m.mu.Unlock()
	if !m.quiet {
		resp.Header.Set("X-RateLimit-Limit", strconv.Itoa(m.limit))
		resp.Header.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
		resp.Header.Set("X-RateLimit-Reset", strconv.FormatInt(start.Add(m.span).Unix(), 10))
	}
	time.Sleep(m.latency() / 2)
	return resp
}

// other spends as another app would, without latency.
func (m *meter) other() (granted bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, remaining := m.spend()
	return remaining >= 0
}

// run keeps workers calling for a time.
func (m *meter) run(t *testing.T, b *budget, workers int, d time.Duration) {
	t.Helper()
	m.ours = map[int64]int{}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				booked, err := b.wait(ctx)
				if err != nil {
					return
				}
				b.answered(booked, m.call())
			}
		})
	}
	wg.Wait()
}

// full are the windows that were run from beginning to end, after the first three, in
// which the budget learns.
func (m *meter) full() []int {
	var first, last int64
	for w := range m.ours {
		if first == 0 || w < first {
			first = w
		}
		last = max(last, w)
	}
	var full []int
	for w := first + 3; w < last; w++ {
		full = append(full, m.ours[w])
	}
	return full
}

func around(d time.Duration) func() time.Duration {
	return func() time.Duration { return d/2 + rand.N(d) }
}

func TestBudgetUsesItsShareEvenlyAndIsNeverRefused(t *testing.T) {
	tests := map[string]struct {
		meter *meter
		share float64
		used  float64 // of the share, at least
	}{
		"10,000 a minute":                     {meter: &meter{limit: 1666}, share: 1, used: 0.98},
		"1,000 a minute":                      {meter: &meter{limit: 166}, share: 1, used: 0.98},
		"half of 10,000 a minute":             {meter: &meter{limit: 1666}, share: 0.5, used: 0.98},
		"half of 500 a minute":                {meter: &meter{limit: 83}, share: 0.5, used: 0.95},
		"slow answers":                        {meter: &meter{limit: 1666, latency: around(400 * time.Millisecond)}, share: 1, used: 0.97},
		"instant answers":                     {meter: &meter{limit: 1666, latency: around(time.Microsecond)}, share: 1, used: 0.98},
		"the API's clock is ahead":            {meter: &meter{limit: 1666, skew: 3700 * time.Millisecond}, share: 1, used: 0.9},
		"the API's clock is behind":           {meter: &meter{limit: 1666, skew: -3700 * time.Millisecond}, share: 1, used: 0.9},
		"the API's clock is an hour ahead":    {meter: &meter{limit: 1666, skew: time.Hour}, share: 1, used: 0.9},
		"the API's clock is an hour behind":   {meter: &meter{limit: 1666, skew: -time.Hour}, share: 1, used: 0.9},
		"windows end between whole seconds":   {meter: &meter{limit: 1666, phase: 2700 * time.Millisecond}, share: 1, used: 0.97},
		"windows of a minute":                 {meter: &meter{limit: 1000, span: time.Minute}, share: 1, used: 0.98},
		"an allowance of one call in windows": {meter: &meter{limit: 1}, share: 1, used: 1},
		"share of an allowance below a call":  {meter: &meter{limit: 3}, share: 0.1, used: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := test.meter
				if m.span == 0 {
					m.span = 10 * time.Second
				}
				if m.latency == nil {
					m.latency = around(100 * time.Millisecond)
				}
				time.Sleep(rand.N(m.span)) // starting anywhere in a window
				m.run(t, newBudget(test.share), 100, 8*m.span)
				if m.refused > 0 {
					t.Errorf("%d of %d calls were refused", m.refused, m.calls)
				}
				share := max(1, int(float64(m.limit)*test.share))
				for _, n := range m.full() {
					if n > share {
						t.Errorf("%d calls in a window, want at most %d", n, share)
					}
					if float64(n) < test.used*float64(share) {
						t.Errorf("%d calls in a window, want at least %.0f %% of %d", n, 100*test.used, share)
					}
				}
				if len(m.full()) < 4 {
					t.Errorf("%d whole windows were run, want 4 at least", len(m.full()))
				}
			})
		})
	}
}

func TestBudgetSpreadsCallsOverTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter{limit: 1666, span: 10 * time.Second, latency: around(50 * time.Millisecond)}
		m.run(t, newBudget(1), 64, 100*time.Second)
		var seconds [10]int
		for _, at := range m.offset {
			seconds[int(at.Seconds())]++
		}
		for s, n := range seconds {
			if share := float64(n) / float64(len(m.offset)); share < 0.06 || share > 0.14 {
				t.Errorf("second %d of the windows has %.0f %% of the calls, want about a tenth", s, 100*share)
			}
		}
	})
}

func TestBudgetYieldsToOtherApps(t *testing.T) {
	const half = 833
	steady := func(m *meter, stop <-chan struct{}) (refused, calls int) {
		for {
			select {
			case <-stop:
				return refused, calls
			case <-time.After(time.Duration(rand.ExpFloat64() * float64(10*time.Second) / half)):
				calls++
				if !m.other() {
					refused++
				}
			}
		}
	}
	for name, share := range map[string]float64{"the whole share": 1, "half a share": 0.5} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &meter{limit: 1666, span: 10 * time.Second, latency: around(100 * time.Millisecond)}
				stop := make(chan struct{})
				var wg sync.WaitGroup
				var refused, calls int
				wg.Go(func() { refused, calls = steady(m, stop) })
				m.run(t, newBudget(share), 32, 5*time.Minute)
				close(stop)
				wg.Wait()
				if all := m.calls + calls; 100*(m.refused+refused) >= all {
					t.Errorf("refused: %d of our %d calls, %d of the others' %d; want under 1 %% of all", m.refused, m.calls, refused, calls)
				}
				if 100*m.refused >= m.calls {
					t.Errorf("refused: %d of our %d calls, want under 1 %%", m.refused, m.calls)
				}
				if n := m.calls / 30; n < half*9/10 {
					t.Errorf("%d calls of ours a window, want most of the %d that others leave", n, half)
				}
			})
		})
	}
}

func TestBudgetBeginsWithOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter{limit: 1666, span: 10 * time.Second, latency: func() time.Duration { return 900 * time.Millisecond }}
		m.run(t, newBudget(1), 8, 899*time.Millisecond)
		if m.calls != 1 {
			t.Errorf("%d requests before the first answer, want 1", m.calls)
		}
	})
}

func TestBudgetLetsAllGoWhereNoLimitIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := meter{limit: 1e9, span: 10 * time.Second, quiet: true, latency: func() time.Duration { return time.Millisecond }}
		m.run(t, newBudget(0.5), 8, time.Second)
		if m.calls < 7000 {
			t.Errorf("%d calls in a second, want nearly 8000", m.calls)
		}
	})
}

func TestBudgetPausesAfterTooManyRequests(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of a synctest bubble
	tests := map[string]struct {
		header   http.Header
		min, max time.Duration
	}{
		"Retry-After in seconds": {http.Header{"Retry-After": {"7"}}, 7 * time.Second, 8 * time.Second},
		"Retry-After as a date":  {http.Header{"Retry-After": {start.Add(20 * time.Second).Format(http.TimeFormat)}}, 20 * time.Second, 21 * time.Second},
		"Retry-After of a day":   {http.Header{"Retry-After": {"86400"}}, 5 * time.Minute, 5*time.Minute + time.Second},
		"the end of the window": {http.Header{
			"X-Ratelimit-Limit": {"83"}, "X-Ratelimit-Remaining": {"0"},
			"X-Ratelimit-Reset": {strconv.FormatInt(start.Unix()+9, 10)},
		}, 9 * time.Second, 10 * time.Second},
		"nothing": {http.Header{}, time.Second, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBudget(1)
				booked, _ := b.wait(t.Context())
				b.answered(booked, &http.Response{StatusCode: 429, Header: test.header})
				if _, err := b.wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				if d := time.Since(start); d < test.min || d > test.max {
					t.Errorf("paused for %s, want %s to %s", d, test.min, test.max)
				}
			})
		})
	}
}

func TestBudgetPausesLongerEachTimeWhenNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		last := time.Now()
		for _, want := range []time.Duration{0, 1, 2, 4, 8} {
			booked, _ := b.wait(t.Context())
			if d := time.Since(last); d < want*time.Second || d > want*time.Second+pauseJitter {
				t.Errorf("paused for %s, want about %d s", d, want)
			}
			last = time.Now()
			b.answered(booked, &http.Response{StatusCode: 429, Header: http.Header{}})
		}
	})
}

func TestBudgetStopsWaitingWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(1)
		booked, _ := b.wait(t.Context())
		b.answered(booked, &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"60"}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range 2 { // one waits for its time, one behind it
			if _, err := b.wait(ctx); err == nil {
				t.Error("a request went out during the pause")
			}
		}
	})
}
