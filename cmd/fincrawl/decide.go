package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
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
		cmd.Flags().StringVar(&file, "file", "", "the changes that are set to be approved in `PLAN`, which preview --out saved")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c, err := a.loadToLook()
		if err != nil {
			return err
		}
		sources, urls := sourcesAmong(c, args)
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
				return a.agree(store, sources, file, word())
			}
			decided, err := decide.Choose(store, sources, choice, verdict, word())
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
		w := decide.Word{By: *by, Reason: *reason, At: a.now().UTC()}
		if w.By == "" {
			w.By = userName(a.lookupEnv)
		}
		return w
	}
}

func userName(lookup func(string) (string, bool)) string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name, ok := lookup("USER"); ok && name != "" {
		return name
	}
	return "unknown"
}

// sourcesAmong tells the names of sources among arguments from what names pages. Without any,
// all sources are meant.
func sourcesAmong(c *config.Config, args []string) (sources []string, urls []string) {
	for _, arg := range args {
		if slices.Contains(c.Names(), arg) {
			sources = append(sources, arg)
		} else {
			urls = append(urls, arg)
		}
	}
	if len(sources) == 0 {
		sources = c.Names()
	}
	return sources, urls
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

// agree takes the approvals of a saved plan.
func (a *app) agree(store *state.Store, sources []string, path string, word decide.Word) error {
	plan, err := decide.ReadPlan(path, "plan")
	if err != nil {
		return err
	}
	agreed, err := decide.Agree(store, sources, plan, word)
	if err != nil {
		return err
	}
	decided := 0
	for _, source := range sources {
		for _, d := range agreed[source] {
			fmt.Fprintf(a.out, "%s: approved: %s, held by %s\n", source, decide.Shown(d.URL), strings.Join(d.Guards, ", "))
			decided++
		}
	}
	if decided == 0 {
		fmt.Fprintf(a.out, "Nothing in %s is set to \"approved\": true.\n", path)
		return nil
	}
	fmt.Fprintf(a.out, "The next sync makes %s, if it is still the same.\n", plural.Count(decided, "change"))
	return nil
}
