package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/reconcile/past"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) history() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "history [RUN | URL]",
		SuggestFor: []string{"log", "runs"},
		Args:       cobra.MaximumNArgs(1),
	}
	asJSON := cmd.Flags().Bool("json", false, "print it as one JSON document")
	source := cmd.Flags().String("source", "", "the `SOURCE`, where the address belongs to several")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c, err := a.loadToLook()
		if err != nil {
			return err
		}
		return looking(c.State, func(store *state.Store) error {
			found, err := past.Find(c, store, strings.Join(args, ""), *source)
			if err != nil {
				return err
			}
			if *asJSON {
				return found.WriteJSON(terminal.JSONText.Of(a.out))
			}
			return found.WriteText(terminal.ForReport(a.out), a.textOptions(nil))
		})
	}
	return cmd
}
