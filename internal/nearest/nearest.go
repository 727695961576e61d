// Package nearest finds the word that was probably meant by an unknown one. It serves keys, commands,
// flags, sources, presets and guards.
package nearest

import (
	"fmt"
	"slices"
	"strings"
)

// Hint suggests the word of known that is nearest to word. Where none is near, it returns otherwise.
func Hint(word string, known []string, otherwise string) string {
	if near, ok := Of(word, known); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return otherwise
}

// Of returns the word of known that was probably meant by word. ok is false where none is near enough.
// Case, hyphens and underscores do not count.
func Of(word string, known []string) (near string, ok bool) {
	if len(word) > 100 { // no known word is as long, and the time of distance is quadratic
		return "", false
	}
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace
	word = plain(strings.ToLower(word))
	best := 1 + (len(word)+2)/4 // one mistake, and one more for every four letters
	for _, candidate := range known {
		if d := distance(word, plain(strings.ToLower(candidate))); d < best {
			near, best = candidate, d
		}
	}
	return near, near != ""
}

// distance returns the number of letters that were left out, added, replaced, or swapped with their
// neighbour between a and b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	var beforeLast []int
	last := make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			replaced := last[j]
			if s[i] != t[j] {
				replaced++
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, replaced)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], beforeLast[j-1]+1)
			}
		}
		beforeLast, last = last, row
	}
	return last[len(t)]
}

// Either joins choices for a sentence: "us, eu or au".
func Either(choices []string) string {
	if len(choices) < 2 {
		return strings.Join(choices, "")
	}
	last := len(choices) - 1
	return strings.Join(slices.Clone(choices[:last]), ", ") + " or " + choices[last]
}
