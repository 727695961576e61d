package reconcile

import (
	"regexp"
	"testing"
)

// What is left without the addresses of links is what this expression leaves.
func FuzzTextWithoutTargets(f *testing.F) {
	targets := regexp.MustCompile(`\]\([^)]*\)`)
	for _, text := range []string{"", "See [a](https://w.test/a) and [b](b).", "[a](b", "](](x)]()", "[a](b\nc) d)", "[a]((b)) ]( [c](d)", ")](", "é](\xff)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		if got, want := withoutTargets(markdown), targets.ReplaceAllString(markdown, "]"); got != want {
			t.Errorf("%q became %q, want %q", markdown, got, want)
		}
	})
}
