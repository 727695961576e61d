package main

import (
	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) status() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "status [SOURCE…]",
		SuggestFor: []string{"ls", "list"},
	}
	asJSON := cmd.Flags().Bool("json", false, "print the status as one JSON document")
	online := cmd.Flags().Bool("online", false, "ask Intercom about the import sources")
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		load := a.loadToLook
		if *online {
			load = a.load
		}
		c, sources, err := a.selected(names, load)
		if err != nil {
			return err
		}
		return looking(c.State, func(store *state.Store) error {
			s, err := reconcile.Status(c, sources, store)
			if err != nil {
				return err
			}
			if *online {
				api, err := a.clientFor(cmd.Context(), c, store)
				if err != nil {
					return err
				}
				if err := reconcile.LookOnline(cmd.Context(), api, s.Sources); err != nil {
					return err
				}
			}
			if *asJSON {
				return report.StatusJSON(terminal.JSONText.Of(a.out), s)
			}
			return report.StatusText(terminal.ForReport(a.out), s, a.textOptions(nil))
		})
	}
	return cmd
}
