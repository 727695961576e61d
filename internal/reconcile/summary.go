package reconcile

import (
	"encoding/json"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/state"
)

// StatusOf returns the short form of a recorded run.
func StatusOf(r state.Run) report.RunStatus {
	return report.RunStatus{ID: r.ID, Mode: r.Mode, Started: r.Started, Finished: r.Finished, ExitCode: r.ExitCode}
}

// SummaryOf returns the report of a recorded run. ok is false if the run did not end.
func SummaryOf(r state.Run) (run report.Run, ok bool) {
	return run, json.Unmarshal(r.Summary, &run) == nil
}
