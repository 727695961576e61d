package screen

import (
	"strings"
	"unicode"
)

// isPlaceholder tells what stands for a secret in documentation.
func isPlaceholder(secret string) bool {
	lower := strings.ToLower(secret)
	for _, word := range []string{
		"example", "xxxx", "****", "....", "your", "placeholder", "changeme", "change-me", "change_me", "redacted",
		"insert", "dummy", "sample", "abcdefgh", "12345678", "00000000", "deadbeef", "foobar", "…", "${", "{{",
	} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// isRandom tells a password or key from a word, a name in a program, a path or a
// call: only text that people would not write as text is taken for a secret.
func isRandom(secret string) bool {
	secret = strings.TrimRight(secret, ".,;:!?)]}")
	if len(secret) < 8 || isCode(secret) {
		return false
	}
	var lower, upper, digits, others int
	changes, last := 0, -1
	for _, r := range secret {
		class := 3
		switch {
		case unicode.IsLower(r):
			class = 0
			lower++
		case unicode.IsUpper(r):
			class = 1
			upper++
		case unicode.IsDigit(r):
			class = 2
			digits++
		case unicode.IsLetter(r):
			return false // a language without cases: prose
		default:
			others++
		}
		if class != last && last >= 0 {
			changes++
		}
		last = class
	}
	letters := lower + upper
	if digits == 0 || letters == 0 {
		return false
	}
	classes := 2
	if lower > 0 && upper > 0 {
		classes++
	}
	if others > 0 {
		classes++
	}
	bits := entropy(secret)
	switch {
	case len(secret) >= 32 && isHex(secret):
		return bits > 3
	case len(secret) >= 20:
		return classes >= 3 && bits > 3.5 && changes >= 6
	}
	return classes >= 3 && bits >= 2.75 && changes >= 3
}

// isCode tells of values that a program would have there.
func isCode(value string) bool {
	if strings.ContainsAny(value, "()[]{}<>\\|,;=") || strings.Contains(value, "::") || strings.Contains(value, "->") {
		return true
	}
	switch value[0] {
	case '/', '$', '%', '.', '-', '@', '&', '*', '#':
		return true
	}
	return strings.Contains(value, "://") || isPhrase(value)
}

// isPhrase tells of words, with or without a number, joined by a separator.
func isPhrase(value string) bool {
	words := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("._-/:+", r) })
	if len(words) == 0 {
		return true
	}
	for _, word := range words {
		name := strings.TrimRightFunc(word, unicode.IsDigit)
		number := len(word) - len(name)
		if number > 4 && name != "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return false
		}
		if !isName(name) {
			return false
		}
	}
	return true
}

// isName tells of letters whose cases a word or a name in a program may have:
// "word", "Word", "WORD", "twoWords", "HTTPServer".
//
// Letters of both cases without a vowel are none.
func isName(name string) bool {
	if len(name) > 3 && !strings.ContainsAny(strings.ToLower(name), "aeiouy") && name != strings.ToLower(name) && name != strings.ToUpper(name) {
		return false
	}
	lower, upper := 0, 0 // in a row
	for _, r := range name {
		if unicode.IsUpper(r) {
			if lower > 0 && (lower < 3 || upper == 2) {
				return false
			}
			if lower > 0 {
				upper = 0
			}
			lower = 0
			upper++
			continue
		}
		lower++
	}
	return lower == 0 || upper == 0 || lower >= 3 && upper != 2
}

func isHex(s string) bool {
	return strings.Trim(strings.ToLower(s), "0123456789abcdef-") == ""
}
