package reconcile

import (
	"encoding/json"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/state"
)

// StatusOf is a run that is remembered, in short.
func StatusOf(r state.Run) report.RunStatus {
	return report.RunStatus{ID: r.ID, Mode: r.Mode, Started: r.Started, Finished: r.Finished, ExitCode: r.ExitCode}
}

// SummaryOf is what is remembered of a run; ok is false where it did not end.
func SummaryOf(r state.Run) (run report.Run, ok bool) {
	return run, json.Unmarshal(r.Summary, &run) == nil
}
