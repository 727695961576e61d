package secrets

import (
	"html"
	"strconv"
	"strings"
)

// maxRounds limits how often a text is unescaped. Nobody escapes a text more often than that by accident.
const maxRounds = 4

// decoded undoes the escapes of HTML, of URLs and of JSON until none is left. changed reports whether there were any.
func decoded(text string) (plain string, changed bool) {
	plain = text
	for range maxRounds {
		next := plain
		if i := strings.IndexByte(next, '&'); i >= 0 && strings.IndexByte(next[i:], ';') > 0 {
			next = html.UnescapeString(next)
		}
		next = unescape(next, '%', percentAt)
		next = unescape(next, '\\', backslashAt)
		if next == plain {
			break
		}
		plain, changed = next, true
	}
	return plain, changed
}

// unescape replaces the escapes that begin with sign and leaves everything else as it is. at decodes the escape at the
// beginning of a text: it returns what the escape stands for and how many bytes it has.
func unescape(s string, sign byte, at func(string) (plain string, n int, ok bool)) string {
	var out strings.Builder
	done := 0
	for i := strings.IndexByte(s, sign); i >= 0; {
		next := i + 1
		if plain, n, ok := at(s[i:]); ok {
			out.WriteString(s[done:i])
			out.WriteString(plain)
			next = i + n
			done = next
		}
		i = strings.IndexByte(s[next:], sign)
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

// percentAt decodes a percent escape of a URL.
func percentAt(s string) (plain string, n int, ok bool) {
	if len(s) < 3 {
		return "", 0, false
	}
	b, err := strconv.ParseUint(s[1:3], 16, 8)
	return string([]byte{byte(b)}), 3, err == nil
}

// backslashAt decodes an escape of JSON or JavaScript, such as \u0026 or \x26. It drops the escapes of line breaks and
// tabs.
func backslashAt(s string) (plain string, n int, ok bool) {
	var digits int // where the last two hexadecimal digits begin
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
