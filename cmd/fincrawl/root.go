package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/terminal"
)

// app is what the commands share.
type app struct {
	out, errOut io.Writer
	in          io.Reader // answers questions; nil: nobody is there to ask
	configPath  string
	logFormat   string
	verbose     bool
	quiet       bool // logs warnings only
	lookupEnv   func(string) (string, bool)
	wait        func(context.Context, time.Duration) error // between requests, and before one is tried again; nil: really
	transport   http.RoundTripper                          // to the sites and to Intercom; nil: really
	commit      func(commit func() error) error            // carries out a commit to the state file; nil: just so
	secrets     *secrets.Set                               // our own, which are shown to nobody
	now         func() time.Time                           // the clock of this machine
	removals    int                                        // pages that forget deletes one by one in one run; 0: lookUpsPerRun
}

func newApp(out, errOut io.Writer) *app {
	own := new(secrets.Set)
	return &app{out: terminal.NewOutput(out, own), errOut: terminal.NewOutput(errOut, own), lookupEnv: os.LookupEnv, secrets: own, now: time.Now}
}

// execute runs the command line args and returns the exit code.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	err := root.ExecuteContext(ctx)
	var end finished
	if err != nil && !errors.As(err, &end) {
		fmt.Fprintf(a.errOut, "fincrawl: %s\n", report.Sentence(err.Error(), a.namedConfig()))
	}
	return exitCode(ctx, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "fincrawl",
		Short: "Keep Intercom's Fin AI Content Library equal to private help centers and wikis",
		Long: `fincrawl logs in to help centers and wikis that Intercom cannot read, crawls them,
extracts what a reader sees, and brings Intercom's Fin AI Content Library in line:
only what changed is sent, and nothing that still exists is removed.

Try it with nothing but this program:  fincrawl demo
Then write a sources.yaml and look before you sync:  fincrawl preview

` + exitCodesHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.logFormat != "text" && a.logFormat != "json" {
				return usageError{fmt.Errorf("--log-format is text or json, not %q", a.logFormat)}
			}
			return nil
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	flags := root.PersistentFlags()
	flags.StringVarP(&a.configPath, "config", "c", cmp.Or(a.configPath, usualConfig), "the file that names the sources")
	flags.StringVar(&a.logFormat, "log-format", cmp.Or(a.logFormat, "text"), "log on standard error as text or json")
	flags.BoolVarP(&a.verbose, "verbose", "v", a.verbose, "log each URL, and show unchanged pages")
	root.AddCommand(a.sync(), a.resync(), a.preview(), a.lint(), a.status(), a.explain(), a.approve(), a.reject(), a.withdraw(), a.restore(), a.retry(), a.forget(), a.adopt(), a.state(), a.guards(), a.presets(), a.check(), a.sandbox(), a.demo(), a.version())
	argsAsUsage(root)
	return root
}

const usualConfig = "sources.yaml"

// namedConfig is what a command that is to be copied names by --config; "" for nothing.
func (a *app) namedConfig() string {
	if a.configPath == usualConfig {
		return ""
	}
	return a.configPath
}

// command is a command line as it is to be copied.
func (a *app) command(line string) string { return report.Command(line, a.namedConfig()) }

// knownCommand refuses what is no command, and names the nearest one.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %q?", args[0], near[0])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// argsAsUsage makes mistakes in the arguments of a command, and of those below it,
// mistakes in usage.
func argsAsUsage(cmd *cobra.Command) {
	cmd.Args = asUsage(cmd.Args)
	for _, c := range cmd.Commands() {
		argsAsUsage(c)
	}
}

// asUsage makes mistakes in a command's arguments mistakes in usage.
func asUsage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
		}
		return nil
	}
}

// logger logs on standard error.
func (a *app) logger() *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: reconcile.WithoutSecrets(a.secrets)}
	switch {
	case a.verbose:
		o.Level = slog.LevelDebug
	case a.quiet:
		o.Level = slog.LevelWarn
	}
	if a.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(terminal.JSONText.Of(a.errOut), o))
	}
	return slog.New(slog.NewTextHandler(a.errOut, o))
}

// load reads sources.yaml; its mistakes are mistakes in usage.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.configPath, a.lookupEnv)
	if err != nil {
		return nil, usageError{err}
	}
	if err := reconcile.CheckSources(c); err != nil {
		return nil, usageError{err}
	}
	for _, s := range reconcile.OwnSecrets(c, a.lookupEnv) {
		a.secrets.Add(s.Value)
	}
	for _, s := range c.Sources {
		a.secrets.Add(reconcile.NewAuth(s.Auth).Credentials()...)
	}
	return c, nil
}
