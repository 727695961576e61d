package report

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a page says, the terminal gets clean rows that fit, and two texts that
// differ for a reader are shown to differ.
func FuzzDifference(f *testing.F) {
	f.Add("one two three", "one 2 three")
	f.Add("\x1b[2Jboo", "\x9b31mboo\u202e")
	f.Add(strings.Repeat("word ", 200), strings.Repeat("word ", 100)+"other "+strings.Repeat("word ", 100))
	f.Add("a\n\nb\n\tc", "a\nb\n\td\ne")
	f.Add("漢字"+strings.Repeat("漢", 100), "漢字")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, before, after string) {
		var out bytes.Buffer
		p := &printer{w: bufio.NewWriter(&out), width: 40}
		difference(p, before, after, 1<<30)
		if err := p.w.Flush(); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("control characters: %q", line)
			}
			if columns(line) > 40 && !strings.Contains(line, "://") {
				t.Errorf("%d columns: %q", columns(line), line)
			}
		}
		words := func(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
		if before != "" && words(before) != words(after) && !strings.Contains(text, "    -") && !strings.Contains(text, "    +") {
			t.Errorf("no line differs in\n%s", text)
		}
	})
}

func TestCompareShowsEveryChangeWithItsSurroundings(t *testing.T) {
	for _, test := range []struct{ name, before, after, want string }{
		{"first line", "a b c d e", "X b c d e", "-a +X  b  c ."},
		{"last line", "a b c d e", "a b c d X", ".  c  d -e +X"},
		{"two far apart", "a b c d e f g h i", "X b c d e f g h Y", "-a +X  b  c .  g  h -i +Y"},
		{"two near each other", "a b c d e f", "X b c d e Y", "-a +X  b  c  d  e -f +Y"},
		{"three lines between", "a b c d e", "X b c d Y", "-a +X  b  c  d -e +Y"},
		{"only added", "a b", "a X b", " a +X  b"},
		{"only removed", "a X b", "a b", " a -X  b"},
		{"all new", "a b", "X Y Z", "-a -b +X +Y +Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, line := range compare(strings.Fields(test.before), strings.Fields(test.after)) {
				text := string(line.kind)
				for _, w := range line.words {
					text += w.text
				}
				got = append(got, text)
			}
			if got := strings.Join(got, " "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
