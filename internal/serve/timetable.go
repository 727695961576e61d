package serve

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/netresearch/go-cron"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/state"
)

// timetable has the times of all sources that have a schedule.
type timetable struct {
	mu   sync.Mutex
	rows []*row
}

// row has the times of one source.
type row struct {
	source     string
	times      cron.Schedule
	next       time.Time
	missed     int // since the program began
	lastMissed time.Time
}

// due is a run whose time has come.
type due struct {
	source string
	at     time.Time
	missed int // earlier times that nothing was done at
}

const (
	// longestWait is after how long the clock is looked at again, since it may be set, and a machine may sleep.
	longestWait = time.Minute
	// mostMissed is how many missed times are counted.
	mostMissed = 1000
)

func newTimetable(c *config.Config, now time.Time) (*timetable, error) {
	t := new(timetable)
	for _, s := range c.Sources {
		if s.Schedule == "" {
			continue
		}
		times, err := s.Schedule.Times(c.Serve.TimeZone)
		if err != nil {
			return nil, fmt.Errorf("schedule of %s: %w", s.Name, err)
		}
		t.rows = append(t.rows, &row{source: s.Name, times: times, next: times.Next(now)})
	}
	return t, nil
}

func (t *timetable) empty() bool { return len(t.rows) == 0 }

// due returns the runs whose time has come, and moves on to their next times.
func (t *timetable) due(now time.Time) (list []due) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if r.next.IsZero() || r.next.After(now) {
			continue
		}
		d := due{source: r.source}
		for count := 0; !r.next.IsZero() && !r.next.After(now); count++ {
			d.at, d.missed = r.next, count
			if r.next = r.times.Next(r.next); count == mostMissed {
				r.next = r.times.Next(now)
			}
		}
		list = append(list, d)
	}
	return list
}

// resume makes a source due that has missed a time since its last run.
func (t *timetable) resume(source string, last time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if first := r.times.Next(last); r.source == source && first.Before(r.next) {
			r.next = first
		}
	}
}

// miss counts runs that were missed.
func (t *timetable) miss(source string, missed int, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if r.source == source && missed > 0 {
			r.missed += missed
			r.lastMissed = at
		}
	}
}

// of returns the next time of a source, and what was missed.
func (t *timetable) of(source string) (r row, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rows {
		if r.source == source {
			return *r, true
		}
	}
	return r, false
}

// wait returns how long to sleep before the clock is looked at again.
func (t *timetable) wait(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := longestWait
	for _, r := range t.rows {
		if !r.next.IsZero() {
			wait = min(wait, r.next.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

// makeUp makes those sources due whose last run was before a time that has passed since. A source
// that never ran waits for its next time.
func (s *Server) makeUp(store *state.Store) error {
	for _, source := range s.Sources.Sources {
		h, err := store.Health(source.Name)
		if err != nil {
			return err
		}
		var last metrics.Numbers
		if h.Numbers == nil || json.Unmarshal(h.Numbers, &last) != nil {
			continue
		}
		s.times.resume(source.Name, last.Ended)
	}
	return nil
}
