// Package commandline is what the commands of a program have in common beside what they do: their
// help as files, what a shell completes, and mistakes in arguments and flags, each with what was
// probably meant.
package commandline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// Strict makes the commands below cmd, and itself, refuse arguments that they do not take, with
// how they are written, and flags that are not right. The errors pass through mistake.
func Strict(cmd *cobra.Command, mistake func(error) error) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return mistake(flagMistake(cmd, err)) })
	check := cmd.Args
	switch {
	case cmd.Name() == "help":
		check = func(help *cobra.Command, args []string) error {
			topic, left, err := help.Root().Find(args)
			if err != nil || len(left) > 0 {
				return unknownCommand(topic, left)
			}
			return nil
		}
	case cmd.HasSubCommands():
		check = unknownCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil || check(cmd, args) == nil {
			return nil
		}
		if cmd.HasSubCommands() || cmd.Name() == "help" {
			return mistake(check(cmd, args))
		}
		what := fmt.Sprintf("%d arguments are given", len(args))
		switch {
		case len(args) == 0:
			what = "an argument is missing"
		case check(cmd, nil) == nil && check(cmd, args[:1]) != nil:
			what = fmt.Sprintf("%s takes no argument such as %q", cmd.CommandPath(), args[0])
		}
		return mistake(fmt.Errorf("%s: write %s; see %s --help", what, strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.CommandPath()))
	}
	for _, c := range cmd.Commands() {
		Strict(c, mistake)
	}
}

// unknownCommand refuses what is no command, and names the one that was probably meant.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasAvailableSubCommands() {
		return fmt.Errorf("%s has no command %q below it: write %s", cmd.CommandPath(), args[0], strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	}
	var names []string
	for _, c := range cmd.Commands() {
		if slices.Contains(c.SuggestFor, args[0]) {
			return fmt.Errorf("unknown command %q: did you mean %q?", args[0], c.Name())
		}
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q: %s", args[0], nearest.Hint(args[0], names, "there are "+strings.Join(names, ", ")))
}

// flagMistake says what is wrong with a flag, and what was probably meant.
func flagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var wrong *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		err = fmt.Errorf("unknown flag: %s%s", dashed(unknown.GetSpecifiedName()), meantFlag(cmd, unknown.GetSpecifiedName()))
	case errors.As(err, &wrong):
		err = fmt.Errorf("%s wants %s, not %q", dashed(wrong.GetFlag().Name), kindOf(wrong.GetFlag()), wrong.GetValue())
	case errors.As(err, &empty):
		err = fmt.Errorf("%s wants %s after it", dashed(empty.GetSpecifiedName()), kindOf(empty.GetFlag()))
	}
	if strings.HasSuffix(err.Error(), "?") {
		return fmt.Errorf("%w See %s --help", err, cmd.CommandPath())
	}
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}

func dashed(flag string) string {
	if len(flag) == 1 {
		return "-" + flag
	}
	return "--" + flag
}

// meantFlag names the flag of cmd, or the command, that was probably meant by a flag.
func meantFlag(cmd *cobra.Command, name string) string {
	var own, others []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { own = append(own, f.Name) })
	if slices.Contains(strings.FieldsFunc(cmd.Use, func(r rune) bool { return !unicode.IsLetter(r) }), strings.ToUpper(name)) {
		return fmt.Sprintf(": it is written without a flag: %s", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
	}
	for _, c := range cmd.Root().Commands() {
		if slices.Contains(c.SuggestFor, name) {
			return fmt.Sprintf(": %s does that", c.CommandPath())
		}
		if c.Flags().Lookup(name) != nil {
			others = append(others, c.CommandPath())
		}
	}
	if near, ok := nearest.Of(name, own); ok && len(name) > 1 {
		return fmt.Sprintf(": did you mean --%s?", near)
	}
	if len(others) > 0 && len(name) > 1 {
		return ", which belongs to " + nearest.Either(others)
	}
	return ": there are --" + strings.Join(own, ", --")
}

// kindOf says what a flag wants.
func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "uint":
		return "a whole number from 0"
	case "bool":
		return "true or false, after ="
	case "int64Slice":
		return "whole numbers with commas between them"
	}
	name, _ := pflag.UnquoteUsage(f)
	return "a value (" + name + ")"
}
