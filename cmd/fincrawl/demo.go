package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/demo"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

func (a *app) demo() *cobra.Command {
	cmd := &cobra.Command{
		Use:  "demo",
		Args: cobra.NoArgs,
	}
	once := cmd.Flags().Bool("once", false, "end after the last sync")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		day := demo.Day{Out: a.out, Command: a.inEnvironment, Once: *once}
		return day.Run(cmd.Context())
	}
	return cmd
}

// inEnvironment runs a command as a person would who has another environment.
func (a *app) inEnvironment(ctx context.Context, name, config string, env map[string]string) error {
	d := *a
	d.quiet, d.configPath = true, config
	d.secrets = new(secrets.Set) // a made-up password may be shown
	d.lookupEnv = environment(env).lookup
	root := d.root()
	root.SetArgs([]string{name, "--config", config})
	err := root.ExecuteContext(ctx)
	if exitCode(ctx, err) != exitDone {
		return err
	}
	return nil
}

// environment is what sources.yaml finds instead of the process's own.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}
