package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// page measures the processing of one page in memory. It is compared with parsing alone, which no crawler can avoid.
func (b *bench) page(ctx context.Context) error {
	sites, err := b.sitesToCrawl()
	if err != nil {
		return err
	}
	for _, s := range sites {
		docs, err := documents(s.dir, 200)
		if err != nil {
			return err
		}
		var parsing, ours []float64
		for range b.rounds {
			parsed, err := cpuPerPage(docs, func(d document) error {
				_, err := html.Parse(bytes.NewReader(d.body))
				return err
			})
			if err != nil {
				return err
			}
			all, err := cpuPerPage(docs, everything)
			if err != nil {
				return err
			}
			parsing, ours = append(parsing, parsed), append(ours, all)
			b.say("%s: html.Parse %.3f ms CPU a page, all of ours %.3f", s.name, parsed, all)
		}
		var ratios []float64
		for i := range ours {
			ratios = append(ratios, ours[i]/parsing[i])
		}
		b.results.Pages = append(b.results.Pages, work{s.name, "html.Parse", median(parsing), 1},
			work{s.name, "fincrawl: parse, links, directives, login wall, extract, clean, Markdown, hash", median(ours), median(ratios)})
		b.results.add("page", most(aim{What: "CPU per page", On: s.name, Aim: "≤ 3 × html.Parse", Value: median(ratios), Unit: "×"}, 3))
		if err := b.otherExtractors(ctx, s); err != nil {
			b.say("other extractors are left out: %v", err)
		}
	}
	return nil
}

// everything does all that the crawler does to a page between its arrival and the state file.
func everything(d document) error {
	doc, err := extract.Parse(d.url, "text/html", d.body)
	if err != nil {
		return err
	}
	doc.LoginForm()
	doc.Directives()
	for _, u := range doc.Links() {
		scope.Normalise(u)
	}
	article, err := doc.Extract(extract.Rules{})
	if err != nil {
		return err
	}
	p := crawler.Page{
		Source: "site", ExternalID: d.url.String(), URL: d.url.String(),
		Title: article.Title, HTML: article.HTML, Markdown: article.Markdown,
	}
	if p.Fingerprint() == "" {
		return fmt.Errorf("no fingerprint")
	}
	return nil
}

type document struct {
	url  *url.URL
	body []byte
}

// documents reads at most n HTML files of a folder, spread evenly over all of them.
func documents(dir string, n int) ([]document, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".html") && !e.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var docs []document
	for i := range min(n, len(files)) {
		file := files[i*len(files)/min(n, len(files))]
		body, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return nil, err
		}
		u := &url.URL{Scheme: "http", Host: "docs.example.com", Path: "/" + filepath.ToSlash(rel)}
		docs = append(docs, document{u, body})
	}
	return docs, nil
}

// cpuPerPage returns the CPU time per page of calling do, including the garbage collector's.
func cpuPerPage(docs []document, do func(document) error) (ms float64, err error) {
	runtime.GC()
	before := processCPU()
	for _, d := range docs {
		if err := do(d); err != nil {
			return 0, fmt.Errorf("%s: %w", d.url, err)
		}
	}
	return milliseconds(processCPU()-before, len(docs)), nil
}

// processCPU returns the CPU time that this process has used so far.
func processCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// otherExtractors runs bench/peers/extract. It is a separate module, so that ours does not need its dependencies.
func (b *bench) otherExtractors(ctx context.Context, s realSite) error {
	dir, err := root()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "run", ".", s.dir)
	cmd.Dir, cmd.Stderr = filepath.Join(dir, "bench", "peers", "extract"), b.progress
	text, err := cmd.Output()
	if err != nil {
		return err
	}
	var found []work
	if err := json.Unmarshal(text, &found); err != nil {
		return fmt.Errorf("read what bench/peers/extract said: %w", err)
	}
	for _, w := range found {
		w.Site = s.name
		b.results.Pages = append(b.results.Pages, w)
	}
	return nil
}
