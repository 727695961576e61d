package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) adopt() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "adopt SOURCE [URL…]",
		Short: "Take over the pages of an import source that fincrawl did not bring there",
		Long: `adopt makes pages in the import source of a source fincrawl's own, which it leaves
alone otherwise: pages of another tool, and those that were found in Intercom and of which
nothing shows that fincrawl sent them. It takes over those with the given URLs or external
IDs, and without any, all of them. From then on each is kept equal to the site, and goes as
any page does that the site no longer has. It shows what it takes over and asks first; --yes
answers for a script. Nothing is changed in Intercom before the next sync.`,
		Args: cobra.MinimumNArgs(1),
	}
	yes := cmd.Flags().Bool("yes", false, "don't ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		c, err := a.load()
		if err != nil {
			return err
		}
		store, err := state.Open(c.State, state.Options{Wait: lockWait})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		return a.adoptPages(cmd.Context(), c, store, args[0], args[1:], *yes)
	}
	return cmd
}

func (a *app) adoptPages(ctx context.Context, c *config.Config, store *state.Store, name string, only []string, yes bool) error {
	is, known, err := store.ImportSource(name)
	if err != nil {
		return err
	}
	if !known || is.ID == 0 {
		names, err := store.Sources()
		if err != nil {
			return err
		}
		for _, s := range c.Sources {
			if s.Name == name {
				return usageError{fmt.Errorf("no import source is recorded of %q yet: run fincrawl sync first", name)}
			}
		}
		return usageError{fmt.Errorf("nothing is recorded of a source %q; recorded are: %s", name, strings.Join(names, ", "))}
	}
	api, err := a.clientFor(ctx, c, store)
	if err != nil {
		return err
	}
	remote, err := ingest.ReadRemote(ctx, api)
	if err != nil {
		return err
	}
	for _, id := range only {
		if err := remote.LookUp(ctx, api, is.ID, id); err != nil {
			return fmt.Errorf("look %s up in Intercom: %w", id, err)
		}
	}
	var taken []state.Entry
	var titles []string
	for _, there := range remote.Adopt(is.ID, func(string, string) bool { return true }) {
		e, recorded, err := store.Entry(name, there.ExternalID)
		switch named := slices.Contains(only, there.URL) || slices.Contains(only, there.ExternalID); {
		case err != nil:
			return err
		case len(only) > 0 && !named:
			continue
		case recorded && e.RemoteID != "" && e.Ours():
			continue
		case !recorded || e.RemoteID == "":
			e = there
		}
		e.Owned = true
		taken = append(taken, e)
		titles = append(titles, fmt.Sprintf("%q %q", there.Title, there.URL)) // quoted, since they may say anything
	}
	if remote.Ended {
		fmt.Fprintln(a.out, "Intercom's listing ends before all pages of the workspace: what is beyond its end is taken over only by its external ID.")
	}
	if len(taken) == 0 {
		if len(only) > 0 {
			return usageError{fmt.Errorf("import source %d (%s) has no page with that URL or external ID which is not fincrawl's already", is.ID, is.URL)}
		}
		fmt.Fprintf(a.out, "All pages of import source %d (%s) are fincrawl's already.\n", is.ID, is.URL)
		return nil
	}
	fmt.Fprintf(a.out, "This makes %s of import source %d (%s) fincrawl's own:\n", plural.Count(len(taken), "page"), is.ID, is.URL)
	list(a.out, titles, len(titles))
	if !slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
		fmt.Fprintf(a.out, "%s is not in sources.yaml: they stay until it is forgotten.\n", name)
	} else {
		fmt.Fprintln(a.out, "The next syncs send those that the site has, and delete the others, within the limits of deletes.")
	}
	if err := a.confirm(fmt.Sprintf("Take them over for %s?", name), yes); err != nil {
		return err
	}
	for _, e := range taken {
		if err := store.PutEntry(name, e); err != nil {
			return err
		}
	}
	record, err := store.Verification(name)
	if err != nil {
		return err
	}
	record.Foreign, record.Due = state.Foreign{}, "pages were taken over"
	if err := errors.Join(store.Flush(), store.SetVerification(name, record)); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s taken over.\n", plural.Count(len(taken), "page"))
	return nil
}
