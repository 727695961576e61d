package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) man() *cobra.Command {
	return &cobra.Command{
		Use:  "man FOLDER",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("write the manual: %w", err)
			}
			if err := doc.GenManTree(cmd.Root(), &doc.GenManHeader{Section: "1", Source: "fincrawl"}, args[0]); err != nil {
				return fmt.Errorf("write the manual: %w", err)
			}
			fmt.Fprintf(a.out, "The manual is in %s; read it by: man -l %[1]s/fincrawl.1\n", args[0])
			return nil
		},
	}
}
