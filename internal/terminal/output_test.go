package terminal

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

func TestOutputIsClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ plain, styled, json string }{
		"Grüße, 世界\n\tx":       {"Grüße, 世界\n\tx", "Grüße, 世界\n\tx", "Grüße, 世界\n\tx"},
		"a\x1b[31mred\x1b[0m":  {"a[31mred[0m", "a\x1b[31mred\x1b[0m", "a[31mred[0m"},
		"a\x1b]0;title\x07b":   {"a]0;titleb", "a]0;titleb", "a]0;titleb"},
		"a\x1b[2Jb\rc\x7f":     {"a[2Jbc", "a[2Jbc", `a[2Jbc\u007f`},
		"a\u202egnp.exe\u200b": {"agnp.exe", "agnp.exe", `a\u202egnp.exe\u200b`},
		"c1 \u009b31m \x9b31m": {"c1 31m \ufffd31m", "c1 31m \ufffd31m", `c1 \u009b31m ` + "\ufffd31m"},
		"tags \U000e0041":      {"tags ", "tags ", `tags \udb40\udc41`},
		"one\u2028two":         {"one two", "one two", `one\u2028two`},
	} {
		for mode, want := range map[Mode]string{PlainText: want.plain, StyledText: want.styled, JSONText: want.json} {
			var whole, pieces bytes.Buffer
			fmt.Fprint(&Output{to: &whole, mode: mode}, text)
			o := &Output{to: &pieces, mode: mode}
			for i := range len(text) {
				if n, err := o.Write([]byte{text[i]}); n != 1 || err != nil {
					t.Fatal(n, err)
				}
			}
			if whole.String() != want {
				t.Errorf("%q in mode %d is %q, want %q", text, mode, whole.String(), want)
			}
			if got := pieces.String(); mode != StyledText && got != want {
				t.Errorf("%q in mode %d and in pieces is %q, want %q", text, mode, got, want)
			}
		}
	}
}

func TestOutputHasNoSecrets(t *testing.T) {
	t.Parallel()
	own := new(secrets.Set)
	own.Add("pa55-of-mara-2026")
	var shown bytes.Buffer
	fmt.Fprintf(&Output{to: &shown, own: own}, "GET /?t=%s\n", "pa55-of-mara-2026")
	if got := shown.String(); got != "GET /?t=•••\n" {
		t.Errorf("%q is shown", got)
	}
}
