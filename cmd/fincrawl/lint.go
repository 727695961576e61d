package main

import (
	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/reconcile"
)

func (a *app) lint() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lint [SOURCE…]",
	}
	format := a.formatFlags(cmd, "json")
	cmd.RunE = func(cmd *cobra.Command, names []string) (err error) {
		c, sources, err := a.selected(names, a.load)
		if err != nil {
			return err
		}
		ledger, staging, done, err := reconcile.OpenAside(c, lockWait)
		if err != nil {
			return err
		}
		defer func() { err = keepFirst(err, done()) }()

		log, show := a.progress()
		r := reconcile.Runner{ID: a.run, Config: c, Mode: reconcile.ModeLint, Ledger: ledger, Staging: staging, Log: log, Secrets: a.secrets, Show: show, Transport: a.transport, Wait: a.wait}
		run := r.LintOnce(cmd.Context(), sources)
		show.Stop()
		return a.end(run, format(), nil, nil)
	}
	return cmd
}
