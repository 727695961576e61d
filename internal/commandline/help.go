package commandline

import (
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

// Describe gives cmd, and the commands below it, the texts of a folder. It has a file for each
// command: a line that says what it does, then all that there is to say, then examples. fill
// completes what is the same in several.
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
