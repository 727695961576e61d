package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/privatefile"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
)

func (a *app) preview() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "preview [SOURCE…]",
		SuggestFor: []string{"dry-run", "plan", "diff"},
	}
	format := a.formatFlags(cmd, "json")
	verify := verifyFlag(cmd)
	allow := allowDeletesFlag(cmd)
	out := cmd.Flags().String("out", "", "save the plan to `FILE`, for sync --plan")
	strict, browser := strictFlag(cmd), a.reportFlag(cmd)
	var pages []string
	pagesFlag(cmd, &pages)
	expectNone := cmd.Flags().Bool("expect-no-changes", false, "exit with 5 where there are changes")
	cmd.RunE = func(cmd *cobra.Command, names []string) (err error) {
		if *out != "" {
			if err := privatefile.MayWrite(*out); err != nil {
				return usageError{fmt.Errorf("--out: %w", err)}
			}
		}
		shown, err := browser()
		if err != nil {
			return err
		}
		c, sources, err := a.selected(names, a.load)
		if err != nil {
			return err
		}
		only, sources, err := onlyPages(c, names, pages, sources)
		if err != nil {
			return err
		}
		ledger, staging, done, err := reconcile.OpenAside(c, lockWait)
		if err != nil {
			return err
		}
		defer func() { err = keepFirst(err, done()) }()

		log, show := a.progress()
		r := reconcile.Runner{
			ID: a.run, Config: c, Mode: reconcile.ModePreview, Ledger: ledger, Staging: staging, API: a.newClient(c.Intercom, log), Log: log, Secrets: a.secrets, Show: show, Wait: a.wait, Transport: a.transport, Verify: *verify, AllowDeletes: int(*allow),
			Strict: *strict, Now: a.now, Only: only, Shown: shown,
		}
		if err := r.LookAtAge(); err != nil {
			return err
		}
		run := r.RunOnce(cmd.Context(), sources)
		show.Stop()
		if *out != "" && run.ExitCode != exitInterrupted {
			if err := decide.SavePlan(*out, run); err != nil {
				return a.end(run, format(), r.Texts, err)
			}
		}
		if *expectNone && run.ExitCode != exitFailed && run.ExitCode != exitInterrupted && slices.ContainsFunc(run.Sources, report.Source.Changes) {
			run.ExitCode = exitChanges
		}
		return a.end(run, format(), r.Texts, shown.Write(run))
	}
	return cmd
}

// keepFirst is err, or else, where that says no more than how a run went well
// or not, what went wrong after it.
func keepFirst(err, later error) error {
	var end finished
	if later != nil && (err == nil || errors.As(err, &end)) {
		return later
	}
	return err
}
