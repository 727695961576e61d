package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

const (
	// longest is how much of a value is looked for at once. Of a longer one, two pieces
	// are looked for: what it begins with is often the same for all of its kind, as with
	// keys and signed tokens.
	longest = 64
	piece   = 40
)

// patternsOf are what a value looks like.
func patternsOf(value string) []string {
	value = withoutArmour(value)
	plain, _ := decoded(value)
	var patterns []string
	for _, form := range uniquely(value, plain) {
		patterns = append(patterns, piecesOf(compact(form))...)
		if len(form) > longest {
			continue // its pieces stand in no fixed alignment, so each has patterns below
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

// withoutArmour takes the dashed lines off a key, which are the same for all.
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

// rawPieces are the middle and the end of a long value.
func rawPieces(s string) []string {
	middle := (len(s) - piece) / 2
	return []string{s[middle : middle+piece], s[len(s)-piece:]}
}

// encodings are a value in hexadecimal, and in base64 as it looks whatever stands
// before and after it.
func encodings(value string) []string {
	patterns := []string{hex.EncodeToString([]byte(value))}
	for before := range 3 {
		padded := append(make([]byte, before), value...)
		whole := len(padded) * 8 / 6 // digits that depend on nothing after the value
		first := (before*8 + 5) / 6  // digits that depend on what stands before it
		digits := base64.RawStdEncoding.EncodeToString(padded)[first:whole]
		patterns = append(patterns, compact(digits))
		if strings.ContainsAny(digits, "+/") {
			patterns = append(patterns, compact(strings.NewReplacer("+", "-", "/", "_").Replace(digits)))
		}
	}
	return patterns
}
