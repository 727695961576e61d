package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/commandline"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/state"
)

// lockWait is how long a command waits for another one to let go of the state
// file before it says who holds it.
const lockWait = 3 * time.Second

func (a *app) sync() *cobra.Command {
	return a.writing(reconcile.ModeSync, &cobra.Command{
		Use:        "sync [SOURCE…]",
		SuggestFor: []string{"run", "push", "apply", "crawl", "upload", "send"},
	})
}

func (a *app) resync() *cobra.Command {
	return a.writing(reconcile.ModeResync, &cobra.Command{
		Use: "resync [SOURCE…]",
	})
}

// writing completes a command that writes to Intercom and to the state file.
func (a *app) writing(mode reconcile.Mode, cmd *cobra.Command) *cobra.Command {
	format := a.formatFlags(cmd, "none")
	verify, allow, strict, browser := verifyFlag(cmd), allowDeletesFlag(cmd), strictFlag(cmd), a.reportFlag(cmd)
	numbers := metrics.Flags(cmd.Flags())
	var plan string
	var pages []string
	if mode == reconcile.ModeSync {
		pagesFlag(cmd, &pages)
		cmd.Flags().StringVar(&plan, "plan", "", "do only what is within the plan that preview --out saved to `FILE`")
	}
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		if err := numbers.Check(); err != nil {
			return usageError{err}
		}
		a.secrets.Add(numbers.Secret())
		shown, err := browser()
		if err != nil {
			return err
		}
		c, sources, err := a.selected(names, a.load)
		if err != nil {
			return err
		}
		var approval *ingest.Approval
		switch {
		case plan != "" && *allow > 0:
			return usageError{errors.New("--plan says already how many deletes were agreed to; leave --allow-deletes out")}
		case plan != "" && len(pages) > 0:
			return usageError{errors.New("--plan says already which pages are sent; leave --page out")}
		case plan != "":
			if approval, sources, err = decide.ApprovedPlan(plan, sources, len(names) > 0); err != nil {
				return err
			}
		}
		only, sources, err := onlyPages(c, names, pages, sources)
		if err != nil {
			return err
		}
		store, err := state.Open(c.State, a.stateOptions(c))
		if err != nil {
			return err
		}
		log, show := a.progress()
		r := a.runner(c, store, a.newClient(c.Intercom, log), log, show)
		r.ID, r.Mode, r.Verify, r.AllowDeletes, r.Strict = a.run, mode, *verify, int(*allow), *strict
		r.Approval, r.By, r.Only, r.Shown = approval, approval.Who(decide.User(a.lookupEnv)), only, shown
		watch, err := numbers.Begin(show, r.Metrics)
		if err != nil {
			return errors.Join(usageError{err}, store.Close())
		}
		r.Show = watch
		run, err := reconcile.Record(cmd.Context(), sources, r)
		if told := watch.Report(cmd.Context()); told != nil {
			log.Warn("the metrics did not arrive", "error", told)
		}
		show.Stop()
		return a.end(run, format(), nil, errors.Join(err, store.CloseAfterRun(cmd.Context(), log), shown.Write(run)))
	}
	return cmd
}

// stateOptions say how a command that runs opens the state file.
func (a *app) stateOptions(c *config.Config) state.Options {
	return state.Options{Wait: lockWait, Commit: a.commit, KeepRuns: c.History.Runs, KeepFor: c.History.For}
}

// runner returns what does a run with an open state file.
func (a *app) runner(c *config.Config, store *state.Store, api *intercom.Client, log *slog.Logger, show reconcile.Progress) *reconcile.Runner {
	return &reconcile.Runner{
		Config: c, Ledger: store, Staging: store, API: api, Log: log, Secrets: a.secrets,
		Show: show, Wait: a.wait, Transport: a.transport, Now: a.now,
	}
}

// formatFlags returns the format that a run is to be reported in; of which it is byDefault where the
// log is JSON.
func (a *app) formatFlags(cmd *cobra.Command, byDefault string) func() string {
	return commandline.ReportFormat(cmd, func() bool { return a.logFormat == "json" }, byDefault, func(err error) error { return usageError{err} })
}

func allowDeletesFlag(cmd *cobra.Command) *uint {
	return cmd.Flags().Uint("allow-deletes", 0, "for this run, delete up to `N` pages of each source, whatever deletes.max_count and max_share say")
}

func strictFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("strict", false, "exit with 3 or 4 for what stands since earlier runs, too")
}

func verifyFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("verify", false, "compare with what Intercom has, and mend what was edited or deleted there")
}

// selected loads sources.yaml and picks the sources that were named, or all of them.
func (a *app) selected(names []string, load func() (*config.Config, error)) (*config.Config, []config.Source, error) {
	c, err := a.loadToLook() // a name that is wrong is told of before a secret that is missing
	if err != nil {
		return nil, nil, err
	}
	if _, err := c.Select(names); err != nil {
		return nil, nil, usageError{err}
	}
	if c, err = load(); err != nil {
		return nil, nil, err
	}
	sources, err := c.Select(names)
	if err != nil {
		return nil, nil, err
	}
	for _, warning := range c.OpenFiles() {
		a.logger().Warn("a file is open to others", "advice", warning)
	}
	return c, sources, nil
}

// progress returns how to log and how to show progress: together, since on a
// terminal they share the screen.
func (a *app) progress() (*slog.Logger, reconcile.Progress) {
	if a.quiet {
		return a.logger(), terminal.Quiet{}
	}
	if line := terminal.NewStatusLines(a.errOut); line != nil && a.logFormat == "text" {
		onLine := *a
		onLine.errOut = terminal.NewOutput(line, a.secrets)
		return onLine.logger(), line
	}
	log := a.logger()
	return log, terminal.NewLogProgress(log)
}

// texts gives the Markdown of a changed page before and after.
type texts = func(source, externalID string) (before, after string, err error)

// end prints the report of a run and returns how it went. err is what went
// wrong around it.
func (a *app) end(run report.Run, format string, texts texts, err error) error {
	if err != nil {
		run.Error = strings.TrimPrefix(run.Error+"\n"+err.Error(), "\n")
		run.ExitCode = exitFailed
	}
	switch format {
	case "none":
		if err != nil { // which the report would say
			return err
		}
	case "json":
		err = report.JSON(terminal.JSONText.Of(a.out), run)
	case "markdown":
		err = report.Markdown(a.out, run, a.textOptions(texts))
	default:
		err = report.Text(terminal.ForReport(a.out), run, a.textOptions(texts))
	}
	if err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return finished{run.ExitCode}
}

func (a *app) textOptions(texts texts) report.TextOptions {
	return report.TextOptions{Color: terminal.Color(a.out), Width: terminal.Width(a.out), Verbose: a.verbose, Texts: texts, Config: a.namedConfig()}
}
