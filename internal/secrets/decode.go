package secrets

import (
	"html"
	"strconv"
	"strings"
)

// maxRounds bounds how often a text is unescaped: what was escaped more often was not
// escaped by an accident.
const maxRounds = 4

// decoded undoes the escapes of HTML, of addresses and of JSON, again and again;
// changed is false where there are none.
func decoded(text string) (plain string, changed bool) {
	plain = text
	for range maxRounds {
		next := plain
		if i := strings.IndexByte(next, '&'); i >= 0 && strings.IndexByte(next[i:], ';') > 0 {
			next = html.UnescapeString(next)
		}
		next = unescapePercent(next)
		next = unescapeUnicode(next)
		if next == plain {
			break
		}
		plain, changed = next, true
	}
	return plain, changed
}

// unescapePercent undoes the escapes of addresses, and leaves what only looks like one.
func unescapePercent(s string) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for i < len(s) {
		if s[i] == '%' && i+2 < len(s) {
			if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out.WriteString(s[done:i])
				out.WriteByte(byte(b))
				i += 3
				done = i
				continue
			}
		}
		next := strings.IndexByte(s[i+1:], '%')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// unescapeUnicode undoes the escapes that JSON and scripts have, such as \u0026 and \x26, and
// drops those of line breaks.
func unescapeUnicode(s string) string {
	var out strings.Builder
	done := 0
	for i := strings.IndexByte(s, '\\'); i >= 0; {
		next := i + 1
		if plain, n, ok := unescapeAt(s[i:]); ok {
			out.WriteString(s[done:i])
			out.WriteString(plain)
			next = i + n
			done = next
		}
		i = strings.IndexByte(s[next:], '\\')
		if i >= 0 {
			i += next
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// unescapeAt returns what the escape stands for that s begins with, and how many bytes it has.
func unescapeAt(s string) (plain string, n int, ok bool) {
	var digits int // where the last two begin
	switch {
	case len(s) >= 6 && s[1] == 'u' && s[2:4] == "00":
		digits = 4
	case len(s) >= 4 && s[1] == 'x':
		digits = 2
	case len(s) >= 2 && (s[1] == 'n' || s[1] == 'r' || s[1] == 't'):
		return "", 2, true
	default:
		return "", 0, false
	}
	b, err := strconv.ParseUint(s[digits:digits+2], 16, 8)
	return string(rune(b)), digits + 2, err == nil
}
