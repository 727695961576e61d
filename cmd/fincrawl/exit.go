package main

import (
	"context"
	"errors"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// The exit codes, as help/exit-codes.txt and the README have them.
const (
	exitDone        = report.ExitDone
	exitFailed      = report.ExitFailed
	exitUsage       = 2
	exitSomeFailed  = report.ExitSomeFailed
	exitHeld        = report.ExitHeld
	exitChanges     = 5
	exitLocked      = 6
	exitInterrupted = report.ExitInterrupted
)

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
	var locked *state.LockedError
	switch {
	case errors.As(err, &end):
		return end.code
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.As(err, &mistake):
		return exitUsage
	case errors.As(err, &locked):
		return exitLocked
	case ctx.Err() != nil:
		return exitInterrupted
	}
	return exitFailed
}
