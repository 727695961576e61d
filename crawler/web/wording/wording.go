// Package wording compares what pages say, word by word.
package wording

import (
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Lines are what a page says, as hashes of its lines in words alone: without markup, the
// targets of links, and punctuation. It is sorted.
type Lines []uint64

// LinesOf returns what Markdown says. A line that is the title is left out, since a
// print view may repeat it where the page does not.
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

// Words are the letters and digits of a text in lower case, with single spaces between.
func Words(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// Within reports whether other says all that s says.
func (s Lines) Within(other Lines) bool {
	for _, line := range s {
		if _, ok := slices.BinarySearch(other, line); !ok {
			return false
		}
	}
	return true
}

// Similar reports whether b has a share of what a says, by each three words in a row.
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

// Letters counts the letters and digits of Markdown, but for where its links lead.
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
