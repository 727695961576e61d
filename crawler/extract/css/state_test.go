package css

import "testing"

// What a selector says of states is left out of it.
func TestSelectorsWithoutStates(t *testing.T) {
	for selector, want := range map[string]string{
		".panel.open":                 " .panel",
		".tabs input:checked ~ .mjs":  " .tabs input ~ .mjs",
		".acc.is-open > .panel":       " .acc > .panel",
		"details[open] > p":           " details > p",
		".item[aria-expanded=true] p": " .item p",
		":target":                     " * ",
		".a:hover + .b":               " .a + .b",
	} {
		got := withoutState(selector)
		if got != want || compileSelector(got) == nil {
			t.Errorf("%q is %q, want %q", selector, got, want)
		}
	}
}
