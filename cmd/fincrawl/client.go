package main

import (
	"log/slog"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/version"
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
		Log:       log,
	})
}
