package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// This file records how the runs of a source went, for metrics and for monitoring.
// noteSuccess records that a source was read and sent completely, as soon as it is done.
func (r *Runner) noteSuccess(s report.Source) error {
	if !r.Mode.sends() || r.Only != nil || !metrics.Succeeded(s) {
		return nil
	}
	h, err := r.health(s.Name)
	if err != nil {
		return err
	}
	h.Success, h.FailedRuns, h.Failing = r.Now().UTC(), 0, time.Time{}
	return r.setHealth(s, h)
}

// noteFailures records which sources failed in a run. An interrupted run says nothing about the sources that it did not
// finish, and a run of single pages says nothing about a source.
func (r *Runner) noteFailures(ctx context.Context, run report.Run) error {
	if r.Only != nil || ctx.Err() != nil {
		return nil
	}
	for _, s := range run.Sources {
		if metrics.Succeeded(s) {
			continue
		}
		h, err := r.health(s.Name)
		if err != nil {
			return err
		}
		if h.FailedRuns == 0 {
			h.Failing = run.Started
		}
		h.FailedRuns++
		if err := r.setHealth(s, h); err != nil {
			return err
		}
	}
	return nil
}

// setHealth records the health of a source together with the numbers of its run.
func (r *Runner) setHealth(s report.Source, h state.Health) error {
	pages, err := r.pagesInLibrary(s.Name)
	if err != nil {
		return err
	}
	if h.Numbers, err = json.Marshal(metrics.Count(s, pages, r.Now().UTC())); err != nil {
		return fmt.Errorf("count what was done: %w", err)
	}
	return r.Ledger.SetHealth(s.Name, h)
}

// health returns the recorded health of a source. A state file of an older version has none; the last success is then
// taken from the recorded runs.
func (r *Runner) health(source string) (state.Health, error) {
	h, err := r.Ledger.Health(source)
	if err != nil || h.Numbers != nil {
		return h, err
	}
	runs, err := r.Ledger.Runs()
	if err != nil {
		return h, err
	}
	if last, ok := lastSuccess(runs, source); ok {
		h.Success = last.Finished
	}
	return h, nil
}

func (r *Runner) pagesInLibrary(source string) (pages int, err error) {
	for e, err := range r.Ledger.Entries(source) {
		if err != nil {
			return 0, err
		}
		if e.RemoteID != "" {
			pages++
		}
	}
	return pages, nil
}

// Metrics returns the current metrics: those of the run, and those of each configured source after its last run.
func (r *Runner) Metrics() (metrics.Snapshot, error) {
	s := metrics.Snapshot{Version: version.Build(), At: r.Now().UTC(), API: r.API.Usage()}
	if run := r.run.Load(); run != nil {
		s.Started, s.Ended, s.ExitCode = run.Started, run.Finished, run.ExitCode
	}
	for _, source := range r.Config.Sources {
		h, err := r.health(source.Name)
		if err != nil {
			return s, err
		}
		one := metrics.Source{Name: source.Name, Health: h}
		if h.Numbers != nil {
			one.Last = new(metrics.Numbers)
			if err := json.Unmarshal(h.Numbers, one.Last); err != nil {
				return s, fmt.Errorf("read what was counted of %s: %w", source.Name, err)
			}
		}
		s.Sources = append(s.Sources, one)
	}
	return s, nil
}
