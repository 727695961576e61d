package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
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
	goes.Describe(a.out)
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
