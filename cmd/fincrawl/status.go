package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) status() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status [SOURCE…]",
		Short: "Show how things stand: last runs, refused and missing pages, orphans",
		Long: `status shows what the state file knows of each source: its import source and
pages, when a run last succeeded, the pages that Intercom refused with the error
and the request's ID, the pages whose absence waits to be confirmed, and the
import sources that no source of sources.yaml feeds any more. It asks nobody
unless --online, and may be used while a sync runs.`,
	}
	asJSON := cmd.Flags().Bool("json", false, "print the status as one JSON document")
	online := cmd.Flags().Bool("online", false, "ask Intercom about the import sources")
	cmd.RunE = func(cmd *cobra.Command, names []string) (err error) {
		c, sources, err := a.selected(names)
		if err != nil {
			return err
		}
		store, err := state.OpenToLook(c.State)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
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
	}
	return cmd
}
