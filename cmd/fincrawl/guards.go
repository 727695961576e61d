package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
)

func (a *app) guards() *cobra.Command {
	return &cobra.Command{
		Use:  "guards",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "GUARD\tKEY\tDEFAULT\tAPPROVED BY\tHOLDS")
			for _, g := range ingest.Guards() {
				key := g.Key
				if key == "" {
					key = "-"
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", g.Name, key, g.Default, g.Release, g.Holds)
			}
			return table.Flush()
		},
	}
}
