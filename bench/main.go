// Command bench compares fincrawl with programs that people would use instead, and prints the table of aims with the
// measurements. See README.md beside it.
//
//	go run ./bench [flags] [EXPERIMENT…]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of the harness.
type bench struct {
	rounds   int      // how often each program is measured, alternating with the others
	slow     int      // the same for peers that take long
	pages    int      // of the large generated site; the aims are for 100,000
	sites    []string // the real sites to crawl
	dir      string   // the folder for everything that a run writes
	fincrawl string   // the path of the program, built as for a release
	colly    string   // the path of bench/peers/colly, built
	peers    peers    // the other programs
	progress io.Writer
	results  results
}

// experiment is one kind of measurement.
type experiment struct {
	name string
	run  func(*bench, context.Context) error
}

// experiments returns the experiments in the order of the table of aims.
func experiments() []experiment {
	return []experiment{
		{"crawl", (*bench).crawl},
		{"page", (*bench).page},
		{"upload", (*bench).upload},
		{"allowance", (*bench).allowance},
		{"scale", (*bench).scale},
		{"plan", (*bench).plan},
		{"listing", (*bench).listing},
		{"start", (*bench).start},
		{"overlap", (*bench).overlap},
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	b := &bench{progress: progress}
	var names []string
	for _, e := range experiments() {
		names = append(names, e.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&b.rounds, "rounds", 2, "how often each program is measured, in turn with the others; 5 where the machine is busy")
	flags.IntVar(&b.slow, "slow-rounds", 1, "the same for the peers that take ten times as long")
	flags.IntVar(&b.pages, "pages", 100_000, "size of the large generated site; it has its aims at 100000, which take three minutes")
	sites := flags.String("sites", "postgresql,python,cppreference", "the real sites to crawl; a path is a site, too: a folder of HTML files, or the page in it to begin with")
	katana := flags.String("katana", "", "katana's program, see README.md (default: the one in PATH)")
	save := flags.String("save", "", "folder for results.md and results.json, with what they held of other experiments")
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "go run ./bench [flags] [EXPERIMENT…]\n\nThe experiments are %s.\n", strings.Join(names, ", "))
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, name := range flags.Args() {
		if !slices.Contains(names, name) {
			return fmt.Errorf("no experiment %q: there are %s", name, strings.Join(names, ", "))
		}
	}
	b.sites = strings.Split(*sites, ",")
	b.peers = findPeers(*katana)

	var err error
	if b.dir, err = os.MkdirTemp("", "fincrawl-bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	if err := b.build(ctx); err != nil {
		return err
	}
	for _, e := range experiments() {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), e.name) {
			continue
		}
		b.say("%s", e.name)
		if err := e.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	if *save != "" {
		if err := b.results.mergeInto(*save); err != nil {
			return err
		}
	}
	return b.results.markdown(out)
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, "bench: "+format+"\n", args...)
}

// folder creates a new folder for one measurement.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "") }

// root finds the project's folder from any folder inside it.
func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "bench", "peers", "spider.py")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("run it in the project's folder: go run ./bench")
		}
		dir = filepath.Dir(dir)
	}
}
