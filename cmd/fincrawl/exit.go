package main

import (
	"context"
	"errors"
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
)

// The exit codes, as the help and the README have them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitSomeFailed  = 3
	exitHeld        = 4
	exitChanges     = 5
	exitInterrupted = 130
)

const exitCodesHelp = `Exit codes:
  0    done
  1    failed: a source could not be read at all, or Intercom could not be reached
  2    wrong usage, or mistakes in sources.yaml
  3    done, but some pages failed or were refused
  4    done, but a guard held something back (also where 3 applies)
  5    preview --expect-no-changes: there are changes
  130  interrupted`

// usageError is a mistake in what was asked for, rather than a failure to do it.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// finished is the end of a command whose outcome was already shown.
type finished struct{ code int }

func (finished) Error() string { return "finished" }

// exitCode maps what a command returned to the exit code of the process.
func exitCode(ctx context.Context, err error) int {
	var usage usageError
	var end finished
	switch {
	case errors.As(err, &end):
		return end.code
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	}
	return exitFailed
}

// runExitCode says how a run went.
func runExitCode(ctx context.Context, run report.Run) int {
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case run.Error != "" || anySource(run, sourceFailed):
		return exitFailed
	case anySource(run, sourceHeld):
		return exitHeld
	case anySource(run, sourcePartlyFailed):
		return exitSomeFailed
	}
	return exitDone
}

func anySource(run report.Run, is func(report.Source) bool) bool {
	return slices.ContainsFunc(run.Sources, is)
}

func sourceFailed(s report.Source) bool { return s.Error != "" }

func sourceHeld(s report.Source) bool { return s.Plan != nil && s.Plan.HeldBack() > 0 }

func sourcePartlyFailed(s report.Source) bool {
	return s.Plan != nil && (!s.Plan.Coverage.Complete || s.Plan.Resting() > 0) || s.Result != nil && len(s.Result.Failed) > 0
}

// sourceChanges reports whether a sync would write anything for the source, or
// would but for a guard.
func sourceChanges(s report.Source) bool {
	return s.ImportSource != nil && s.ImportSource.Action != ingest.Unchanged ||
		s.Plan != nil && s.Plan.Counts()[ingest.Unchanged] < len(s.Plan.Changes)
}
