package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile/past"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) report() *cobra.Command {
	cmd := &cobra.Command{Use: "report [RUN]", Args: cobra.MaximumNArgs(1)}
	out := cmd.Flags().String("out", "", "write it to `FILE` (default: fincrawl-RUN.html)")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c, err := a.loadToLook()
		if err != nil {
			return err
		}
		return looking(c.State, func(store *state.Store) error {
			path, err := past.Show(c, store, strings.Join(args, ""), *out, a.secrets, false)
			if err == nil {
				fmt.Fprintf(a.out, "%s: open it in a browser. It has texts of private pages.\n", path)
			}
			return err
		})
	}
	return cmd
}

// reportFlag returns the report that a browser shows, if one is wanted.
func (a *app) reportFlag(cmd *cobra.Command) func() (*htmlreport.Report, error) {
	path := cmd.Flags().String("report", "", "write the report for a browser to `FILE.html`, to look through the changes and decide")
	return func() (*htmlreport.Report, error) {
		shown, err := htmlreport.Open(*path, a.secrets)
		if err != nil {
			return nil, usageError{fmt.Errorf("--report: %w", err)}
		}
		return shown, nil
	}
}
