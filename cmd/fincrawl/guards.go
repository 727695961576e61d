package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
)

func (a *app) guards() *cobra.Command {
	return &cobra.Command{
		Use:   "guards",
		Short: "List the guards that hold changes back, with their keys and defaults",
		Long: `guards lists what may hold a change back. The key is that of sources.yaml, below
the source unless it begins with intercom; a guard without one cannot be set.

APPROVED BY says how a person may let go of what it holds: "guard" by the page's URL or
with all others that this guard holds, "url" only by the page's URL, and "never" by
mending what it is held for.`,
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
