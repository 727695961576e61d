package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	shiori "github.com/go-shiori/go-readability"
	distiller "github.com/markusmobius/go-domdistiller"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// extractor is one of the libraries that are compared.
type extractor struct {
	name string
	// read returns the main content as HTML, or "" if it finds none.
	read func(page []byte, address *url.URL) (string, error)
}

func extractors() []extractor {
	return []extractor{
		{"go-readability 2.1.1 (Readeck)", func(page []byte, address *url.URL) (string, error) {
			article, err := readability.FromReader(bytes.NewReader(page), address)
			if err != nil || article.Node == nil {
				return "", err
			}
			return rendered(article.Node)
		}},
		{"go-readability 2024-10 (go-shiori)", func(page []byte, address *url.URL) (string, error) {
			article, err := shiori.FromReader(bytes.NewReader(page), address)
			if err != nil || article.Node == nil {
				return "", err
			}
			return rendered(article.Node)
		}},
		{"go-domdistiller 2024-09", func(page []byte, address *url.URL) (string, error) {
			result, err := distiller.ApplyForReader(bytes.NewReader(page), &distiller.Options{OriginalURL: address, SkipPagination: true})
			if err != nil || result.Node == nil {
				return "", err
			}
			return rendered(result.Node)
		}},
		{"go-trafilatura 1.12.2, no fallback", trafilaturaWith(trafilatura.Options{})},
		{"go-trafilatura 1.12.2, with fallbacks", trafilaturaWith(trafilatura.Options{EnableFallback: true})},
	}
}

func trafilaturaWith(options trafilatura.Options) func([]byte, *url.URL) (string, error) {
	return func(page []byte, address *url.URL) (string, error) {
		options.OriginalURL = address
		result, err := trafilatura.Extract(bytes.NewReader(page), options)
		if err != nil || result.ContentNode == nil {
			return "", err
		}
		return rendered(result.ContentNode)
	}
}

func rendered(n *html.Node) (string, error) {
	var out strings.Builder
	err := html.Render(&out, n)
	return out.String(), err
}

// finding is a line of output: the main content that a library found on a page, or, in its last line, the cost of all
// pages.
type finding struct {
	Library string  `json:"library"`
	ID      string  `json:"id,omitempty"`
	HTML    string  `json:"html,omitempty"`
	Times   float64 `json:"times_parsing,omitempty"` // CPU time, as a multiple of html.Parse on the same pages
}

// find prints what each library finds on the pages of a folder with known content (see bench/extract).
func find(dir string) error {
	var ids []string
	var pages [][]byte
	var addresses []*url.URL
	files, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no pages in %s: %w", dir, os.ErrNotExist)
	}
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		page, address, err := unpack(dir, id)
		if err != nil {
			return fmt.Errorf("read page %s: %w", id, err)
		}
		ids, pages, addresses = append(ids, id), append(pages, page), append(addresses, address)
	}
	parsing := spent(func() {
		for _, page := range pages {
			_, _ = html.Parse(bytes.NewReader(page))
		}
	})
	out := json.NewEncoder(os.Stdout)
	for _, library := range extractors() {
		found := make([]string, len(pages))
		cost := spent(func() {
			for i, page := range pages {
				// A page that cannot be read counts as a page without content.
				found[i], _ = library.read(page, addresses[i])
			}
		})
		for i, id := range ids {
			if err := out.Encode(finding{Library: library.name, ID: id, HTML: found[i]}); err != nil {
				return err
			}
		}
		if err := out.Encode(finding{Library: library.name, Times: cost / parsing}); err != nil {
			return err
		}
	}
	return nil
}

// spent returns the CPU time of work, in milliseconds.
func spent(work func()) float64 {
	runtime.GC()
	before := cpu()
	work()
	return cpu() - before
}

func unpack(dir, id string) (page []byte, address *url.URL, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, "truth", id+".json"))
	if err != nil {
		return nil, nil, err
	}
	var known struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, nil, err
	}
	if address, err = url.Parse(known.URL); err != nil {
		return nil, nil, err
	}
	file, err := os.Open(filepath.Join(dir, "html", id+".html.gz"))
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, nil, err
	}
	page, err = io.ReadAll(unpacked)
	return page, address, err
}
