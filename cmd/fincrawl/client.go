package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) newClient(c config.Intercom, log *slog.Logger) *intercom.Client {
	base := c.BaseURL
	if base == "" {
		base, _ = intercom.RegionURL(c.Region)
	}
	return intercom.New(intercom.Config{
		BaseURL:   base,
		Token:     c.Token.Reveal(),
		Version:   c.APIVersion,
		Share:     c.Share,
		UserAgent: "fincrawl/" + version.Build(),
		Transport: a.transport,
		Wait:      a.wait,
		Log:       log,
	})
}

// clientFor returns a client for the workspace that the pages of a state file are in.
func (a *app) clientFor(ctx context.Context, c *config.Config, store *state.Store) (*intercom.Client, error) {
	api := a.newClient(c.Intercom, a.logger())
	me, err := api.Me(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the token with Intercom: %w", err)
	}
	return api, reconcile.CheckWorkspace(store, c.State, me.App.IDCode)
}

// api is clientFor for those who may not need a client.
func (a *app) api(c *config.Config, store *state.Store) decide.API {
	return func(ctx context.Context) (*intercom.Client, error) { return a.clientFor(ctx, c, store) }
}
