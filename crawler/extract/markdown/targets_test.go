package markdown

import (
	"regexp"
	"testing"
)

func FuzzWithoutTargets(f *testing.F) {
	for _, text := range []string{"", "a", "[a](b) c ![d](e)", "[a](b", "](x)](y)", "a](b(c)d)", "](", "]()",
		"See [a](https://w.test/a) and [b](b).", "](](x)]()", "[a](b\nc) d)", "[a]((b)) ]( [c](d)", ")](", "é](\xff)"} {
		f.Add(text)
	}
	targets := regexp.MustCompile(`\]\([^)]*\)`)
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := WithoutTargets(text), targets.ReplaceAllString(text, "]"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	})
}
