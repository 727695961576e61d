package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeAll escapes the characters of plain text and of images' alternatives
// that would mean something in Markdown. Angle brackets in text are left to the
// converter, which writes them as entities.
func escapeAll(spans []span, lineStart bool) {
	for i := range spans {
		s := &spans[i]
		switch {
		case s.breaks:
			lineStart = true
			continue
		case s.code:
		default:
			before, after := ' ', ' '
			if i > 0 {
				before, _ = utf8.DecodeLastRuneInString(spans[i-1].text)
			}
			if i+1 < len(spans) {
				after, _ = utf8.DecodeRuneInString(spans[i+1].text)
			}
			linked := i+1 < len(spans) && (spans[i+1].href != s.href || spans[i+1].image != "")
			bare := s.mark == mark{} && s.href == "" && s.image == ""
			s.text = escape(s.text, before, after, lineStart && bare, linked)
			if s.image != "" {
				s.text = strings.ReplaceAll(s.text, "<", `\<`)
			}
		}
		lineStart = false
	}
}

// escape escapes one span's text. before and after are its neighbouring
// characters; linked tells that a bracket follows.
func escape(s string, before, after rune, lineStart, linked bool) string {
	if !strings.ContainsAny(s, "\\`*[]|~_!&") && !(lineStart && strings.ContainsAny(s[:min(1, len(s))], "#-+=:0123456789")) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 8)
	if lineStart {
		s = escapeLineStart(&out, s)
	}
	prev := before
	for i, r := range s {
		next := after
		if rest := s[i+utf8.RuneLen(r):]; rest != "" {
			next, _ = utf8.DecodeRuneInString(rest)
		}
		switch r {
		case '\\', '`', '*', '[', ']', '|', '~':
			out.WriteByte('\\')
		case '_':
			if !isWordy(prev) || !isWordy(next) {
				out.WriteByte('\\')
			}
		case '!':
			if linked && i == len(s)-1 {
				out.WriteByte('\\')
			}
		case '&':
			if isEntity(s[i:]) {
				out.WriteString("&amp;")
				prev = r
				continue
			}
		}
		out.WriteRune(r)
		prev = r
	}
	return out.String()
}

// escapeLineStart writes the beginning of a line that would otherwise start a
// heading, a list, a rule, a table or the like, and returns the rest.
func escapeLineStart(out *strings.Builder, s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '#', '-', '+', '=', ':':
		out.WriteByte('\\')
		out.WriteByte(s[0])
		return s[1:]
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		out.WriteString(s[:digits])
		out.WriteByte('\\')
		out.WriteByte(s[digits])
		return s[digits+1:]
	}
	return s
}

func isWordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isEntity tells whether s begins like a character reference.
func isEntity(s string) bool {
	end := strings.IndexByte(s, ';')
	if end < 2 || end > 40 {
		return false
	}
	for i := 1; i < end; i++ {
		b := s[i]
		if !(b == '#' && i == 1) && !(b >= '0' && b <= '9') && !(b|0x20 >= 'a' && b|0x20 <= 'z') {
			return false
		}
	}
	return true
}
