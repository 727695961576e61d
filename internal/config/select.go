package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// The names of the file that are tried where none is given.
const (
	usualFile = "sources.yaml"
	otherFile = "sources.yml"
)

// Usual returns the path of the file where none is given: sources.yaml, or sources.yml where only that
// exists.
func Usual() string {
	if _, err := os.Stat(usualFile); err != nil {
		if _, err := os.Stat(otherFile); err == nil {
			return otherFile
		}
	}
	return usualFile
}

// instead says what to do where there is no file at path.
func instead(path string, err error) string {
	if !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if there, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.y*ml")); len(there) > 0 {
		return fmt.Sprintf("; to read another file, such as %s, name it by -c; to write a new one: `fincrawl init`", there[0])
	}
	return "; write one by `fincrawl init`, or name the file by -c or FINCRAWL_CONFIG"
}

// Select returns the sources that words name by name or URL, in the order of the file. Without words it
// returns all. The error lists every unknown word, with what was probably meant.
func (c *Config) Select(words []string) ([]Source, error) {
	if len(words) == 0 {
		return slices.Clone(c.Sources), nil
	}
	meant := map[string]bool{}
	var unknown []error
	for _, word := range words {
		s, ok := c.Source(word)
		if !ok {
			unknown = append(unknown, fmt.Errorf("no source %q in %s: %s", word, c.Path, c.hint(word)))
		}
		meant[s.Name] = true
	}
	if len(unknown) > 0 {
		return nil, errors.Join(unknown...)
	}
	return slices.DeleteFunc(slices.Clone(c.Sources), func(s Source) bool { return !meant[s.Name] }), nil
}

// Source returns the source that a word names: by its name, its url or its library_url.
func (c *Config) Source(word string) (Source, bool) {
	is := func(mean func(Source) bool) (Source, bool) {
		if i := slices.IndexFunc(c.Sources, mean); i >= 0 {
			return c.Sources[i], true
		}
		return Source{}, false
	}
	if s, ok := is(func(s Source) bool { return s.Name == word }); ok {
		return s, true
	}
	if s, ok := is(func(s Source) bool { return sameURL(s.URL, word) }); ok {
		return s, true
	}
	return is(func(s Source) bool { return sameURL(s.LibraryURL, word) })
}

func sameURL(a, b string) bool {
	u, err := parseAddress(a)
	v, otherErr := parseAddress(b)
	return err == nil && otherErr == nil && sameAddress(u) == sameAddress(v)
}

// Names returns the names of the sources.
func (c *Config) Names() []string {
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names
}

// hint says what to write in place of a word that names no source.
func (c *Config) hint(word string) string {
	if u, err := url.Parse(word); err == nil && u.Host != "" {
		for _, s := range c.Sources {
			if start, err := url.Parse(s.URL); err == nil && origin(start) == origin(u) {
				return fmt.Sprintf("that address is at the site of %s; "+
					"name the source, or, to look at this page alone, write --page %s", s.Name, word)
			}
		}
		return "none begins at that address; there are " + strings.Join(c.Names(), ", ")
	}
	if _, err := os.Stat(word); err == nil {
		return "to read the sources of that file, write -c " + word
	}
	if words := strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ' ' }); len(words) > 1 {
		if _, err := c.Select(words); err == nil {
			return "names stand apart: write " + strings.Join(words, " ")
		}
	}
	return nearest.Hint(word, c.Names(), "it has "+strings.Join(c.Names(), ", ")+"; without a name, all are meant")
}

// Among tells the names of sources among words from what names pages. Without any, all sources
// are meant.
func (c *Config) Among(words []string) (sources, others []string) {
	for _, word := range words {
		if slices.Contains(c.Names(), word) {
			sources = append(sources, word)
		} else {
			others = append(others, word)
		}
	}
	if len(sources) == 0 {
		sources = c.Names()
	}
	return sources, others
}
