package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile/sample"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

func (a *app) check() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "check [FILE]",
		SuggestFor: []string{"validate", "verify", "test", "doctor"},
		Args:       cobra.MaximumNArgs(1),
	}
	online := cmd.Flags().Bool("online", false, "try the token and each source's login")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			a.configPath = args[0]
		}
		c, err := a.load()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s: right, %s\n", c.Path, plural.Count(len(c.Sources), "source"))
		for _, s := range c.Sources {
			fmt.Fprintf(a.out, "  %s: %s → %s\n", s.Name, s.URL, s.LibraryURL)
		}
		for _, warning := range a.warnings(c) {
			fmt.Fprintf(a.out, "Warning: %s\n", warning)
		}
		if !*online {
			return nil
		}
		return a.checkOnline(cmd.Context(), c)
	}
	return cmd
}

// warnings are what check says beside the mistakes.
func (a *app) warnings(c *config.Config) []string {
	list := c.OpenFiles()
	for _, s := range settings.OwnSecrets(c, a.lookupEnv) {
		if !secrets.Suits(s.Value) {
			list = append(list, fmt.Sprintf("%s is too short or too simple to be told from ordinary text. Where a page shows it, that is not noticed: "+
				"choose one of %d characters at least", s.Key, secrets.MinLength))
		}
	}
	return list
}

// sampler reads a little of sources, as a crawl would.
func (a *app) sampler() sample.Sampler {
	return sample.Sampler{Secrets: a.secrets, Transport: a.transport, Wait: a.wait, Log: a.logger()}
}

// checkOnline tries everything, whatever fails on the way.
func (a *app) checkOnline(ctx context.Context, c *config.Config) error {
	failed := 0
	sampler := a.sampler()

	fmt.Fprintln(a.out, "\nIntercom")
	me, err := a.newClient(c.Intercom, sampler.Log).Me(ctx)
	if err != nil {
		failed++
		fmt.Fprintf(a.out, "  ✗ %v\n", err)
	} else {
		fmt.Fprintf(a.out, "  ✓ the token is accepted: workspace %q, region %s\n", me.App.Name, me.App.Region)
	}
	for _, s := range c.Sources {
		fmt.Fprintf(a.out, "\n%s\n", s.Name)
		seen, err := sampler.Look(ctx, s)
		for _, line := range seen {
			fmt.Fprintf(a.out, "    %s\n", line)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			failed++
			fmt.Fprintf(a.out, "  ✗ %v\n", err)
			continue
		}
		fmt.Fprintln(a.out, "  ✓ the start address can be read")
	}
	if failed > 0 {
		fmt.Fprintf(a.out, "\n%s failed\n", plural.Count(failed, "check"))
		return finished{exitFailed}
	}
	return nil
}
