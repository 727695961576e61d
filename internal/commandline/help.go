package commandline

import (
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

// Describe sets the help of cmd and of its subcommands from a folder. The folder has a file for each
// command: a short description, then the long one, then examples. fill replaces what several files have
// in common.
func Describe(cmd *cobra.Command, folder fs.FS, fill *strings.Replacer) {
	name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	if text, err := fs.ReadFile(folder, strings.ReplaceAll(name, " ", "-")+".txt"); err == nil {
		cmd.Short, cmd.Long, _ = strings.Cut(fill.Replace(string(text)), "\n\n")
		cmd.Long, cmd.Example, _ = strings.Cut(cmd.Long, "Examples:\n")
		cmd.Long, cmd.Example = strings.TrimSpace(cmd.Long), strings.TrimRight(cmd.Example, "\n")
	}
	for _, c := range cmd.Commands() {
		Describe(c, folder, fill)
	}
}
