package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) adopt() *cobra.Command {
	cmd := &cobra.Command{
		Use:  "adopt SOURCE [URL…]",
		Args: cobra.MinimumNArgs(1),
	}
	yes := cmd.Flags().Bool("yes", false, "don't ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.load()
		if err != nil {
			return err
		}
		return a.withState(c, func(store *state.Store) error {
			return a.adoptPages(cmd.Context(), c, store, args[0], args[1:], *yes)
		})
	}
	return cmd
}

func (a *app) adoptPages(ctx context.Context, c *config.Config, store *state.Store, name string, only []string, yes bool) error {
	found, err := decide.FindAdoption(ctx, a.api(c, store), c, store, name, only)
	if err != nil {
		return err
	}
	is := found.ImportSource
	if found.Ended {
		fmt.Fprintln(a.out, "Intercom's listing ends before all pages of the workspace: what is beyond its end is taken over only by its external ID.")
	}
	if len(found.Pages) == 0 {
		if len(only) > 0 {
			return usageError{fmt.Errorf("import source %d (%s) has no page with that URL or external ID which is not fincrawl's already", is.ID, is.URL)}
		}
		fmt.Fprintf(a.out, "All pages of import source %d (%s) are fincrawl's already.\n", is.ID, is.URL)
		return nil
	}
	fmt.Fprintf(a.out, "This makes %s of import source %d (%s) fincrawl's own:\n", plural.Count(len(found.Pages), "page"), is.ID, is.URL)
	decide.List(a.out, found.Pages, len(found.Pages))
	if !slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
		fmt.Fprintf(a.out, "%s is not in sources.yaml: they stay until it is forgotten.\n", name)
	} else {
		fmt.Fprintln(a.out, "The next syncs send those that the site has, and delete the others, within the limits of deletes.")
	}
	if err := a.confirm(fmt.Sprintf("Take them over for %s?", name), yes); err != nil {
		return err
	}
	if err := found.Adopt(store); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s taken over.\n", plural.Count(len(found.Pages), "page"))
	return nil
}
