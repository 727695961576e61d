package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) forget() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "forget SOURCE",
		SuggestFor: []string{"delete", "remove", "rm"},
		Args:       cobra.ExactArgs(1),
	}
	yes := cmd.Flags().Bool("yes", false, "don't ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.load()
		if err != nil {
			return err
		}
		return a.withState(c, func(store *state.Store) error {
			return a.forgetSource(cmd.Context(), c, store, args[0], *yes)
		})
	}
	return cmd
}

func (a *app) forgetSource(ctx context.Context, c *config.Config, store *state.Store, name string, yes bool) error {
	goes, err := decide.FindDeparture(ctx, a.api(c, store), c, store, name)
	if err != nil {
		return err
	}
	showDeparture(a.out, goes, name)
	if slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
		fmt.Fprintf(a.out, "%s is still in sources.yaml: the next sync sends all its pages again.\n", name)
	}
	if err := a.confirm(fmt.Sprintf("Forget %s?", name), yes); err != nil {
		return err
	}
	left, err := goes.Forget(ctx, c.Intercom.Workers, cmp.Or(a.removals, reconcile.LookUpsPerRun))
	if err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(a.out, "%d of %s are deleted, and %d are left. To go on: %s\n",
			goes.Recorded-left, plural.Count(goes.Recorded, "page"), left, a.command(report.ForgetCommand(name)))
		return finished{exitSomeFailed}
	}
	fmt.Fprintf(a.out, "%s is forgotten.\n", name)
	return nil
}

// showDeparture says what goes, and what stays.
func showDeparture(out io.Writer, d *decide.Departure, name string) {
	is := d.ImportSource
	switch {
	case d.SharedWith != "":
		fmt.Fprintf(out, "Import source %d (%s) is that of %s now, and stays with its pages. Only the name %s is forgotten.\n",
			is.ID, is.URL, d.SharedWith, name)
		return
	case is.ID == 0:
		return
	case !d.There:
		fmt.Fprintf(out, "Import source %d (%s) is no longer in Intercom. Only what is recorded of it is forgotten.\n", is.ID, is.URL)
		return
	case d.Whole():
		fmt.Fprintf(out, "This deletes import source %d (%s) from Intercom, and with it %s:\n", is.ID, is.URL, plural.Count(len(d.Ours), "page"))
	default:
		fmt.Fprintf(out, "This deletes %s of import source %d (%s) from Intercom, one by one:\n", plural.Count(d.Recorded, "page"), is.ID, is.URL)
	}
	list(out, d.Ours, max(len(d.Ours), d.Recorded))
	if len(d.Others) > 0 {
		fmt.Fprintf(out, "%s in it that fincrawl did not bring there stay, and the import source with them:\n", plural.Count(len(d.Others), "page"))
		list(out, d.Others, len(d.Others))
	}
	if d.Ended {
		fmt.Fprintln(out, "Intercom's listing ends before all pages of the workspace, so that there may be more in the import source. It stays if there are.")
	}
}

// titlesShown is how many pages are shown before something is done with them.
const titlesShown = 20

func list(out io.Writer, pages []decide.Named, all int) {
	shown := pages[:min(titlesShown, len(pages))]
	for _, p := range shown {
		fmt.Fprintf(out, "  %s\n", p)
	}
	if more := all - len(shown); more > 0 {
		fmt.Fprintf(out, "  … and %d more\n", more)
	}
}

// confirm asks a question that must be answered with yes.
func (a *app) confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	if a.in == nil {
		return usageError{errors.New("nobody is there to ask, so nothing was done; say --yes to do it without asking")}
	}
	fmt.Fprintf(a.out, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(a.in).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return errors.New("not confirmed: nothing was done")
	}
	return nil
}
