package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) approve() *cobra.Command {
	return a.deciding(state.Approve, &cobra.Command{
		Use: "approve [SOURCE…] URL… | --guard GUARD | --all | --file PLAN",
	})
}

func (a *app) reject() *cobra.Command {
	return a.deciding(state.Reject, &cobra.Command{
		Use: "reject [SOURCE…] URL… | --guard GUARD | --all",
	})
}

// deciding completes a command by which a person decides about changes that are held.
func (a *app) deciding(verdict state.Verdict, cmd *cobra.Command) *cobra.Command {
	guard := cmd.Flags().String("guard", "", "all changes that `GUARD` holds")
	all := cmd.Flags().Bool("all", false, "all changes that are held")
	word := a.wordFlags(cmd)
	var file string
	if verdict == state.Approve {
		cmd.Flags().StringVar(&file, "file", "", "what was decided in `PLAN`, which a report or preview --out saved")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c, err := a.loadToLook()
		if err != nil {
			return err
		}
		sources, urls := c.Among(args)
		if len(urls) > 0 && (*guard != "" || *all || file != "") || *all && (*guard != "" || file != "") || *guard != "" && file != "" {
			return usageError{errors.New("choose the changes in one way alone: by URLs, --guard, --all or --file")}
		}
		choice := ingest.Choice{URLs: urls, Guard: ingest.Guard(*guard), All: *all, Keeps: verdict == state.Reject}
		if file == "" {
			if err := decide.CheckChoice(choice); err != nil {
				return err
			}
		}
		return a.withState(c, func(store *state.Store) error {
			if file != "" {
				return decide.TakeFile(a.out, store, sources, file, word(), decide.User(a.lookupEnv))
			}
			decided, err := decide.Choose(store, sources, choice, verdict, word().Named(decide.User(a.lookupEnv)))
			if err != nil {
				return err
			}
			return decide.Describe(a.out, decided, verdict, a.command)
		})
	}
	return cmd
}

// wordFlags are those by which a person says who decides, and why.
func (a *app) wordFlags(cmd *cobra.Command) func() decide.Word {
	by := cmd.Flags().String("by", "", "`WHO` decides; by default the user of this machine")
	reason := cmd.Flags().String("reason", "", "`WHY`, to be kept with the decision")
	return func() decide.Word {
		return decide.Word{By: *by, Reason: *reason, At: a.now().UTC()}
	}
}

// withState opens the state file to be written to, for a command about what is recorded there.
func (a *app) withState(c *config.Config, do func(*state.Store) error) (err error) {
	if _, err := os.Stat(c.State); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("there is no state file %s: no sync has ended with this file yet. Run `fincrawl sync` first, or see whether "+
			"this is the right folder: the path that state in %s names begins in the working directory", c.State, c.Path)}
	}
	store, err := state.Open(c.State, state.Options{Wait: lockWait, Commit: a.commit})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}

// looking opens the state file at path to be read, for a command that changes nothing.
func looking(path string, do func(*state.Store) error) (err error) {
	store, err := state.OpenToLook(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}
