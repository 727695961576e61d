package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// shownRuns is how many runs a status lists.
const shownRuns = 5

// Status returns what the state file knows about sources.
func Status(c *config.Config, sources []config.Source, store *state.Store) (report.Status, error) {
	status := report.Status{State: c.State, Runs: []report.RunStatus{}, Sources: []report.SourceStatus{}}
	var err error
	if status.Workspace, err = store.Workspace(); err != nil {
		return status, err
	}
	runs, err := store.Runs()
	if err != nil {
		return status, err
	}
	for _, r := range runs[:min(shownRuns, len(runs))] {
		status.Runs = append(status.Runs, StatusOf(r))
	}
	if holder, held := state.InUse(c.State); held {
		status.Running = &report.Holder{PID: holder.PID, Host: holder.Host, Since: holder.Since}
	}
	for _, s := range sources {
		one, err := sourceStatus(s, store)
		if err != nil {
			return status, err
		}
		one.Failure = lastFailure(runs, s.Name)
		if r, ok := lastSuccess(runs, s.Name); ok {
			one.LastSuccess = r.Finished
		}
		status.Sources = append(status.Sources, one)
	}
	status.Orphans, err = Orphans(c, store)
	return status, err
}

func sourceStatus(s config.Source, store *state.Store) (report.SourceStatus, error) {
	status := report.SourceStatus{Name: s.Name, URL: s.URL}
	is, ok, err := store.ImportSource(s.Name)
	if err != nil {
		return status, err
	}
	status.ImportSource = report.ImportSourceStatus{ID: is.ID, URL: is.URL, Status: report.ImportFound}
	switch {
	case !ok:
		status.ImportSource.Status = report.ImportNone
		status.ImportSource.URL = s.LibraryURL
	case is.Deactivated:
		status.ImportSource.Status = report.ImportDeactivated
	}
	if status.Waiting, err = Collect(store.Concerns(s.Name)); err != nil {
		return status, err
	}
	if status.Decided, err = Collect(store.Decisions(s.Name)); err != nil {
		return status, err
	}
	if status.Withdrawn, err = Collect(store.Withdrawals(s.Name)); err != nil {
		return status, err
	}
	verified, err := store.Verification(s.Name)
	if err != nil {
		return status, err
	}
	status.LastVerified = verified.At
	for e, err := range store.Entries(s.Name) {
		if err != nil {
			return status, err
		}
		if e.RemoteID != "" {
			status.Pages++
		}
		if e.Drift != "" {
			status.Drifted++
		}
		if r := e.Refused; r != nil {
			status.Refused = append(status.Refused, report.RefusedPage{
				ExternalID: e.ExternalID, URL: e.URL, Title: e.Title,
				Status: r.Status, Code: r.Code, Message: r.Message, RequestID: r.RequestID, At: r.At,
			})
		}
		if e.Misses > 0 {
			missing := report.MissingPage{
				ExternalID: e.ExternalID, URL: e.URL, Title: e.Title, Misses: e.Misses, Of: s.Deletes.ConfirmRuns,
			}
			if trail, ok, err := store.Trail(s.Name, e.URL); err != nil {
				return status, err
			} else if ok {
				missing.Outcome, missing.Since = trail.Last.Outcome, trail.Last.Since
			}
			status.Missing = append(status.Missing, missing)
		}
	}
	return status, nil
}

// lastFailure returns why the last run that ended could not read a source or send to it, and since when
// that is so. It is nil where the last run succeeded.
func lastFailure(runs []state.Run, source string) (f *report.SourceFailure) {
	for _, r := range runs { // the newest first
		run, ok := SummaryOf(r)
		if !ok {
			continue
		}
		i := slices.IndexFunc(run.Sources, func(s report.Source) bool { return s.Name == source })
		if i < 0 {
			continue
		}
		why := cmp.Or(run.Sources[i].Error, run.Error)
		if why == "" {
			break
		}
		if f == nil {
			f = &report.SourceFailure{Run: r.ID, At: r.Finished, Error: why}
		}
		f.Since, f.Runs = r.Started, f.Runs+1
	}
	return f
}

// success is a run that saw all of a source and sent everything.
type success struct {
	Finished   time.Time
	Discovered int // number of URLs
}

// lastSuccess returns the last run that succeeded.
func lastSuccess(runs []state.Run, source string) (success, bool) {
	for _, r := range runs { // the newest first
		var run report.Run
		if json.Unmarshal(r.Summary, &run) != nil || run.Error != "" {
			continue
		}
		for _, s := range run.Sources {
			done := s.Result != nil && s.Error == "" && !s.PartlyFailed() && (s.Plan == nil || !s.Plan.Coverage.Partial || s.Plan.Coverage.Changes)
			if s.Name == source && done {
				last := success{Finished: r.Finished}
				if s.Plan != nil {
					last.Discovered = s.Plan.Coverage.Discovered
				}
				return last, true
			}
		}
	}
	return success{}, false
}

// LookOnline updates the import sources of a status with what Intercom says about them.
func LookOnline(ctx context.Context, api *intercom.Client, sources []report.SourceStatus) error {
	for i := range sources {
		is := &sources[i].ImportSource
		if is.ID == 0 {
			continue
		}
		found, err := api.ImportSource(ctx, is.ID)
		is.Online = true
		switch {
		case err != nil && intercom.KindOf(err) == intercom.NotFound:
			is.Status = report.ImportMissing
		case err != nil:
			return fmt.Errorf("look at import source %d: %w", is.ID, err)
		case found.Status == "deactivated":
			is.Status, is.URL = report.ImportDeactivated, found.URL
		default:
			is.Status, is.URL = report.ImportFound, found.URL
		}
	}
	return nil
}
