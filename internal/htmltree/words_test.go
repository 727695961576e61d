package htmltree

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// What text is read by is written for speed; each says here what it means.

var whiteSpace = regexp.MustCompile(`[ \t\n\r\f]+`)

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", " a  b\tc ", "one two", "a\u00a0b\u2003c\u0085", "\xc2 \xa0\x85 \xff", "日本語 text と words", "x - y, z", "don't", "é è\n", "a\x00b\x7f c", "ไทย"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, most int) {
		s = strings.ToValidUTF8(s, "�") // as the texts of a tree are
		var line spaced
		line.write(s)
		line.write(s)
		if got, want := line.String(), strings.Join(strings.Fields(s+s), " "); got != want {
			t.Errorf("spaced: got %q, want %q", got, want)
		}

		count, inside := 0, false
		for _, r := range s {
			switch letter := r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)); {
			case r <= ' ' || unicode.IsSpace(r):
				inside = false
			case IsUnspaced(r):
				count, inside = count+1, false
			case !inside && (letter || r >= 0x80):
				count, inside = count+1, true
			}
		}
		if got := WordsIn(s); got != count {
			t.Errorf("wordsIn(%q) = %d, want %d", s, got, count)
		}
		if most = max(most, 0); CountWords(s, most) != min(count, most) {
			t.Errorf("countWords(%q, %d) = %d of %d", s, most, CountWords(s, most), count)
		}

		if got, want := Collapse(s), whiteSpace.ReplaceAllString(s, " "); got != want {
			t.Errorf("collapse: got %q, want %q", got, want)
		}
		if isAllVisible(s) && Visible(s+"\x00") != s {
			t.Errorf("visible: %q is not all visible", s)
		}
	})
}
