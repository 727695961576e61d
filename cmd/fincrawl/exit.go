package main

import (
	"context"
	"errors"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/reconcile"
)

// The exit codes, as the help and the README have them.
const (
	exitDone        = report.ExitDone
	exitFailed      = report.ExitFailed
	exitUsage       = 2
	exitSomeFailed  = report.ExitSomeFailed
	exitHeld        = report.ExitHeld
	exitChanges     = 5
	exitInterrupted = report.ExitInterrupted
)

const exitCodesHelp = `Exit codes:
  0    done
  1    failed: a source could not be read at all, or Intercom could not be reached
  2    wrong usage, or mistakes in sources.yaml
  3    done, but pages failed or were refused that did not the run before
  4    done, but a guard holds something new, or a reminder is due (also where 3 applies)
  5    preview --expect-no-changes: there are changes
  130  interrupted

What stands as it was told of by an earlier run is in the report and in fincrawl status,
and exits with 0 until remind_after is over; --strict tells of it each time. A source
that yields next to nothing, and a credential that is in the library already, are told
of by every run.`

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
	var mistake reconcile.Mistake
	var end finished
	switch {
	case errors.As(err, &end):
		return end.code
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.As(err, &mistake):
		return exitUsage
	case ctx.Err() != nil:
		return exitInterrupted
	}
	return exitFailed
}
