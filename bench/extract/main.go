// Command extract measures how much of a page's main content the automatic
// extraction finds, beside readability alone, over a set of pages whose content
// is known.
//
//	go run ./bench/extract [DIR]
//
// DIR (../shared/extraction) holds html/ID.html.gz and truth/ID.json. The figure
// of a page is the F1 of the words of its HTML's text against those of its
// content; a type's is the mean over its pages. "with" and "without" are the
// shares of the snippets found that must be there, and that must not.
package main

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

func main() {
	pages := flag.Bool("pages", false, "list every page with its figure and that of readability, the worst first")
	flag.Parse()
	dir := "../shared/extraction"
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	if err := measure(os.Stdout, dir, *pages); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

// truth is what is known of a page.
type truth struct {
	ID      string   `json:"id"`
	Type    string   `json:"type"`
	URL     string   `json:"url"`
	Content string   `json:"main_content"`
	With    []string `json:"with"`
	Without []string `json:"without"`
}

// figures are sums over pages, shown as means.
type figures struct{ pages, f1, with, without float64 }

type result struct {
	truth
	how         string
	ours, their float64
}

func measure(w io.Writer, dir string, list bool) error {
	files, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no pages in %s: %w", dir, os.ErrNotExist)
	}
	ours, theirs := map[string]*figures{}, map[string]*figures{}
	var results []result
	for _, file := range files {
		page, known, err := load(dir, strings.TrimSuffix(filepath.Base(file), ".json"))
		if err != nil {
			return err
		}
		u, err := url.Parse(known.URL)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		found, how, err := extracted(u, page)
		if err != nil {
			return err
		}
		ourF1 := add(ours, known, found)
		theirF1 := add(theirs, known, readable(u, page))
		results = append(results, result{known, how, ourF1, theirF1})
	}
	if list {
		slices.SortFunc(results, func(a, b result) int { return int((a.ours - b.ours) * 1e6) })
		for _, r := range results {
			fmt.Fprintf(w, "%.3f %.3f %-14s %-28s %s %s\n", r.ours, r.their, r.Type, r.how, r.ID, r.URL)
		}
	}
	fmt.Fprintln(w, "| type | pages | F1 | with | without | readability: F1 | with | without |\n|---|---|---|---|---|---|---|---|")
	types := make([]string, 0, len(ours))
	for kind := range ours {
		types = append(types, kind)
	}
	slices.Sort(types)
	for _, kind := range types {
		a, b := ours[kind], theirs[kind]
		fmt.Fprintf(w, "| %s | %.0f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", kind, a.pages,
			a.f1/a.pages, a.with/a.pages, a.without/a.pages, b.f1/b.pages, b.with/b.pages, b.without/b.pages)
	}
	return nil
}

func load(dir, id string) (page []byte, known truth, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, "truth", id+".json"))
	if err != nil {
		return nil, known, err
	}
	if err := json.Unmarshal(raw, &known); err != nil {
		return nil, known, fmt.Errorf("read the truth about %s: %w", id, err)
	}
	known.ID = id
	file, err := os.Open(filepath.Join(dir, "html", id+".html.gz"))
	if err != nil {
		return nil, known, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, known, fmt.Errorf("unpack %s: %w", id, err)
	}
	page, err = io.ReadAll(unpacked)
	return page, known, err
}

func extracted(u *url.URL, page []byte) (found, how string, err error) {
	d, err := extract.Parse(u, "text/html; charset=utf-8", page)
	if err != nil {
		return "", "", err
	}
	article, err := d.Extract(extract.Rules{})
	if err != nil {
		return "", "", err
	}
	return plain(article.HTML), article.How, nil
}

// readable returns what readability finds by itself; nothing where it fails.
func readable(u *url.URL, page []byte) string {
	article, err := readability.FromReader(strings.NewReader(string(page)), u)
	if err != nil || article.Node == nil {
		return ""
	}
	var out strings.Builder
	if err := article.RenderHTML(&out); err != nil {
		return ""
	}
	return plain(out.String())
}

// plain returns the text of HTML, its elements apart.
func plain(fragment string) string {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(fragment))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.Write(tokens.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			switch name, _ := tokens.TagName(); string(name) {
			case "a", "abbr", "b", "code", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "time", "u", "kbd", "samp", "var", "q", "cite", "dfn", "del", "ins":
			default:
				out.WriteByte('\n')
			}
		}
	}
}

// add scores one page's text and adds it to its type's figures.
func add(to map[string]*figures, known truth, found string) float64 {
	sums := to[known.Type]
	if sums == nil {
		sums = &figures{}
		to[known.Type] = sums
	}
	score := f1(found, known.Content)
	sums.pages++
	sums.f1 += score
	sums.with += share(found, known.With, 1)
	sums.without += share(found, known.Without, 0)
	return score
}

// share returns the share of snippets that text contains, in any case.
func share(text string, snippets []string, none float64) float64 {
	if len(snippets) == 0 {
		return none
	}
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	found := 0.0
	for _, snippet := range snippets {
		if strings.Contains(text, strings.ToLower(strings.Join(strings.Fields(snippet), " "))) {
			found++
		}
	}
	return found / float64(len(snippets))
}

// f1 compares the multisets of two texts' words.
func f1(found, wanted string) float64 {
	word := regexp.MustCompile(`[\p{L}\p{N}_]+`)
	a, b := word.FindAllString(strings.ToLower(found), -1), word.FindAllString(strings.ToLower(wanted), -1)
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	left := map[string]int{}
	for _, w := range b {
		left[w]++
	}
	common := 0.0
	for _, w := range a {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	return 2 * common / float64(len(a)+len(b))
}
