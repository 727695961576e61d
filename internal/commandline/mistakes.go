// Package commandline has what the commands of a program have in common: help from files, completion in
// shells, and errors about wrong arguments and flags that suggest what was probably meant.
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

// Strict makes cmd and its subcommands return errors for wrong arguments and flags, with the correct usage.
// Each error is passed through mistake.
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
		usage := strings.TrimSuffix(cmd.UseLine(), " [flags]")
		return mistake(fmt.Errorf("%s: write %s; see %s --help", what, usage, cmd.CommandPath()))
	}
	for _, c := range cmd.Commands() {
		Strict(c, mistake)
	}
}

// unknownCommand returns an error for an unknown command, with the one that was probably meant.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasAvailableSubCommands() {
		return fmt.Errorf("%s has no command %q below it: write %s",
			cmd.CommandPath(), args[0], strings.TrimSuffix(cmd.UseLine(), " [flags]"))
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
	hint := nearest.Hint(args[0], names, "there are "+strings.Join(names, ", "))
	return fmt.Errorf("unknown command %q: %s", args[0], hint)
}

// flagMistake returns the error about a flag, with the flag that was probably meant.
func flagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var wrong *pflag.InvalidValueError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		err = fmt.Errorf("unknown flag: %s%s", dashed(name), meantFlag(cmd, name))
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

// meantFlag suggests the flag of cmd, or the command, that was probably meant.
func meantFlag(cmd *cobra.Command, name string) string {
	var own, others []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { own = append(own, f.Name) })
	arguments := strings.FieldsFunc(cmd.Use, func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(arguments, strings.ToUpper(name)) {
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

// kindOf describes the value of a flag.
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
