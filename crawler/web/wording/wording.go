// Package wording compares the texts of pages word by word.
package wording

import (
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Lines are hashes of the lines of a page, sorted. Each line is reduced to its words, without markup, link
// targets and punctuation.
type Lines []uint64

// LinesOf returns the lines of a Markdown text. It leaves out a line that is the title, since a print view
// may repeat it.
func LinesOf(text, title string) Lines {
	var s Lines
	title = Words(title)
	for line := range strings.Lines(markdown.WithoutTargets(text)) {
		if w := Words(line); w != "" && w != title {
			s = append(s, texthash.Of(w))
		}
	}
	slices.Sort(s)
	return slices.Compact(s)
}

// Words returns the letters and digits of a text in lower case, with single spaces in between.
func Words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// Within reports whether other contains all lines of s.
func (s Lines) Within(other Lines) bool {
	for _, line := range s {
		if _, ok := slices.BinarySearch(other, line); !ok {
			return false
		}
	}
	return true
}

// Similar reports whether b contains at least this share of the sequences of three words of a.
func Similar(a, b string, share float64) bool {
	of, in := triples(a), triples(b)
	if len(of) == 0 {
		return Words(a) == Words(b)
	}
	both := 0
	for t := range of {
		if in[t] {
			both++
		}
	}
	return float64(both) >= share*float64(len(of))
}

func triples(text string) map[uint64]bool {
	all := strings.Fields(Words(markdown.WithoutTargets(text)))
	set := make(map[uint64]bool)
	for i := range max(0, len(all)-2) {
		set[texthash.Of(strings.Join(all[i:i+3], " "))] = true
	}
	return set
}

// Letters counts the letters and digits of a Markdown text without its link targets.
func Letters(markdown string) (n int) {
	for markdown != "" {
		text, rest, _ := strings.Cut(markdown, "](")
		for _, r := range text {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				n++
			}
		}
		_, markdown, _ = strings.Cut(rest, ")")
	}
	return n
}
