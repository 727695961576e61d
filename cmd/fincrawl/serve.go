package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/internal/serve"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) serve() *cobra.Command {
	cmd := &cobra.Command{Use: "serve", Args: cobra.NoArgs, SuggestFor: []string{"daemon", "schedule", "server"}}
	addr := cmd.Flags().String("addr", "127.0.0.1:4020", "show the pages, metrics and probes at `HOST:PORT`")
	hooks := cmd.Flags().String("hooks-addr", "", "take POST /hooks/SOURCE at `HOST:PORT`, with the secret serve.hook_secret")
	proxies := cmd.Flags().StringSlice("trusted-proxies", nil, "`IPS` of proxies that log people in and name them, besides serve.trusted_proxies")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, _, err := a.selected(nil, a.load)
		if err != nil {
			return err
		}
		log := a.runlessLogger()
		api := a.newClient(c.Intercom, log) // shared by all runs, since they share one budget
		s, err := serve.New(serve.Config{
			Sources: c, Addr: *addr, Hooks: *hooks, Proxies: *proxies, Log: log, Secrets: a.secrets,
			State: a.stateOptions(c), User: decide.User(a.lookupEnv), Version: version.Build(), Now: a.now,
			Runner: func(store *state.Store, log *slog.Logger, show reconcile.Progress) *reconcile.Runner {
				return a.runner(c, store, api, log, show)
			},
			Show:  func(log *slog.Logger) reconcile.Progress { return terminal.NewLogProgress(log) },
			Ready: func(pages, hooks string) { fmt.Fprint(a.out, serve.Welcome(pages, hooks)) },
		})
		if err != nil {
			return usageError{err}
		}
		return s.Run(cmd.Context())
	}
	return cmd
}
