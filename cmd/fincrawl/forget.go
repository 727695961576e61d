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
	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) forget() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "forget SOURCE",
		Short: "Delete the import source of a source, and all its pages, from Intercom",
		Long: `forget deletes from Intercom what a source brought there: its import source and all
the pages in it; and forgets the source. Where others have put pages into the import
source, it stays with these, and only fincrawl's own pages go. It is for a source
that was taken out of sources.yaml, which every run names as an orphan. It shows what goes
and asks first; --yes answers for a script.

Pages that have to go one by one, as where Intercom's listing ends before all of them, go
2,000 at a time: it then says how many are left, exits with 3, and goes on when it is run again.`,
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
		if len(names) == 0 {
			return usageError{fmt.Errorf("nothing is recorded of a source %q, nor of any other in %s: no sync has ended with this file yet; check state in %s", name, c.State, c.Path)}
		}
		return usageError{fmt.Errorf("nothing is recorded of a source %q; recorded are: %s", name, strings.Join(names, ", "))}
	}
	is, _, err := store.ImportSource(name)
	if err != nil {
		return err
	}
	shared, err := reconcile.Sharer(c, store, name, is.ID)
	if err != nil {
		return err
	}
	api, err := a.clientFor(ctx, c, store)
	if err != nil {
		return err
	}
	goes := going{is: is}
	switch {
	case shared != "":
		fmt.Fprintf(a.out, "Import source %d (%s) is that of %s now, and stays with its pages. Only the name %s is forgotten.\n",
			is.ID, is.URL, shared, name)
	case is.ID != 0:
		if err := goes.look(ctx, api, store, name); err != nil {
			return err
		}
		goes.show(a.out)
	}
	if slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
		fmt.Fprintf(a.out, "%s is still in sources.yaml: the next sync sends all its pages again.\n", name)
	}
	if err := a.confirm(fmt.Sprintf("Forget %s?", name), yes); err != nil {
		return err
	}
	if goes.there {
		left, err := goes.remove(ctx, api, store, name, removing{c.Intercom.Workers, cmp.Or(a.removals, reconcile.LookUpsPerRun)})
		if err != nil {
			return err
		}
		if left > 0 {
			fmt.Fprintf(a.out, "%d of %s are deleted, and %d are left. To go on: fincrawl forget %q\n", goes.known-left, plural.Count(goes.known, "page"), left, name)
			return finished{exitSomeFailed}
		}
	}
	if err := errors.Join(store.ForgetAll(name), store.ForgetDecisions(name)); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s is forgotten.\n", name)
	return nil
}

// titlesShown is how many pages are shown before they go.
const titlesShown = 20

// going is what Intercom loses when a source is forgotten.
type going struct {
	is     state.ImportSource
	there  bool // the import source is in Intercom
	ended  bool // the listing ends before all pages
	ours   []string
	others []string
	known  int // recorded pages of ours
}

// look finds out what is there.
func (g *going) look(ctx context.Context, api *intercom.Client, store *state.Store, name string) error {
	found, err := api.ImportSource(ctx, g.is.ID)
	switch {
	case err != nil && intercom.KindOf(err) == intercom.NotFound:
		return nil
	case err != nil:
		return fmt.Errorf("look at import source %d: %w", g.is.ID, err)
	case found.SyncBehavior != "api":
		return fmt.Errorf("import source %d (%s) is synced by Intercom itself now (sync_behavior %q), and not fincrawl's to delete: delete it in Intercom",
			found.ID, found.URL, found.SyncBehavior)
	}
	g.there, g.is.URL = true, found.URL
	for e, err := range store.Entries(name) {
		if err != nil {
			return err
		}
		if e.RemoteID != "" && e.Ours() {
			g.known++
		}
	}
	for p, err := range api.ExternalPages(ctx) {
		if _, ended := errors.AsType[*intercom.ListingEnd](err); ended {
			g.ended = true
			break
		}
		if err != nil {
			return fmt.Errorf("list external pages: %w", err)
		}
		if p.SourceID != g.is.ID {
			continue
		}
		title := fmt.Sprintf("%q %q", p.Title, p.URL) // quoted, since they may say anything
		e, _, err := store.Entry(name, p.ExternalID)
		switch {
		case err != nil:
			return err
		case e.RemoteID == p.ID && e.Ours():
			g.ours = append(g.ours, title)
		default:
			g.others = append(g.others, title)
		}
	}
	return nil
}

// whole reports whether the import source can go as a whole: nothing else is in it.
func (g *going) whole() bool { return !g.ended && len(g.others) == 0 }

// show says what goes, and what stays.
func (g *going) show(out io.Writer) {
	switch {
	case !g.there:
		fmt.Fprintf(out, "Import source %d (%s) is no longer in Intercom. Only what is recorded of it is forgotten.\n", g.is.ID, g.is.URL)
		return
	case g.whole():
		fmt.Fprintf(out, "This deletes import source %d (%s) from Intercom, and with it %s:\n", g.is.ID, g.is.URL, plural.Count(len(g.ours), "page"))
	default:
		fmt.Fprintf(out, "This deletes %s of import source %d (%s) from Intercom, one by one:\n", plural.Count(g.known, "page"), g.is.ID, g.is.URL)
	}
	list(out, g.ours, max(len(g.ours), g.known))
	if len(g.others) > 0 {
		fmt.Fprintf(out, "%s in it that fincrawl did not bring there stay, and the import source with them:\n", plural.Count(len(g.others), "page"))
		list(out, g.others, len(g.others))
	}
	if g.ended {
		fmt.Fprintln(out, "Intercom's listing ends before all pages of the workspace, so that there may be more in the import source. It stays if there are.")
	}
}

func list(out io.Writer, titles []string, all int) {
	shown := titles[:min(titlesShown, len(titles))]
	for _, t := range shown {
		fmt.Fprintln(out, "  "+t)
	}
	if more := all - len(shown); more > 0 {
		fmt.Fprintf(out, "  … and %d more\n", more)
	}
}

// removing is how pages are deleted one by one.
type removing struct {
	workers int
	most    int // pages of one run
}

// remove deletes what is fincrawl's: the import source, if nothing else is in it, or the
// pages that are recorded, as many as one run may. It returns how many are left. A removal
// that is cut off goes on when it is asked for again.
func (g *going) remove(ctx context.Context, api *intercom.Client, store *state.Store, name string, how removing) (left int, err error) {
	if !g.whole() {
		if left, err := g.removePages(ctx, api, store, name, how); err != nil || left > 0 || !g.ended {
			return left, err
		}
		// Without them the listing may be whole.
		rest := going{is: g.is}
		if err := rest.look(ctx, api, store, name); err != nil || !rest.there || !rest.whole() || len(rest.ours) > 0 {
			return 0, err
		}
	}
	if err := api.DeleteImportSource(ctx, g.is.ID); err != nil {
		return 0, fmt.Errorf("delete import source %d: %w", g.is.ID, err)
	}
	return 0, nil
}

func (g *going) removePages(ctx context.Context, api *intercom.Client, store *state.Store, name string, how removing) (left int, err error) {
	pool, working := errgroup.WithContext(ctx)
	pool.SetLimit(max(1, how.workers))
	for e, err := range store.Entries(name) {
		if err != nil || working.Err() != nil {
			return 0, errors.Join(err, pool.Wait(), store.Flush())
		}
		if e.RemoteID == "" || !e.Ours() {
			continue
		}
		if how.most--; how.most < 0 {
			left++
			continue
		}
		pool.Go(func() error {
			if err := ingest.DeleteOurs(working, api, g.is.ID, e.ExternalID, e.RemoteID); err != nil {
				return fmt.Errorf("delete %s: %w", e.URL, err)
			}
			return store.Forget(name, e.ExternalID)
		})
	}
	return left, errors.Join(pool.Wait(), store.Flush())
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
