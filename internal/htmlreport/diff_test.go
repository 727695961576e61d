package htmlreport

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sides puts the two texts together again from their difference, but for what it leaves out.
func sides(steps []step) (before, after string, whole bool) {
	var old, now []string
	whole = true
	for _, s := range steps {
		switch s[0] {
		case stays:
			old, now = append(old, s[1].(string)), append(now, s[1].(string))
		case goes:
			old = append(old, s[1].(string))
		case comes:
			now = append(now, s[1].(string))
		case changes:
			var a, b strings.Builder
			for _, p := range s[1].([]any) {
				if same, ok := p.(string); ok {
					a.WriteString(same)
					b.WriteString(same)
					continue
				}
				a.WriteString(p.([]string)[0])
				b.WriteString(p.([]string)[1])
			}
			old, now = append(old, a.String()), append(now, b.String())
		default:
			whole = false
		}
	}
	return strings.Join(old, "\n"), strings.Join(now, "\n"), whole
}

func TestADifferenceHasBothTextsInIt(t *testing.T) {
	lines := rapid.SliceOfN(rapid.StringMatching(`[ab é.]{0,6}`), 1, 7)
	rapid.Check(t, func(t *rapid.T) {
		before := strings.Join(linesOf(strings.Join(lines.Draw(t, "before"), "\n")), "\n")
		after := strings.Join(linesOf(strings.Join(lines.Draw(t, "after"), "\n")), "\n")
		if before == after || before == "" || after == "" {
			return
		}
		old, now, whole := sides(difference(before, after))
		trim := func(s string) string { return strings.TrimRight(s, "\n") }
		if whole && (trim(old) != trim(before) || trim(now) != trim(after)) {
			t.Fatalf("%q and %q came of %q and %q", old, now, before, after)
		}
	})
}

// Lines are compared with those that they became, also where there are fewer or more of them.
func TestALineIsComparedWithTheOneThatItBecame(t *testing.T) {
	before := "- the printer is on the second floor\n- the scanner is in the hall\n- nobody knows this one"
	after := "- a line before all the others\n- the printer is on the third floor\n- the scanner is in the cellar"
	var kinds []any
	for _, s := range difference(before, after) {
		kinds = append(kinds, s[0])
	}
	if len(kinds) != 4 || kinds[0] != comes || kinds[1] != changes || kinds[2] != changes || kinds[3] != goes {
		t.Errorf("got %v", difference(before, after))
	}
}

func TestOfALongTextOnlyWhatChangesIsShown(t *testing.T) {
	same := strings.Repeat("a line\n", 200)
	steps := difference(same+"It costs 12 crowns.\n"+same, same+"It costs 14 crowns.\n"+same)
	want := []step{{skipped, 197}, {stays, "a line\na line\na line"}, {changes, []any{"It costs ", []string{"12", "14"}, " crowns."}}, {stays, "a line\na line\na line"}, {skipped, 197}}
	if len(steps) != len(want) || sizeOf(steps) != sizeOf(want) || steps[0][1] != 197 || steps[4][1] != 197 {
		t.Errorf("got %v", steps)
	}
	for _, texts := range [][2]string{{"", strings.Repeat("x é\n", 1<<17)}, {strings.Repeat("q w e\n", 1<<15), strings.Repeat("q r e\n", 1<<15)}, {strings.Repeat("word ", 1<<17), strings.Repeat("word ", 1<<17) + "more"}} {
		if n := sizeOf(difference(texts[0], texts[1])); n > maxShown {
			t.Errorf("%d bytes are shown", n)
		}
	}
}
