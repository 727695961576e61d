package main

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command says what it does, at length, and shows an example; and no text is of a command
// that is not there.
func TestEveryCommandHasItsHelp(t *testing.T) {
	t.Parallel()
	texts := map[string]bool{"exit-codes.txt": true}
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		name := strings.ReplaceAll(strings.TrimPrefix(cmd.CommandPath(), "fincrawl "), " ", "-")
		if strings.HasPrefix(name, "completion-") { // a shell's, as cobra has it
			return
		}
		texts[name+".txt"] = true
		if cmd.Short == "" || cmd.Long == "" || !strings.HasPrefix(cmd.Example, "  ") {
			t.Errorf("help/%s.txt: the short text is %q, the long one %q, the example %q", name, cmd.Short, cmd.Long, cmd.Example)
		}
		if strings.Contains(cmd.Long+cmd.Example, "{{") {
			t.Errorf("help/%s.txt is not filled in:\n%s", name, cmd.Long)
		}
		for _, c := range cmd.Commands() {
			look(c)
		}
	}
	look(newApp(os.Stdout, os.Stderr).root())
	err := fs.WalkDir(helpTexts, "help", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !texts[d.Name()] {
			t.Errorf("help/%s is of no command", d.Name())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The help, the README and the manifest have the same exit codes.
func TestExitCodesAreDocumentedEverywhere(t *testing.T) {
	t.Parallel()
	help, err := helpTexts.ReadFile("help/exit-codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	codes := func(text []byte, row string) (all []string) {
		for _, m := range regexp.MustCompile(row).FindAllSubmatch(text, -1) {
			all = append(all, string(m[1]))
		}
		return all
	}
	want := []string{"0", "1", "2", "3", "4", "5", "6", "130"}
	for name, got := range map[string][]string{"help/exit-codes.txt": codes(help, `(?m)^  (\d+) `), "README.md": codes(readme, `(?m)^\| (\d+) \|`)} {
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
}
