package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/terminal"
)

func (a *app) explain() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "explain URL",
		SuggestFor: []string{"why", "show"},
		Args:       cobra.ExactArgs(1),
	}
	fetch := cmd.Flags().Bool("fetch", false, "fetch the page afresh")
	name := cmd.Flags().String("source", "", "the `SOURCE`, where the address belongs to several")
	asJSON := cmd.Flags().Bool("json", false, "print the explanation as one JSON document")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		load := a.loadToLook
		if *fetch {
			load = a.load
		}
		c, err := load()
		if err != nil {
			return err
		}
		address, err := webAddress(args[0])
		if err != nil {
			return err
		}
		e, err := a.explanation(cmd.Context(), c, address, *name, *fetch)
		if err != nil {
			return err
		}
		if err := a.showExplanation(e, *asJSON); err != nil {
			return err
		}
		return finished{explainExitCode(cmd.Context(), e)}
	}
	return cmd
}

// webAddress reads the address of a page that a person gives.
func webAddress(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, usageError{fmt.Errorf("%q is no web address: write it with https:// and a host", text)}
	}
	return address, nil
}

func explainExitCode(ctx context.Context, e report.Explanation) int {
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case e.Source == "":
		return exitUsage
	case e.Error != "", e.Seen != nil && e.Seen.NoAnswer:
		return exitFailed
	}
	return exitDone
}

func (a *app) showExplanation(e report.Explanation, asJSON bool) error {
	if asJSON {
		return report.ExplanationJSON(terminal.JSONText.Of(a.out), e)
	}
	return report.ExplanationText(terminal.ForReport(a.out), e, a.textOptions(nil))
}

// explanation says all that is known of an address.
func (a *app) explanation(ctx context.Context, c *config.Config, address *url.URL, name string, fetch bool) (report.Explanation, error) {
	log := *a
	log.quiet = !a.verbose // the explanation says it all
	x := reconcile.Explainer{Config: c, Secrets: a.secrets, Transport: a.transport, Wait: a.wait, Log: log.logger()}
	return x.Explain(ctx, address, name, fetch)
}
