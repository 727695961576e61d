// Command screen measures the cost and the error rate of screening, on real documentation.
//
// go run ./bench/screen DIR…
//
// Each DIR is searched for HTML files (also gzipped), which are extracted and screened with the default settings.
// Published documentation contains neither secrets nor prompt injections except in examples, so every finding counts as
// a false alarm. Then each kind of secret and each injection of planted.go is inserted into some of these pages, and
// should be found.
//
// Time is given as a multiple of html.Parse for the same pages.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/check/screen"
)

func main() {
	verbose := flag.Bool("v", false, "show each false alarm")
	most := flag.Int("n", 0, "pages at most; 0 for all")
	flag.Parse()
	if err := measure(os.Stdout, flag.Args(), *most, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "screen:", err)
		os.Exit(1)
	}
}

func measure(w io.Writer, dirs []string, most int, verbose bool) error {
	screener, err := screen.New(screen.Config{Credentials: screen.Hold, Codes: screen.Warn, Injections: screen.Hold})
	if err != nil {
		return err
	}
	if _, _, err := screener.Page(crawler.Page{Title: "warm up"}, nil); err != nil {
		return err
	}
	var (
		pages, alarms      int
		parsing, screening time.Duration
		rules              = map[string]int{}
		kept               []crawler.Page
	)
	for _, dir := range dirs {
		here, wrong := 0, 0
		err := eachPage(dir, func(path string, source []byte) error {
			if most > 0 && pages >= most {
				return fs.SkipAll
			}
			started := time.Now()
			if _, err := html.Parse(bytes.NewReader(source)); err != nil {
				return nil // nested too deeply for the parser: see extract.Parse
			}
			parsing += time.Since(started)
			page, ok, err := read(path, source)
			if err != nil || !ok {
				return err
			}
			started = time.Now()
			_, findings, err := screener.Page(page, nil)
			screening += time.Since(started)
			if err != nil {
				return err
			}
			pages++
			here++
			if len(kept) < 500 && rand.IntN(10) == 0 {
				kept = append(kept, page)
			}
			if len(findings) == 0 {
				return nil
			}
			alarms++
			wrong++
			seen := map[string]bool{}
			for _, f := range findings {
				if verbose {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.Rule, path, f.Where, f.Excerpt)
				}
				if !seen[f.Rule] {
					seen[f.Rule] = true
					rules[f.Rule]++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%6d pages, %3d false alarms  %s\n", here, wrong, dir)
	}
	if pages == 0 {
		return fmt.Errorf("no HTML in %s", strings.Join(dirs, ", "))
	}
	fmt.Fprintf(w, "%6d pages, %3d false alarms: %.2f %%\n", pages, alarms, 100*float64(alarms)/float64(pages))
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(w, "  %4d %s\n", rules[rule], rule)
	}
	fmt.Fprintf(w, "screening took %.2f × html.Parse\n", screening.Seconds()/parsing.Seconds())
	return recall(w, screener, kept)
}

// recall plants everything in pages and counts what is found.
func recall(w io.Writer, screener *screen.Screener, pages []crawler.Page) error {
	found, all := 0, 0
	for _, p := range planted() {
		missed := 0
		for range 20 {
			page := pages[rand.IntN(len(pages))]
			_, before, err := screener.Page(page, nil)
			if err != nil {
				return err
			}
			if len(before) > 0 {
				continue
			}
			all++
			at := strings.LastIndex(page.HTML[:rand.IntN(len(page.HTML))+1], "<p>")
			page.HTML = page.HTML[:max(at, 0)] + p.html() + page.HTML[max(at, 0):]
			_, findings, err := screener.Page(page, nil)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(findings, func(f screen.Finding) bool { return f.Kind == p.kind }) {
				missed++
				continue
			}
			found++
		}
		if missed > 0 {
			fmt.Fprintf(w, "missed %2d times: %s\n", missed, p.text)
		}
	}
	fmt.Fprintf(w, "%d of %d planted were found\n", found, all)
	return nil
}

func read(path string, source []byte) (crawler.Page, bool, error) {
	u := &url.URL{Scheme: "https", Host: "docs.example.com", Path: filepath.ToSlash(path)}
	doc, err := extract.Parse(u, "text/html", source)
	if err != nil {
		return crawler.Page{}, false, nil // a page that cannot be read is not sent
	}
	article, err := doc.Extract(extract.Rules{})
	if err != nil {
		return crawler.Page{}, false, fmt.Errorf("extract %s: %w", path, err)
	}
	return crawler.Page{URL: u.String(), Title: article.Title, HTML: article.HTML, Markdown: article.Markdown}, article.HTML != "", nil
}

func eachPage(dir string, do func(path string, source []byte) error) error {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, zipped := strings.CutSuffix(path, ".gz")
		if ext := filepath.Ext(name); ext != ".html" && ext != ".htm" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if zipped {
			unzip, err := gzip.NewReader(bytes.NewReader(source))
			if err != nil {
				return err
			}
			if source, err = io.ReadAll(unzip); err != nil {
				return err
			}
		}
		return do(path, source)
	})
}
