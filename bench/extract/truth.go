package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"
)

// truth is a page with its known content.
type truth struct {
	Type    string   `json:"type"`
	URL     string   `json:"url"`
	Content string   `json:"main_content"`
	With    []string `json:"with"`
	Without []string `json:"without"`

	page []byte
}

func load(dir string) (map[string]*truth, error) {
	files, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no pages in %s: %w", dir, os.ErrNotExist)
	}
	known := make(map[string]*truth, len(files))
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		t := &truth{}
		if err := json.Unmarshal(raw, t); err != nil {
			return nil, fmt.Errorf("read the truth about %s: %w", id, err)
		}
		if t.page, err = unpack(filepath.Join(dir, "html", id+".html.gz")); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", id, err)
		}
		known[id] = t
	}
	return known, nil
}

func unpack(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unpacked)
}

// half returns the half that a page belongs to. Pages of one site are in the same half.
func (t *truth) half() int {
	hash := fnv.New32a()
	if u, err := url.Parse(t.URL); err == nil {
		site, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
		if err != nil {
			site = u.Hostname()
		}
		_, _ = io.WriteString(hash, site)
	}
	return int(hash.Sum32() >> 3 & 1)
}

// score is how well an extracted text matches the truth.
type score struct{ precision, recall, f1, with, without float64 }

// judge compares the multisets of words of found and of the true content, and looks for the snippets.
func (t *truth) judge(found string) score {
	word := regexp.MustCompile(`[\p{L}\p{N}_]+`)
	a, b := word.FindAllString(strings.ToLower(found), -1), word.FindAllString(strings.ToLower(t.Content), -1)
	s := score{1, 1, 1, share(found, t.With, 1), share(found, t.Without, 0)}
	if len(a) == 0 && len(b) == 0 {
		return s
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
	s.precision = common / float64(max(len(a), 1))
	s.recall = common / float64(max(len(b), 1))
	s.f1 = 2 * common / float64(len(a)+len(b))
	return s
}

// share returns the share of snippets that text contains, ignoring case. It returns none if there are no snippets.
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

// plain returns the text of HTML, with block elements separated by line breaks.
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

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
