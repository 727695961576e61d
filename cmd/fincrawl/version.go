package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/version"
)

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:        "version",
		SuggestFor: []string{"v"},
		Args:       cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "fincrawl", version.Build())
			return err
		},
	}
}
