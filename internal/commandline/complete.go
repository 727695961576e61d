package commandline

import (
	"strings"

	"github.com/spf13/cobra"
)

// Offer is a completion that a shell offers.
type Offer struct {
	Word string // the word of the line of use that it completes; "" for none
	Flag string // the flag whose value it completes; "" for none
	Of   func() []string
}

// Complete registers completions for the arguments and flags of cmd and of its subcommands.
func Complete(cmd *cobra.Command, offers []Offer) {
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	arguments, _, _ = strings.Cut(arguments, " --")
	for _, o := range offers {
		words := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return o.Of(), cobra.ShellCompDirectiveNoFileComp
		}
		if o.Word != "" && strings.Contains(arguments, o.Word) {
			cmd.ValidArgsFunction = words
		}
		has := cmd.LocalNonPersistentFlags().Lookup(o.Flag) != nil || cmd.PersistentFlags().Lookup(o.Flag) != nil
		if o.Flag != "" && has {
			_ = cmd.RegisterFlagCompletionFunc(o.Flag, words) // fails only for a second registration
		}
	}
	for _, c := range cmd.Commands() {
		Complete(c, offers)
	}
}
