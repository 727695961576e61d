package choose

import (
	"strings"
	"testing"
)

func FuzzFirstBareWord(f *testing.F) {
	for _, s := range []string{"", " a  b\tc ", "x - y, z", "don't", "日本語 text と words", "1. Über uns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if first, _, _ := strings.Cut(bareLine(s), " "); firstBareWord(s) != first {
			t.Errorf("firstBareWord(%q) = %q of %q", s, firstBareWord(s), bareLine(s))
		}
	})
}
