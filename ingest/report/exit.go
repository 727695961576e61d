package report

import (
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
)

// The exit codes of a run. The help and the README list them.
const (
	ExitDone        = 0   // done
	ExitFailed      = 1   // a source could not be read at all, or Intercom could not be reached
	ExitSomeFailed  = 3   // done, but pages failed or were refused
	ExitHeld        = 4   // done, but a guard holds something (also where ExitSomeFailed applies)
	ExitInterrupted = 130 // interrupted
)

// ExitCodeOf returns the exit code of a run. With strict, what was reported before counts like what is new.
func ExitCodeOf(run Run, interrupted, strict bool) int {
	any := func(is func(Source) bool) bool { return slices.ContainsFunc(run.Sources, is) }
	switch {
	case interrupted:
		return ExitInterrupted
	case run.Error != "" || any(func(s Source) bool { return s.Error != "" }):
		return ExitFailed
	case any(func(s Source) bool { return s.HoldsTold(strict) }):
		return ExitHeld
	case any(func(s Source) bool { return s.FailuresTold(strict) }):
		return ExitSomeFailed
	}
	return ExitDone
}

// Changes reports whether a sync would write anything for the source if no guard held it.
func (s Source) Changes() bool {
	return s.ImportSource != nil && s.ImportSource.Action != ingest.Unchanged ||
		s.Plan != nil && s.Plan.Counts()[ingest.Unchanged] < len(s.Plan.Changes)
}
