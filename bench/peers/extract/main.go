// Command extract measures other extractors on the pages of a folder, compared with parsing alone, and prints the
// results as JSON. bench runs it; it can also be run here:
//
// go run . DIR
//
// With -find it prints what they find on pages whose content is known, for bench/extract.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

func main() {
	do := measure
	if os.Args[1] == "-find" {
		do = find
	}
	if err := do(os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

type work struct {
	What     string  `json:"what"`
	CPU      float64 `json:"cpu_ms_per_page"`
	Relative float64 `json:"relative_to_parsing"`
}

func measure(dir string) error {
	pages, err := read(dir, 60)
	if err != nil {
		return err
	}
	address := &url.URL{Scheme: "https", Host: "docs.example.com", Path: "/page.html"}
	// Only the time matters here, and not what they find.
	do := []func([]byte){
		func(p []byte) { _, _ = html.Parse(bytes.NewReader(p)) },
		func(p []byte) {
			if a, err := readability.FromReader(bytes.NewReader(p), address); err == nil && a.Node != nil {
				_ = a.RenderHTML(&bytes.Buffer{})
			}
		},
		func(p []byte) {
			if r, err := trafilatura.Extract(bytes.NewReader(p), trafilatura.Options{OriginalURL: address, EnableFallback: true}); err == nil {
				_ = html.Render(&bytes.Buffer{}, r.ContentNode)
			}
		},
	}
	found := []work{{What: "html.Parse"}, {What: "go-readability 2.1.1, HTML only"}, {What: "go-trafilatura 1.12.2 with its fallback, HTML only"}}
	spent := make([][]float64, len(do))
	for range 3 {
		for i := range do {
			runtime.GC()
			before := cpu()
			for _, p := range pages {
				do[i](p)
			}
			spent[i] = append(spent[i], (cpu()-before)/float64(len(pages)))
		}
	}
	for i := range found {
		found[i].CPU = median(spent[i])
		found[i].Relative = found[i].CPU / found[0].CPU
	}
	return json.NewEncoder(os.Stdout).Encode(found[1:])
}

func read(dir string, n int) ([][]byte, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".html") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var pages [][]byte
	for i := range min(n, len(files)) {
		page, err := os.ReadFile(files[i*len(files)/min(n, len(files))])
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func cpu() (ms float64) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func median(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }
