package htmltree

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns s without invisible characters: controls, soft hyphens, zero-width spaces, direction
// controls, tags, and icons of fonts in the private use areas. A model would read text that is hidden in
// such characters, and nobody else would. Joiners stay where they are part of the spelling: between
// letters of scripts that join, and between emoji. One selector of an emoji's form stays, and so do the
// tags in the flags of England, Scotland and Wales.
func Visible(s string) string {
	if isAllVisible(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	prev := ' '
	flag := 0 // end of the tags of a flag
	for i, r := range s {
		switch {
		case i < flag:
		case r == '\u200c' || r == '\u200d':
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if !joins(prev, next) {
				continue
			}
		case r == '\ufe0e' || r == '\ufe0f':
			if prev == '\ufe0e' || prev == '\ufe0f' || prev == ' ' {
				continue
			}
		case r == '\U0001f3f4':
			for _, tags := range flags {
				if strings.HasPrefix(s[i+utf8.RuneLen(r):], tags) {
					flag = i + utf8.RuneLen(r) + len(tags)
				}
			}
		case showsNothing(r):
			continue
		}
		out.WriteRune(r)
		prev = r
	}
	return out.String()
}

// isAllVisible reports whether [Visible] can return a text as it is. That is so for nearly all texts.
func isAllVisible(s string) bool {
	for _, r := range s {
		switch {
		case ' ' <= r && r < 0x7f:
		case r == utf8.RuneError, r == '\u200c', r == '\u200d', r == '\ufe0e', r == '\ufe0f', r == '\U0001f3f4', showsNothing(r):
			return false
		}
	}
	return true
}

// flags are the tags that follow a black flag: gbeng, gbsct and gbwls.
//
//nolint:gochecknoglobals // data, which is looked up for many characters of a page
var flags = []string{
	"\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
	"\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
	"\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
}

// joining are the scripts in which a joiner changes a word or the form of a letter.
//
//nolint:gochecknoglobals // data, which is looked up for many characters of a page
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
	unicode.Tibetan, unicode.Balinese, unicode.Javanese, unicode.Adlam,
}

// joins reports whether a joiner between two characters is part of the text.
func joins(before, after rune) bool {
	if unicode.In(before, joining...) {
		return unicode.In(after, joining...)
	}
	return isPictorial(before) && isPictorial(after)
}

// isPictorial reports whether a character occurs in emoji.
func isPictorial(r rune) bool {
	return r == '\ufe0f' || r >= 0x2190 && r <= 0x2bff || r >= 0x1f000 && r <= 0x1faff
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
		return true // tags, more variation selectors
	case r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a, r == 0x2800:
		return true // controls of shorthand and of music, the blank of Braille
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Co, r) || r&0xfffe == 0xfffe
}

// Collapse replaces each run of ASCII white space by one space, as browsers do.
func Collapse(s string) string {
	i := looseSpace(s)
	if i == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for i < len(s) {
		out.WriteString(s[:i])
		out.WriteByte(' ')
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		s = s[i:]
		i = looseSpace(s)
	}
	out.WriteString(s)
	return out.String()
}

// looseSpace returns the place of the first white space that is not a single space, or the length of s.
func looseSpace(s string) int {
	for i := range len(s) {
		if b := s[i]; b <= ' ' && isSpace(b) && (b != ' ' || i+1 < len(s) && isSpace(s[i+1])) {
			return i
		}
	}
	return len(s)
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' || b == '\f' }
