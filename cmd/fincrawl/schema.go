package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/terminal"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:  "schema",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.JSONSchema()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(terminal.JSONText.Of(a.out), string(schema))
			return err
		},
	}
}
