package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) withdraw() *cobra.Command {
	cmd := &cobra.Command{
		Use: "withdraw URL… | --source SOURCE",
	}
	drop := cmd.Flags().Bool("delete", false, "delete the pages from Intercom, rather than switch them off")
	t := a.takeoutFlags(cmd)
	word := a.wordFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, urls []string) error {
		return t.open(cmd.Context(), urls, func(ctx context.Context, out decide.Takeouts) error {
			return t.withdraw(ctx, out, urls, *drop, word().Named(decide.User(a.lookupEnv)))
		})
	}
	return cmd
}

func (a *app) restore() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restore URL… | --source SOURCE",
	}
	t := a.takeoutFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, urls []string) error {
		return t.open(cmd.Context(), urls, func(ctx context.Context, out decide.Takeouts) error { return t.restore(ctx, out, urls) })
	}
	return cmd
}

// takeout asks a person whether pages are to be withdrawn or restored, and says what became
// of it.
type takeout struct {
	app    *app
	source string // that was named; "" for none
	yes    bool
}

func (a *app) takeoutFlags(cmd *cobra.Command) *takeout {
	t := &takeout{app: a}
	cmd.Flags().StringVar(&t.source, "source", "", "all pages of `SOURCE`; with URLs, the source that they belong to")
	cmd.Flags().BoolVar(&t.yes, "yes", false, "don't ask")
	return t
}

func (t *takeout) open(ctx context.Context, urls []string, do func(context.Context, decide.Takeouts) error) error {
	if len(urls) == 0 && t.source == "" {
		return usageError{errors.New("name the pages by their URLs, or a whole source by --source")}
	}
	c, err := t.app.load()
	if err != nil {
		return err
	}
	err = t.app.withState(c, func(store *state.Store) error {
		return do(ctx, decide.Takeouts{Config: c, Store: store, API: t.app.api(c, store)})
	})
	if _, held := errors.AsType[*state.LockedError](err); held {
		return fmt.Errorf("%w. A sync that is stopped keeps what it has done: stop it by an interrupt (SIGINT or SIGTERM), say this again, "+
			"then sync to go on", err)
	}
	return err
}

func (t *takeout) withdraw(ctx context.Context, out decide.Takeouts, urls []string, deletes bool, word decide.Word) error {
	chosen, err := out.Find(t.source, urls)
	if err != nil {
		return err
	}
	if err := out.MayWithdraw(chosen); err != nil {
		return err
	}
	becomes := "switched off for AI Agent and Copilot"
	if deletes {
		becomes = "deleted from Intercom"
	}
	if err := t.ask(chosen, "withdrawn, and "+becomes, "Withdraw"); err != nil {
		return err
	}
	done, err := out.Withdraw(ctx, chosen, deletes, word)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.app.out, "Withdrawn. %s %s just now. No sync brings back what is withdrawn before fincrawl restore does.\n",
		plural.Count(done.Done, "page"), becomes)
	return t.tell(done.Failed, "could not be taken out yet; the next sync does that")
}

func (t *takeout) restore(ctx context.Context, out decide.Takeouts, urls []string) error {
	chosen, err := out.Find(t.source, urls)
	if err != nil {
		return err
	}
	if err := out.MayRestore(chosen); err != nil {
		return err
	}
	if err := t.ask(chosen, "restored", "Restore"); err != nil {
		return err
	}
	done, err := out.Restore(ctx, chosen)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.app.out, "Restored. %s switched on again just now.\n", plural.Count(done.Done, "page"))
	if done.Later > 0 || done.Done == 0 {
		fmt.Fprintln(t.app.out, "The next sync sends what was deleted, and what is not recorded well enough to be switched on without a look at the site.")
	}
	return t.tell(done.Failed, "could not be switched on yet; the next sync does that")
}

// ask shows what a person means, and asks whether it is to be done.
func (t *takeout) ask(chosen []decide.Selection, becomes, verb string) error {
	for _, s := range chosen {
		var pages []decide.Named
		for _, p := range s.Pages {
			pages = append(pages, p.Named)
		}
		what := plural.Count(len(pages), "page") + " of " + s.Source
		if s.Whole {
			what = "all of " + s.Source + ", " + plural.Count(len(pages), "page")
		}
		fmt.Fprintf(t.app.out, "To be %s: %s:\n", becomes, what)
		decide.List(t.app.out, pages, len(pages))
	}
	return t.app.confirm(verb+" this?", t.yes)
}

// tell names the pages that Intercom did not take.
func (t *takeout) tell(failed []ingest.Failure, what string) error {
	if len(failed) == 0 {
		return nil
	}
	fmt.Fprintf(t.app.out, "%s %s:\n", plural.Count(len(failed), "page"), what)
	for _, f := range failed {
		fmt.Fprintf(t.app.out, "  %s: %s\n", decide.Shown(f.URL), f.Message)
	}
	return finished{exitSomeFailed}
}
