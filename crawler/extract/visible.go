package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns s without the characters that show nothing: controls, soft
// hyphens, zero-width spaces, direction controls, tags, and the icons that
// fonts keep in the private areas. Text hidden in such characters would be read
// by a model and by nobody else. The joiners stay where scripts and emoji need
// them, between characters that are not ASCII.
func visible(s string) string {
	if isPlain(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	prev := ' '
	for i, r := range s {
		switch {
		case r == '\u200c' || r == '\u200d':
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if !joins(prev) || !joins(next) {
				continue
			}
		case showsNothing(r):
			continue
		}
		out.WriteRune(r)
		prev = r
	}
	return out.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if b := s[i]; b >= utf8.RuneSelf || b == 0x7f || b < ' ' && b != '\n' && b != '\t' && b != '\r' {
			return false
		}
	}
	return true
}

func joins(r rune) bool {
	return r >= utf8.RuneSelf && r != utf8.RuneError && !unicode.IsSpace(r) && !showsNothing(r)
}

func showsNothing(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r == 0x85 || r == 0xa0 || r == 0x2028 || r == 0x2029:
		return false // white space
	case r == 0xad || r == 0x34f || r == 0x61c || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 || r == 0x180e || r == 0x3164 || r == 0xffa0:
		return true // soft hyphen, grapheme joiner, Arabic letter mark, fillers
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true // zero width, direction
	case r >= 0xfe00 && r <= 0xfe0d, r == 0xfeff, r >= 0xfff0 && r <= 0xfffb:
		return true // variation selectors other than text and emoji, mark, specials
	case r >= 0xe0000 && r <= 0xe0fff:
		return true // tags
	}
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Co, r) || r&0xfffe == 0xfffe
}

// collapse makes one space of every run of ASCII white space, as browsers do.
func collapse(s string) string {
	if !strings.ContainsAny(s, "\n\t\r\f") && !strings.Contains(s, "  ") {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for i := range len(s) {
		switch b := s[i]; b {
		case ' ', '\n', '\t', '\r', '\f':
			if !space {
				out.WriteByte(' ')
			}
			space = true
		default:
			out.WriteByte(b)
			space = false
		}
	}
	return out.String()
}
