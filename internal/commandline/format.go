package commandline

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// ReportFormats are those that a run is reported in.
func ReportFormats() []string { return []string{"text", "json", "markdown", "none"} }

// ReportFormat gives a command the flags that say in which format it reports, and returns what they
// said. jsonLog reports whether the log is JSON: then the report is JSON, too, or left out, as both
// often end in one stream. byDefault is what it is then where no flag says it.
func ReportFormat(cmd *cobra.Command, jsonLog func() bool, byDefault string, mistake func(error) error) func() string {
	format := cmd.Flags().String("format", "text", "print the report in this `FORMAT`: text, json, markdown for the comment of a pull request, or none")
	asJSON := cmd.Flags().Bool("json", false, "print the report as one JSON document; the same as --format json")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *asJSON {
			*format = "json"
		}
		plain := *format != "json" && *format != "none"
		switch {
		case !slices.Contains(ReportFormats(), *format):
			return mistake(fmt.Errorf("--format is %s, not %q", nearest.Either(ReportFormats()), *format))
		case plain && jsonLog() && cmd.Flags().Changed("format"):
			return mistake(errors.New("with --log-format json the report is JSON or none: say --format json or --format none"))
		case plain && jsonLog():
			*format = byDefault
		}
		return nil
	}
	return func() string { return *format }
}

// FlagSaid is what a command line says of a flag, also where another part of it is a mistake; "" for nothing.
func FlagSaid(args []string, flag string) (value string) {
	for i, arg := range args {
		switch {
		case arg == "--":
			return value
		case arg == flag && i+1 < len(args):
			value = args[i+1]
		case len(arg) > len(flag) && arg[:len(flag)+1] == flag+"=":
			value = arg[len(flag)+1:]
		}
	}
	return value
}
