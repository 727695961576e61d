package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/localserver"
)

//go:embed sources.yaml
var sources string

// token opens the sandbox.
const token = "demo-token"

// Day is a day of fincrawl, told by its own commands. They run against the help center and a
// sandbox of Intercom's API, both on this machine.
type Day struct {
	Out io.Writer // for people
	// Command runs a command of fincrawl, such as "sync", on a sources.yaml and in an environment.
	Command func(ctx context.Context, name, config string, env map[string]string) error
	Once    bool // the day ends with its last sync, rather than when ctx does

	steps int
}

// Run tells the day. It leaves no file behind.
func (d *Day) Run(ctx context.Context) (err error) {
	site := New()
	siteServer, err := localserver.Serve("127.0.0.1:0", site)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, siteServer.Close()) }()
	box, err := sandbox.New(sandbox.Config{Token: token})
	if err != nil {
		return err
	}
	boxServer, err := localserver.Serve("127.0.0.1:0", box)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, boxServer.Close(), box.Close()) }()
	dir, err := os.MkdirTemp("", "fincrawl-demo-*")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w; set TMPDIR to one that this user can write to", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config := filepath.Join(dir, "sources.yaml")
	if err := os.WriteFile(config, []byte(sources), 0o600); err != nil {
		return err
	}
	env := map[string]string{
		"HELP_CENTER":           siteServer.URL,
		"HELP_CENTER_USER":      Username,
		"HELP_CENTER_PASSWORD":  Password,
		"SANDBOX":               boxServer.URL,
		"INTERCOM_ACCESS_TOKEN": token,
		"STATE":                 filepath.Join(dir, "fincrawl.db"),
	}
	command := func(name string) error {
		fmt.Fprintf(d.Out, "$ fincrawl %s\n\n", name)
		return d.Command(ctx, name, config, env)
	}
	if err := d.play(site, command); err != nil || d.Once {
		return err
	}
	d.title("See for yourself")
	fmt.Fprintf(d.Out, "The library, as Fin reads it:  %s/\n", boxServer.URL)
	fmt.Fprintf(d.Out, "The help center it came from:  %s/  (%s, %q)\n", siteServer.URL, Username, Password)
	fmt.Fprintln(d.Out, "\nPress Ctrl-C to end.")
	return boxServer.Wait(ctx)
}

func (d *Day) play(site *Site, command func(name string) error) error {
	d.title("A private help center, and the sources.yaml that describes it")
	fmt.Fprintln(d.Out, indent(sources))

	d.title("Look first: what would a sync do?")
	if err := command("preview"); err != nil {
		return err
	}
	d.title("The first sync sends every page")
	if err := command("sync"); err != nil {
		return err
	}
	d.title("A day passes at the help center")
	for _, edit := range site.Edit() {
		fmt.Fprintln(d.Out, "    "+edit)
	}
	d.title("Look again: only what changed is in the plan, with its text")
	if err := command("preview"); err != nil {
		return err
	}
	d.title("The next sync sends that, and nothing else")
	return command("sync")
}

// title begins a step.
func (d *Day) title(text string) {
	d.steps++
	heading := fmt.Sprintf("%d. %s", d.steps, text)
	fmt.Fprintf(d.Out, "\n%s\n%s\n\n", heading, strings.Repeat("─", utf8.RuneCountInString(heading)))
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
