package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build builds our program as for a release, and the crawler made with colly.
func (b *bench) build(ctx context.Context) error {
	dir, err := root()
	if err != nil {
		return err
	}
	b.fincrawl, b.colly = filepath.Join(b.dir, "fincrawl"), filepath.Join(b.dir, "colly")
	for program, pkg := range map[string]string{b.fincrawl: "./cmd/fincrawl", b.colly: "./bench/peers/colly"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, pkg)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", pkg, err, said)
		}
	}
	return nil
}

// project is a folder with a sources.yaml and its state file.
type project struct {
	program string
	dir     string
}

// source is an entry of sources.yaml. It has no rate limit unless a rate is given.
type source struct {
	name, url string
	rate      string
	list      string // a file with the list of its pages, in place of a crawl
}

// project writes a sources.yaml that sends to the API at base.
func (b *bench) project(base string, sources ...source) (project, error) {
	dir, err := b.folder()
	if err != nil {
		return project{}, err
	}
	var y strings.Builder
	fmt.Fprintf(&y, "version: 1\nintercom: {token: \"${BENCH_TOKEN}\", base_url: \"%s\", share: 1}\nstate: %s\nsources:\n", base, filepath.Join(dir, "fincrawl.db"))
	for _, s := range sources {
		if s.list != "" {
			fmt.Fprintf(&y, "  - name: %s\n    kind: pages\n    command: [cat, %s]\n    library_url: %s\n    updates: {max_same_text: 1000000}\n", s.name, s.list, s.url)
			continue
		}
		if s.rate == "" {
			s.rate = "unlimited"
		}
		fmt.Fprintf(&y, "  - name: %s\n    url: %s\n    discover: {sitemaps: [], max_depth: 1000, max_pages: 1000000}\n", s.name, s.url)
		fmt.Fprintf(&y, "    fetch: {concurrency: 4, rate: %s, respect_robots: false, max_body: 100MB}\n", s.rate)
	}
	return project{b.fincrawl, dir}, os.WriteFile(filepath.Join(dir, "sources.yaml"), []byte(y.String()), 0o644)
}

// run runs a subcommand. Besides 0, the exit codes 3 and 4 count as success: on real sites, pages fail or are held.
func (p project) run(ctx context.Context, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, p.program, append(args, "--config", filepath.Join(p.dir, "sources.yaml"))...)
	cmd.Dir, cmd.Env = p.dir, append(os.Environ(), "BENCH_TOKEN=bench")
	return measured(ctx, cmd, 3, 4)
}

// stateSize returns the size of the state file in bytes.
func (p project) stateSize() (int64, error) {
	info, err := os.Stat(filepath.Join(p.dir, "fincrawl.db"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// peers are the paths of the programs that are installed; "" for those that are not.
type peers struct{ scrapy, wget, katana string }

func findPeers(katana string) peers {
	find := func(name string) string {
		path, _ := exec.LookPath(name)
		return path
	}
	if katana == "" {
		katana = find("katana")
	}
	return peers{scrapy: find("scrapy"), wget: find("wget"), katana: katana}
}
