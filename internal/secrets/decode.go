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
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var out strings.Builder
	done := 0
	for i := 0; i < len(s); {
		var escape string
		switch {
		case strings.HasPrefix(s[i:], `\u00`) && i+6 <= len(s):
			escape = s[i : i+6]
		case strings.HasPrefix(s[i:], `\x`) && i+4 <= len(s):
			escape = s[i : i+4]
		case strings.HasPrefix(s[i:], `\n`), strings.HasPrefix(s[i:], `\r`), strings.HasPrefix(s[i:], `\t`):
			out.WriteString(s[done:i])
			i += 2
			done = i
			continue
		default:
			i++
			continue
		}
		b, err := strconv.ParseUint(escape[len(escape)-2:], 16, 8)
		if err != nil {
			i++
			continue
		}
		out.WriteString(s[done:i])
		out.WriteRune(rune(b))
		i += len(escape)
		done = i
	}
	out.WriteString(s[done:])
	return out.String()
}
