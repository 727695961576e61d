package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) state() *cobra.Command {
	cmd := &cobra.Command{Use: "state"}
	cmd.AddCommand(a.stateBackup(), a.stateCheck(), a.stateCompact(), a.stateExport(), a.stateImport())
	return cmd
}

// onState is a command on the state file that sources.yaml names.
func (a *app) onState(use string, args cobra.PositionalArgs, do func(path string, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Args: args, RunE: func(_ *cobra.Command, args []string) error {
		c, err := a.loadToLook()
		if err != nil {
			return err
		}
		return do(c.State, args)
	}}
}

func (a *app) stateBackup() *cobra.Command {
	return a.onState("backup FILE", cobra.ExactArgs(1), func(path string, args []string) error {
		if err := state.Backup(path, args[0]); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s is a backup of %s.\n", args[0], path)
		return nil
	})
}

func (a *app) stateCheck() *cobra.Command {
	return a.onState("check", cobra.NoArgs, func(path string, _ []string) error {
		c, err := state.Check(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s is sound: %d bytes, %s, %s\n", path, c.Bytes, plural.Count(len(c.Sources), "source"), plural.Count(c.Runs, "run"))
		for _, s := range c.Sources {
			fmt.Fprintf(a.out, "  %s: %s\n", s.Name, plural.Count(s.Entries, "page"))
		}
		return nil
	})
}

func (a *app) stateCompact() *cobra.Command {
	return a.onState("compact", cobra.NoArgs, func(path string, _ []string) error {
		before, after, err := state.Compact(path, lockWait)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s: %d bytes before, %d after\n", path, before, after)
		return nil
	})
}

func (a *app) stateExport() *cobra.Command {
	return a.onState("export [FILE]", cobra.MaximumNArgs(1), func(path string, args []string) error {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("export the state: %w", err)
		}
		return looking(path, func(store *state.Store) error {
			if len(args) == 0 {
				return store.Export(terminal.JSONText.Of(a.out))
			}
			f, err := os.OpenFile(args[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return fmt.Errorf("export the state: %w", err)
			}
			return errors.Join(store.Export(f), f.Close())
		})
	})
}

func (a *app) stateImport() *cobra.Command {
	force := false
	cmd := a.onState("import FILE", cobra.ExactArgs(1), func(path string, args []string) (err error) {
		var in io.Reader = os.Stdin
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("import the state: %w", err)
			}
			defer func() { _ = f.Close() }() // read only
			in = f
		}
		if err := state.Import(in, path, force); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s was imported into %s.\n", args[0], path)
		return nil
	})
	cmd.Flags().BoolVar(&force, "force", false, "replace a state file that remembers something")
	return cmd
}
