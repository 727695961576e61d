package css

import (
	"fmt"
	"strings"
	"testing"
)

func TestStyleSheetsAreForgottenBeforeTheyAreTooMany(t *testing.T) {
	var m sheetMemory
	largest := 0
	for i := range 40 {
		text := strings.Repeat(fmt.Sprintf(".c%d{display:none}", i), 1000)
		if first := m.read(text); len(first.rules) != 1000 || m.read(text) != first {
			t.Fatal("it does not remember the sheet")
		}
		largest = max(largest, m.size)
	}
	if largest > maxKnown || len(m.known) > 10 {
		t.Errorf("%d bytes of sheets, %d sheets", largest, len(m.known))
	}
	if m.read(strings.Repeat(".c{display:none}", 10_000)); m.size > maxKnown {
		t.Errorf("%d bytes with a large one", m.size)
	}
}

// A class is known for a state without the expression that tells of it in selectors.
func TestClassesOfStatesAreTold(t *testing.T) {
	for _, class := range []string{"open", "is-open", "tab_active", "in", "in-view", "x-in-view", "a", "opening", "main", "review", "xopen", "Show", "re-view"} {
		if got, want := isState(class), changed.MatchString("."+class); got != want {
			t.Errorf("%s: %t", class, got)
		}
	}
}
