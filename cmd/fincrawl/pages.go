package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler/pages"
	"github.com/fincrawl/fincrawl/internal/plural"
)

func (a *app) pages() *cobra.Command {
	cmd := &cobra.Command{Use: "pages", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	check := &cobra.Command{Use: "check FILE", Args: cobra.ExactArgs(1)}
	check.RunE = func(cmd *cobra.Command, args []string) error {
		faults, err := pages.CheckFile(cmd.Context(), args[0], cmd.InOrStdin(), a.out)
		if err == nil && faults > 0 {
			fmt.Fprintf(a.errOut, "%s\n", plural.Count(faults, "fault"))
			return finished{exitFailed}
		}
		return err
	}
	cmd.AddCommand(check)
	return cmd
}
