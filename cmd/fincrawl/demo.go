package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/demo"
	"github.com/fincrawl/fincrawl/internal/localserver"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

//go:embed demo.yaml
var demoSources string

// demoToken opens the demo's sandbox.
const demoToken = "demo-token"

func (a *app) demo() *cobra.Command {
	cmd := &cobra.Command{
		Use:  "demo",
		Args: cobra.NoArgs,
	}
	once := cmd.Flags().Bool("once", false, "end after the last sync")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		site := demo.New()
		siteServer, err := localserver.Serve("127.0.0.1:0", site)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, siteServer.Close()) }()
		box, err := sandbox.New(sandbox.Config{Token: demoToken})
		if err != nil {
			return err
		}
		boxServer, err := localserver.Serve("127.0.0.1:0", box)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, boxServer.Close(), box.Close()) }()
		dir, err := os.MkdirTemp("", "fincrawl-demo-*")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w; set TMPDIR to one that this user can write to", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

		d := demonstration{app: *a, site: site}
		d.quiet = true
		d.secrets = new(secrets.Set) // a made-up password may be shown
		d.configPath = filepath.Join(dir, "sources.yaml")
		d.lookupEnv = environment{
			"HELP_CENTER":           siteServer.URL,
			"HELP_CENTER_USER":      demo.Username,
			"HELP_CENTER_PASSWORD":  demo.Password,
			"SANDBOX":               boxServer.URL,
			"INTERCOM_ACCESS_TOKEN": demoToken,
			"STATE":                 filepath.Join(dir, "fincrawl.db"),
		}.lookup
		if err := os.WriteFile(d.configPath, []byte(demoSources), 0o600); err != nil {
			return err
		}
		if err := d.play(cmd.Context()); err != nil || *once {
			return err
		}
		d.title("See for yourself")
		fmt.Fprintf(a.out, "The library, as Fin reads it:  %s/\n", boxServer.URL)
		fmt.Fprintf(a.out, "The help center it came from:  %s/  (%s, %q)\n", siteServer.URL, demo.Username, demo.Password)
		fmt.Fprintln(a.out, "\nPress Ctrl-C to end.")
		return boxServer.Wait(cmd.Context())
	}
	return cmd
}

// environment is what sources.yaml finds instead of the process's own.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// demonstration is a day of fincrawl, told by its own commands.
type demonstration struct {
	app
	site  *demo.Site
	steps int
}

func (d *demonstration) play(ctx context.Context) error {
	d.title("A private help center, and the sources.yaml that describes it")
	fmt.Fprintln(d.out, indent(demoSources))

	d.title("Look first: what would a sync do?")
	if err := d.command(ctx, "preview"); err != nil {
		return err
	}
	d.title("The first sync sends every page")
	if err := d.command(ctx, "sync"); err != nil {
		return err
	}
	d.title("A day passes at the help center")
	for _, edit := range d.site.Edit() {
		fmt.Fprintln(d.out, "    "+edit)
	}
	d.title("Look again: only what changed is in the plan, with its text")
	if err := d.command(ctx, "preview"); err != nil {
		return err
	}
	d.title("The next sync sends that, and nothing else")
	return d.command(ctx, "sync")
}

// command runs a command of fincrawl as a person would.
func (d *demonstration) command(ctx context.Context, name string) error {
	fmt.Fprintf(d.out, "$ fincrawl %s\n\n", name)
	root := d.root()
	root.SetArgs([]string{name, "--config", d.configPath})
	err := root.ExecuteContext(ctx)
	if code := exitCode(ctx, err); code != exitDone {
		return err
	}
	return nil
}

// title begins a step.
func (d *demonstration) title(text string) {
	d.steps++
	heading := fmt.Sprintf("%d. %s", d.steps, text)
	fmt.Fprintf(d.out, "\n%s\n%s\n\n", heading, strings.Repeat("─", utf8.RuneCountInString(heading)))
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
