package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/terminal"
)

func (a *app) presets() *cobra.Command {
	cmd := &cobra.Command{
		Use:  "presets [NAME]",
		Args: cobra.MaximumNArgs(1),
	}
	asJSON := cmd.Flags().Bool("json", false, "print the presets as one JSON document")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		list := preset.Embedded()
		if len(args) == 1 {
			if _, err := preset.NewSet(nil).Only(args[0]); err != nil {
				return usageError{err}
			}
			list = only(list, args[0])
		}
		switch {
		case *asJSON:
			return report.WriteJSON(terminal.JSONText.Of(a.out), map[string]any{"format_version": report.FormatVersion, "presets": list})
		case len(args) == 1:
			_, err := fmt.Fprint(a.out, preset.AsSetting(args[0]))
			return err
		}
		return a.listPresets(list)
	}
	return cmd
}

func only(list []preset.Preset, name string) []preset.Preset {
	for i, p := range list {
		if p.Name == name {
			return list[i : i+1]
		}
	}
	return nil
}

func (a *app) listPresets(list []preset.Preset) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PRESET\tPLATFORM\tBROWSER\tRECOGNISED BY")
	for _, p := range list {
		browser := "-"
		if p.NeedsBrowser {
			browser = "needed"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.Name, p.Platform, browser, p.RecognisedBy())
	}
	return table.Flush()
}
