package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/commandline"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/terminal"
	"github.com/fincrawl/fincrawl/internal/version"
)

// app is what the commands share.
type app struct {
	out, errOut io.Writer
	in          io.Reader // answers questions; nil: nobody is there to ask
	configPath  string
	logFormat   string
	run         string // the ID of this invocation, which every log line bears
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
	a.run = reconcile.NewRunID()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.errOut)
	err := root.ExecuteContext(ctx)
	var end finished
	switch {
	case err == nil || errors.As(err, &end):
	case commandline.FlagSaid(args, "--log-format") == "json":
		a.logFormat = "json"
		a.logger().Error("failed", "error", report.Sentence(err.Error(), a.namedConfig()))
	default:
		fmt.Fprintf(a.errOut, "fincrawl: %s\n", report.Sentence(err.Error(), a.namedConfig()))
	}
	return exitCode(ctx, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "fincrawl",
		Version:           version.Build(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if !slices.Contains(logFormats(), a.logFormat) {
				return usageError{fmt.Errorf("--log-format is text or json, not %q", a.logFormat)}
			}
			return nil
		},
	}
	root.SetVersionTemplate("fincrawl {{.Version}}\n")
	flags := root.PersistentFlags()
	flags.StringVarP(&a.configPath, "config", "c", a.configPath, "read the sources from `FILE` (default: $FINCRAWL_CONFIG, else sources.yaml or sources.yml)")
	flags.StringVar(&a.logFormat, "log-format", cmp.Or(a.logFormat, "text"), "log on standard error in this `FORMAT`: text or json")
	flags.BoolVarP(&a.verbose, "verbose", "v", a.verbose, "log each URL, and show unchanged pages")
	flags.BoolVarP(&a.quiet, "quiet", "q", a.quiet, "log warnings only, and show no progress")
	root.AddCommand(a.init(), a.sync(), a.resync(), a.serve(), a.preview(), a.lint(), a.status(), a.history(), a.report(), a.explain(), a.approve(), a.reject(), a.withdraw(), a.restore(),
		a.retry(), a.forget(), a.adopt(), a.state(), a.guards(), a.presets(), a.pages(), a.check(), a.sandbox(), a.demo(), a.schema(), a.man(), a.version())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	codes, _ := helpTexts.ReadFile("help/exit-codes.txt")
	folder, _ := fs.Sub(helpTexts, "help")
	commandline.Describe(root, folder, strings.NewReplacer("{{exit codes}}", strings.TrimSpace(string(codes)),
		"{{sandbox.FaultKinds}}", sandbox.FaultKinds, "{{sandbox.FaultsPath}}", sandbox.FaultsPath))
	commandline.Strict(root, func(err error) error { return usageError{err} })
	commandline.Complete(root, a.offers())
	return root
}

// helpTexts has a file for each command; see [commandline.Describe].
//
//go:embed help
var helpTexts embed.FS

func logFormats() []string { return []string{"text", "json"} }

// file returns the path of sources.yaml, and how a command that is to be copied names it; ""
// where it finds the file by itself.
func (a *app) file() (path, named string) {
	usual := config.Usual()
	switch fromEnv, _ := a.lookupEnv("FINCRAWL_CONFIG"); {
	case a.configPath == "" && fromEnv == "", a.configPath == usual && fromEnv == "":
		return usual, ""
	case a.configPath != "":
		return a.configPath, a.configPath
	default:
		return fromEnv, fromEnv
	}
}

// namedConfig is what a command that is to be copied names by --config; "" for nothing.
func (a *app) namedConfig() string {
	_, named := a.file()
	return named
}

// command is a command line as it is to be copied.
func (a *app) command(line string) string { return report.Command(line, a.namedConfig()) }

// logger logs on standard error, with the ID of this invocation.
func (a *app) logger() *slog.Logger { return a.runlessLogger().With(reconcile.RunKey, a.run) }

// runlessLogger logs for a command that does several runs.
func (a *app) runlessLogger() *slog.Logger {
	level := slog.LevelInfo
	switch {
	case a.verbose:
		level = slog.LevelDebug
	case a.quiet:
		level = slog.LevelWarn
	}
	return terminal.NewLogger(a.errOut, a.logFormat == "json", level, a.secrets)
}

// load reads sources.yaml, for a command that needs what it names; its mistakes are mistakes in
// usage.
func (a *app) load() (*config.Config, error) {
	c, err := a.read(config.Load)
	if err != nil {
		return nil, err
	}
	if err := kinds.Check(c); err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// loadToLook reads sources.yaml for a command that asks nobody, and so needs no secret.
func (a *app) loadToLook() (*config.Config, error) { return a.read(config.LoadToLook) }

func (a *app) read(load func(string, func(string) (string, bool)) (*config.Config, error)) (*config.Config, error) {
	path, _ := a.file()
	c, err := load(path, a.lookupEnv)
	if err != nil {
		return nil, usageError{err}
	}
	for _, s := range settings.OwnSecrets(c, a.lookupEnv) {
		a.secrets.Add(s.Value)
	}
	for _, s := range c.Sources {
		a.secrets.Add(settings.NewAuth(s.Auth).Credentials()...)
	}
	return c, nil
}
