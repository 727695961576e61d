package serve

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/internal/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// nightly is a server of sources with schedules, whose runs are given.
func nightly(t *testing.T, logs *bytes.Buffer, schedules ...string) *Server {
	t.Helper()
	c := &config.Config{State: t.TempDir() + "/none.db"}
	c.Serve.TimeZone = "Europe/Berlin"
	for i, text := range schedules {
		c.Sources = append(c.Sources, config.Source{Name: fmt.Sprintf("s%d", i+1), Schedule: config.Schedule(text)})
	}
	times, err := newTimetable(c, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(logs, nil))
	return &Server{
		Config: Config{Sources: c, Now: time.Now, Log: log}, ledger: ledger{path: c.State}, queue: newQueue(time.Now), times: times,
	}
}

// serveFor lets the clock and the queue work for a time. Each run takes as long as run says.
func (s *Server) serveFor(t *testing.T, d time.Duration, takes func(j job) time.Duration) (began []string) {
	t.Helper()
	var mu sync.Mutex
	going := map[string]bool{}
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { s.watchClock(ctx) })
	work.Go(func() {
		s.queue.dispatch(ctx, func(ctx context.Context, j job) {
			mu.Lock()
			began = append(began, time.Now().UTC().Format("02 15:04 ")+strings.Join(j.sources, "+"))
			for _, source := range j.sources {
				if going[source] {
					t.Errorf("two runs of %s go on", source)
				}
				going[source] = true
			}
			length := takes(j)
			mu.Unlock()
			sleep(ctx, length)
			mu.Lock()
			for _, source := range j.sources {
				going[source] = false
			}
			mu.Unlock()
		})
	})
	work.Wait()
	return began
}

func TestRunsBeginWhenTheirTimeComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which begins on 1 January 2000, at midnight UTC
		s := nightly(t, new(bytes.Buffer), "0 3 * * *", "0 3 * * *", "CRON_TZ=UTC 30 4 * * *", "")
		began := s.serveFor(t, 30*time.Hour, func(job) time.Duration { return time.Minute })
		want := []string{"01 02:00 s1+s2", "01 04:30 s3", "02 02:00 s1+s2", "02 04:30 s3"}
		if diff := cmp.Diff(want, began); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAMissedRunIsSaidAndMadeUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		s := nightly(t, &logs, "@hourly")
		first := true
		began := s.serveFor(t, 6*time.Hour-time.Minute, func(job) time.Duration {
			if first {
				first = false
				return 150 * time.Minute // past two more times
			}
			return time.Minute
		})
		want := []string{"01 01:00 s1", "01 03:30 s1", "01 04:00 s1", "01 05:00 s1"}
		if diff := cmp.Diff(want, began); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if n := strings.Count(logs.String(), "a run was missed"); n != 2 {
			t.Errorf("%d runs were said to be missed:\n%s", n, logs.String())
		}
		if r, _ := s.times.of("s1"); r.missed != 2 {
			t.Errorf("%d runs are shown as missed", r.missed)
		}
	})
}

func TestRunsThatNobodyDidAreMadeUpOnceAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		s := nightly(t, &logs, "@hourly", "@hourly")
		s.times.resume("s1", time.Now().Add(-5*time.Hour-time.Minute))
		s.times.resume("s2", time.Now().Add(-time.Minute*59))
		began := s.serveFor(t, 30*time.Minute, func(job) time.Duration { return time.Minute })
		if diff := cmp.Diff([]string{"01 00:00 s1+s2"}, began); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if !strings.Contains(logs.String(), "runs were missed while this program did not run") || strings.Count(logs.String(), "missed") < 1 {
			t.Errorf("nothing was said:\n%s", logs.String())
		}
	})
}

func page(n int) *url.URL {
	return &url.URL{Scheme: "https", Host: "w.example", Path: fmt.Sprintf("/%d", n)}
}

func TestABurstOfPagesIsOneRunBesideThatOfAnotherSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := nightly(t, new(bytes.Buffer), "", "@hourly")
		go func() {
			time.Sleep(61 * time.Minute)
			for i := range 50 { // while the run of s2 goes on
				if err := s.queue.addPages("s1", []*url.URL{page(i % 10)}); err != nil {
					t.Error(err)
				}
				if err := s.queue.addPages("s2", []*url.URL{page(i % 10)}); err != nil {
					t.Error(err)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
		var pages []int
		began := s.serveFor(t, 110*time.Minute, func(j job) time.Duration {
			pages = append(pages, len(slices.Concat(j.only["s1"], j.only["s2"])))
			return 30 * time.Minute
		})
		want := []string{"01 01:00 s2", "01 01:01 s1", "01 01:31 s2"}
		if diff := cmp.Diff(want, began); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]int{0, 10, 10}, pages); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAFloodOfPagesIsBounded(t *testing.T) {
	q := newQueue(time.Now)
	for i := range mostPages {
		if err := q.addPages("wiki", []*url.URL{page(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.addPages("wiki", []*url.URL{page(mostPages)}); err == nil {
		t.Error("one more was taken")
	}
	if err := q.addPages("wiki", []*url.URL{page(0)}); err != nil {
		t.Errorf("one that waits already: %v", err)
	}
	if err := q.addPages("other", []*url.URL{page(0)}); err != nil {
		t.Errorf("one of another source: %v", err)
	}
}

func TestADecisionKeepsRunsOfItsSourceFromBeginning(t *testing.T) {
	q := newQueue(time.Now)
	release, busy := q.hold([]string{"wiki"})
	if busy != "" {
		t.Fatal(busy)
	}
	q.addWhole("wiki")
	if _, _, ok := q.take(); ok {
		t.Error("a run began")
	}
	release()
	j, _, ok := q.take()
	if !ok {
		t.Fatal("no run begins")
	}
	if _, busy := q.hold([]string{"other", "wiki"}); busy != "wiki" {
		t.Errorf("a decision is written while a run goes on: %q", busy)
	}
	q.done(j)
}
