package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) forget() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "forget SOURCE",
		Short: "Delete the import source of a source, and all its pages, from Intercom",
		Long: `forget deletes from Intercom what a source brought there: its import source and all
the pages in it; and forgets the source. It is for a source that was taken out of
sources.yaml, which every run names as an orphan. It shows what goes and asks
first; --yes answers for a script.`,
		Args: cobra.ExactArgs(1),
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
		return a.forgetSource(cmd.Context(), c, store, args[0], *yes)
	}
	return cmd
}

func (a *app) forgetSource(ctx context.Context, c *config.Config, store *state.Store, name string, yes bool) error {
	names, err := store.Sources()
	if err != nil {
		return err
	}
	if !slices.Contains(names, name) {
		return usageError{fmt.Errorf("nothing is recorded of a source %q; recorded are: %s", name, strings.Join(names, ", "))}
	}
	is, _, err := store.ImportSource(name)
	if err != nil {
		return err
	}
	shared, err := sharer(c, store, name, is.ID)
	if err != nil {
		return err
	}
	api := a.newClient(c.Intercom, a.logger())
	deletes := is.ID != 0 && shared == ""
	switch {
	case shared != "":
		fmt.Fprintf(a.out, "Import source %d (%s) is that of %s now, and stays with its pages. Only the name %s is forgotten.\n",
			is.ID, is.URL, shared, name)
	case deletes:
		if deletes, err = a.showWhatGoes(ctx, api, store, name, is); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
		fmt.Fprintf(a.out, "%s is still in sources.yaml: the next sync sends all its pages again.\n", name)
	}
	if err := a.confirm(fmt.Sprintf("Forget %s?", name), yes); err != nil {
		return err
	}
	if deletes {
		if err := api.DeleteImportSource(ctx, is.ID); err != nil {
			return fmt.Errorf("delete import source %d: %w", is.ID, err)
		}
	}
	if err := store.ForgetAll(name); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s is forgotten.\n", name)
	return nil
}

// titlesShown is how many pages are shown before they go.
const titlesShown = 20

// showWhatGoes shows what Intercom loses with an import source, as Intercom has it, and
// reports whether it is there at all.
func (a *app) showWhatGoes(ctx context.Context, api *intercom.Client, store *state.Store, name string, is state.ImportSource) (bool, error) {
	found, err := api.ImportSource(ctx, is.ID)
	switch {
	case err != nil && intercom.KindOf(err) == intercom.NotFound:
		fmt.Fprintf(a.out, "Import source %d (%s) is no longer in Intercom. Only what is recorded of it is forgotten.\n", is.ID, is.URL)
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look at import source %d: %w", is.ID, err)
	case found.SyncBehavior != "api":
		return false, fmt.Errorf("import source %d (%s) is synced by Intercom itself now (sync_behavior %q), and not fincrawl's to delete: delete it in Intercom",
			found.ID, found.URL, found.SyncBehavior)
	}
	var ours, pages int
	var titles []string
	for p, err := range api.ExternalPages(ctx) {
		if err != nil {
			return false, fmt.Errorf("list external pages: %w", err)
		}
		if p.SourceID != is.ID {
			continue
		}
		if pages++; len(titles) < titlesShown {
			titles = append(titles, fmt.Sprintf("%q %q", p.Title, p.URL)) // quoted, since they may say anything
		}
		if _, known, err := store.Entry(name, p.ExternalID); err != nil {
			return false, err
		} else if known {
			ours++
		}
	}
	fmt.Fprintf(a.out, "This deletes import source %d (%s) from Intercom, and with it %s", is.ID, found.URL, count(pages, "page"))
	if ours < pages {
		fmt.Fprintf(a.out, ", of which %d are not recorded as fincrawl's", pages-ours)
	}
	fmt.Fprintln(a.out, ":")
	for _, t := range titles {
		fmt.Fprintln(a.out, "  "+t)
	}
	if more := pages - len(titles); more > 0 {
		fmt.Fprintf(a.out, "  … and %d more\n", more)
	}
	return true, nil
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
