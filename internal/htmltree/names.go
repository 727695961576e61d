package htmltree

import (
	"strings"
	"unicode"
)

// NameSays reports whether one of the words occurs in called, whatever its case, hyphens and underscores.
func NameSays(called string, words ...string) bool {
	called = strings.Map(plainLower, called)
	for _, word := range words {
		if strings.Contains(called, word) {
			return true
		}
	}
	return false
}

func plainLower(r rune) rune {
	if r == '-' || r == '_' {
		return -1
	}
	return unicode.ToLower(r)
}
