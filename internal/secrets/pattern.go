package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

const (
	// longest is the length of the longest value that is searched for as a whole. For a longer value, two pieces of it
	// are searched for. Its beginning is not used: keys and signed tokens of one kind often begin alike.
	longest = 64
	piece   = 40
)

// patternsOf returns the texts to search for in order to find a value.
func patternsOf(value string) []string {
	value = withoutArmour(value)
	plain, _ := decoded(value)
	var patterns []string
	for _, form := range uniquely(value, plain) {
		patterns = append(patterns, piecesOf(compact(form))...)
		if len(form) > longest {
			continue // its pieces get their encodings below
		}
		patterns = append(patterns, encodings(form)...)
	}
	if len(value) > longest {
		for _, part := range rawPieces(value) {
			patterns = append(patterns, encodings(part)...)
		}
	}
	kept := patterns[:0]
	for _, p := range patterns {
		if len(p) >= shortest {
			kept = append(kept, p)
		}
	}
	return kept
}

func uniquely(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// withoutArmour removes the dashed lines around a key in PEM, which are the same in every key.
func withoutArmour(value string) string {
	if !strings.Contains(value, "-----") {
		return value
	}
	var out strings.Builder
	for line := range strings.Lines(value) {
		if !strings.HasPrefix(strings.TrimSpace(line), "-----") {
			out.WriteString(line)
		}
	}
	if strings.TrimSpace(out.String()) == "" {
		return value
	}
	return out.String()
}

func piecesOf(s string) []string {
	if len(s) <= longest {
		return []string{s}
	}
	return rawPieces(s)
}

// rawPieces returns the middle and the end of a long value.
func rawPieces(s string) []string {
	middle := (len(s) - piece) / 2
	return []string{s[middle : middle+piece], s[len(s)-piece:]}
}

// encodings returns a value in hexadecimal and in base64. Base64 depends on what stands before and after the value, so
// only the digits that are the same everywhere are returned, for each of the three alignments.
func encodings(value string) []string {
	patterns := []string{hex.EncodeToString([]byte(value))}
	for before := range 3 {
		padded := append(make([]byte, before), value...)
		whole := len(padded) * 8 / 6 // the digits before this one do not depend on what follows the value
		first := (before*8 + 5) / 6  // the digits from this one on do not depend on what precedes it
		digits := base64.RawStdEncoding.EncodeToString(padded)[first:whole]
		patterns = append(patterns, compact(digits))
		if strings.ContainsAny(digits, "+/") {
			patterns = append(patterns, compact(strings.NewReplacer("+", "-", "/", "_").Replace(digits)))
		}
	}
	return patterns
}
