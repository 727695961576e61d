// Package secretform tells what a person would take for a secret by its form alone: a value that nobody would write
// as text, a password that somebody chose, a code of a door.
package secretform

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// IsRandom reports whether nobody would write a value as text: it is no word, no name in a program, no path and no call.
func IsRandom(value string) bool {
	if isCall(value) {
		return false
	}
	value = strings.TrimRight(value, ".,;:?)]}")
	if len(value) < 8 || isCode(value) || IsUUID(value) || isFingerprint(value) {
		return false
	}
	c := ClassesOf(value)
	if c.unspaced || c.Lower+c.Upper == 0 {
		return false // a language without cases is prose
	}
	if c.Digits == 0 {
		return hasChaos(value) && len(value) >= 10
	}
	bits := Entropy(value)
	switch {
	case len(value) >= 32 && IsHex(value):
		return bits > 3
	case len(value) >= 20:
		return c.kinds() >= 3 && bits > 3.5 && c.Changes >= 6
	}
	return c.kinds() >= 3 && bits >= 2.75 && c.Changes >= 3
}

// IsChosen reports whether a value is such as people choose for a password: a word with a number, words with signs
// between them, or several words in one. assigned reports whether the value is surely meant as one.
func IsChosen(value string, assigned bool) bool {
	if len(value) < 8 || isReference(value) || isCall(value) || isAddress(value) || IsUUID(value) || isFingerprint(value) || isSettings(value) || value[0] == '-' || NamesSecret(value) {
		return false
	}
	c := ClassesOf(value)
	if c.unspaced || c.Lower+c.Upper < 4 {
		return false
	}
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) })
	switch {
	case c.signs == 0 && len(words) == 1:
		return assigned && (c.Digits >= 2 && c.Digits <= 8 && isWordThenNumber(value) || c.Digits > 0 && !isName(words[0]))
	case strings.ContainsAny(value, passwordSigns):
		inner := innerSigns(value)
		return c.Digits > 0 && c.kinds() >= 3 || c.Upper > 0 && c.Lower > 0 && inner >= 1 || inner >= 2 || assigned && slices.ContainsFunc(words, func(w string) bool { return len(w) >= 8 && !isName(w) })
	case len(words) >= 3 && c.signs == len(words)-1 && c.Digits <= 4:
		return c.Lower+c.Upper >= 14 && assigned && strings.Count(value, "-") == c.signs
	}
	return false
}

// IsJoined reports whether a value is several words without a space between them, and nothing else.
func IsJoined(value string) bool {
	const least, lower = 12, 17 // letters; in small letters, it is longer than most words are
	c := ClassesOf(value)
	switch {
	case len(value) < least || c.Lower+c.Upper < len(value) || NamesSecret(value):
		return false
	case c.Upper == 0:
		return len(value) >= lower
	}
	return c.Upper >= 3 && c.Lower >= 3*c.Upper && unicode.IsUpper(rune(value[0]))
}

// IsStrong reports whether a value is such as rules for passwords want them, so that it is one wherever it stands.
func IsStrong(value string) bool {
	c := ClassesOf(value)
	return len(value) >= 10 && c.Digits >= 2 && c.kinds() >= 4 && strings.ContainsAny(value, passwordSigns) && IsChosen(value, false) && !strings.ContainsAny(value, "=()[]{}<>/\\,:") && !strings.Contains(value, "..")
}

// innerSigns counts the signs of passwords between letters.
func innerSigns(value string) (n int) {
	runes := []rune(value)
	for i := 1; i+1 < len(runes); i++ {
		if strings.ContainsRune(passwordSigns, runes[i]) && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) {
			n++
		}
	}
	return n
}

// passwordSigns are the signs that people put into passwords and seldom into names.
const passwordSigns = "!#$%&*?+~^@=;({[§€£"

// Classes counts the characters of a value by what they are.
type Classes struct {
	Lower, Upper, Digits, signs int
	joints                      int // signs that names and paths have, too
	Changes                     int // from one class to another
	unspaced                    bool
}

func (c Classes) kinds() (n int) {
	for _, count := range []int{c.Lower, c.Upper, c.Digits, c.signs - c.joints} {
		if count > 0 {
			n++
		}
	}
	return n
}

// ClassesOf counts the characters of a value by their classes.
func ClassesOf(value string) (c Classes) {
	last := -1
	for _, r := range value {
		class := 3
		switch {
		case unicode.IsLower(r):
			class = 0
			c.Lower++
		case unicode.IsUpper(r):
			class = 1
			c.Upper++
		case unicode.IsDigit(r):
			class = 2
			c.Digits++
		case unicode.IsLetter(r):
			c.unspaced = true
		default:
			c.signs++
			if strings.ContainsRune("_-./:", r) {
				c.joints++
			}
		}
		if class != last && last >= 0 {
			c.Changes++
		}
		last = class
	}
	return c
}

// hasChaos reports whether the cases of the letters of a value change as they do in no word and no name.
func hasChaos(value string) bool {
	for _, run := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) }) {
		changes := 0
		lower := unicode.IsLower([]rune(run)[0])
		for _, r := range run {
			if unicode.IsLower(r) != lower {
				lower = !lower
				changes++
			}
		}
		if changes >= 3 && 5*changes >= 2*utf8.RuneCountInString(run) {
			return true
		}
	}
	return false
}

// isWordThenNumber reports whether a value is one word, and a number behind or before it.
func isWordThenNumber(value string) bool {
	return strings.IndexFunc(strings.TrimFunc(value, unicode.IsDigit), unicode.IsDigit) < 0
}

// NamesSecret reports whether a value says itself that it stands for a secret, as it does in documentation.
func NamesSecret(value string) bool {
	lower := strings.ToLower(value)
	for _, word := range []string{"password", "passwd", "passwort", "kennwort", "secret", "pass", "token", "key", "user", "test", "demo", "login", "value", "string", "field", "name", "default", "hash", "sha", "md5", "utf", "base64", "qwert", "abc123", "none", "null", "true", "false", "required", "optional"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

var (
	callPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A@?([A-Za-z_][\w.:>-]*)[(\[]`)
	})
	referencePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:[$%@&*#:]{1,2}[{(\[<]{0,2}[A-Za-z_][\w.:/ -]*[})\]>%]{0,2}|[{(\[<%]{1,2}[^})\]>%]*[})\]>%]{1,2}|%[-\w()]*[sdvq])\z`)
	})
	templatePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\{[A-Za-z_]{3,}\}|<[a-z_-]{3,}>|%20|%2F`)
	})
	settingsPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:[A-Za-z_][\w.-]*=[^=;&,]*[;&,]?){1,}\z`)
	})
	uuidPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\A\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?\z`)
	})
)

// isCall reports whether a value is a call, or an element of something, in a program.
func isCall(value string) bool {
	if !strings.ContainsAny(value, "([") {
		return false
	}
	name := callPattern().FindStringSubmatch(value)
	if name == nil {
		return false
	}
	return strings.Contains(name[1], ".") || strings.Contains(value, "()") || IsPhrase(name[1]) && (len(name[1]) >= 4 || strings.HasSuffix(value, ")"))
}

// isReference reports whether a value stands for another, as "$HOME", "{{ name }}" and "%s" do, or has a part that does.
func isReference(value string) bool {
	if !strings.ContainsAny(value, "$%@&*#:{([<") {
		return false
	}
	return referencePattern().MatchString(value) || templatePattern().MatchString(value)
}

// isSettings reports whether a value is itself a list of names with their values.
func isSettings(value string) bool {
	return strings.Contains(value, "=") && settingsPattern().MatchString(value) && !strings.ContainsAny(value, "!#$*?~^")
}

// IsUUID reports whether a value begins as a UUID (RFC 9562) does.
func IsUUID(value string) bool { return len(value) >= 36 && uuidPattern().MatchString(value) }

// isFingerprint reports whether a value is a check sum, in pairs of digits or behind the name of how it is made, or
// an entry of /etc/passwd.
func isFingerprint(value string) bool {
	return strings.HasPrefix(strings.TrimPrefix(value, "{"), "SHA") && strings.Contains(value, "}") || strings.Count(value, ":") >= 5
}

// isAddress reports whether a value is an address, of e-mail or of a file.
func isAddress(value string) bool {
	switch {
	case strings.Contains(value, "://"), strings.HasPrefix(value, "/"), strings.HasPrefix(value, "./"), strings.HasPrefix(value, "~/"), strings.Contains(value, `:\`):
		return true
	}
	user, host, found := strings.Cut(value, "@")
	return found && user != "" && strings.Contains(host, ".") && IsPhrase(host)
}

// isCode reports whether a value is what a program would have there.
func isCode(value string) bool {
	return value[0] == '-' || isReference(value) || isCall(value) || isAddress(value) || isSettings(value) || IsPhrase(value) || isWordy(value) || isMember(value) ||
		strings.Contains(value, "::") || strings.Contains(value, "->") || strings.Contains(value, "...")
}

// isMember reports whether a value is a name of something in a program, and that of what it belongs to.
func isMember(value string) bool {
	parts := strings.Split(value, ".")
	for _, part := range parts {
		name := strings.Trim(part, "_")
		if name == "" || len(name) > 24 || unicode.IsDigit(rune(name[0])) || strings.ContainsFunc(name, func(r rune) bool { return r != '_' && !isWordRune(r) }) {
			return false
		}
	}
	return len(parts) > 1 && IsPhrase(parts[len(parts)-1])
}

func isWordRune(r rune) bool { return r < utf8.RuneSelf && keyword.IsWord(byte(r)) }

// isWordy reports whether most of a value is words, as in a name of a program that has an odd part.
func isWordy(value string) bool {
	inWords, longest := 0, 0
	for _, run := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) }) {
		for run != "" {
			end := 1 + strings.IndexFunc(run[1:], unicode.IsUpper)
			if end == 0 || run == strings.ToUpper(run) {
				end = len(run)
			}
			if end >= 4 && strings.ContainsAny(strings.ToLower(run[:end]), "aeiouy") {
				inWords += end
				longest = max(longest, end)
			}
			run = run[end:]
		}
	}
	return 10*inWords >= 7*len(value) || longest >= 6 && 2*longest >= len(value)
}

// IsPhrase tells of words, with or without a number, joined by a separator.
func IsPhrase(value string) bool {
	words := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("._-/:+=,;()[]{}<>|\\'\"&?@*", r) })
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
			if lower == 1 || lower > 0 && upper == 2 {
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
	return lower == 0 || upper == 0 || lower >= 2 && upper != 2
}

// IsHex reports whether a text has hexadecimal digits only.
func IsHex(s string) bool {
	return strings.Trim(strings.ToLower(s), "0123456789abcdef-") == ""
}

// IsDoorCode reports whether a value is such as people type at a door: four digits or more, maybe with a sign or two
// letters. Those that count up or repeat one digit are examples.
func IsDoorCode(value string) bool {
	digits := DigitsOf(value)
	rest := strings.Trim(value, "0123456789#*- ")
	if len(strings.Trim(rest, "ABCDEF0123456789")) > 0 || len(rest) > 2 || len(digits)+len(rest) < 4 || len(digits) > 12 {
		return false
	}
	steps := map[int]bool{}
	for i := 1; i < len(digits); i++ {
		steps[int(digits[i])-int(digits[i-1])] = true
	}
	return len(steps) > 1 || !(steps[0] || steps[1] || steps[-1])
}

// IsSeed reports whether a value is a key in base32 (RFC 4648), as authenticators take them.
func IsSeed(value string) bool {
	compact := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(value))
	return len(compact) >= 16 && strings.Trim(compact, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=") == "" && Entropy(compact) > 2.5
}

// Entropy is Shannon's, in bits a character.
func Entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// DigitsOf returns the digits of a number without what groups them.
func DigitsOf(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}
