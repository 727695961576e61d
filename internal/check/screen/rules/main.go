// Command rules keeps the rules of gitleaks that the package screen embeds.
//
//	go run ./internal/check/screen/rules             says which version they are of, and the newest that is served
//	go run ./internal/check/screen/rules -write V    replaces them, and their licence, by those of version V
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/zricethezav/gitleaks/v8"

// heading precedes the version in the first line of the file.
const heading = "# The rules of " + module + " "

func main() {
	version := flag.String("write", "", "version of "+module+" whose rules replace those that are there")
	into := flag.String("into", filepath.Join("internal", "check", "screen"), "directory that has the rules")
	flag.Parse()
	var err error
	if *version == "" {
		err = tell(context.Background(), *into)
	} else {
		err = write(context.Background(), *into, *version)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

// tell says which version is embedded, and which is the newest.
func tell(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "gitleaks.toml"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	version, ours := strings.CutPrefix(line, heading)
	if !ours {
		return fmt.Errorf("gitleaks.toml does not say which version it is of; write it with -write VERSION")
	}
	version, _, _ = strings.Cut(version, " ")
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-versions", module).Output()
	if err != nil {
		return fmt.Errorf("ask for the versions of %s: %w", module, err)
	}
	served := strings.Fields(string(out))
	newest := served[len(served)-1]
	if newest == version {
		fmt.Printf("%s %s, the newest that is served\n", module, version)
		return nil
	}
	fmt.Printf("%s %s; the newest that is served is %s:\n\tgo run ./internal/check/screen/rules -write %s\n", module, version, newest, newest)
	return nil
}

// write replaces the rules by those of a version, as the module proxy serves it.
func write(ctx context.Context, dir, version string) error {
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", module+"@"+version).Output()
	if err != nil {
		return fmt.Errorf("download %s %s: %w\n%s", module, version, err, out)
	}
	var downloaded struct{ Dir, Version string }
	if err := json.Unmarshal(out, &downloaded); err != nil {
		return err
	}
	rules, err := os.ReadFile(filepath.Join(downloaded.Dir, "config", "gitleaks.toml"))
	if err != nil {
		return err
	}
	licence, err := os.ReadFile(filepath.Join(downloaded.Dir, "LICENSE"))
	if err != nil {
		return err
	}
	first := heading + downloaded.Version + " (MIT, see LICENSE.gitleaks), as they are. \"make rules\" says whether there are newer ones.\n"
	if err := os.WriteFile(filepath.Join(dir, "gitleaks.toml"), append([]byte(first), bytes.TrimLeft(rules, "\ufeff")...), 0o644); err != nil { //nolint:gosec // a source file
		return err
	}
	return os.WriteFile(filepath.Join(dir, "LICENSE.gitleaks"), licence, 0o644) //nolint:gosec // a source file
}
