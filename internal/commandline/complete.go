package commandline

import (
	"strings"

	"github.com/spf13/cobra"
)

// Offer is what a shell offers when a person presses the tab key.
type Offer struct {
	Word string // of the line of use that it stands for; "" for none
	Flag string // whose value it is; "" for none
	Of   func() []string
}

// Complete makes a shell offer what there is for the arguments and flags of cmd, and of the
// commands below it.
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
		if o.Flag != "" && (cmd.LocalNonPersistentFlags().Lookup(o.Flag) != nil || cmd.PersistentFlags().Lookup(o.Flag) != nil) {
			_ = cmd.RegisterFlagCompletionFunc(o.Flag, words) // fails only where it is done twice
		}
	}
	for _, c := range cmd.Commands() {
		Complete(c, offers)
	}
}
