package css

import (
	"fmt"
	"strings"
	"testing"
)

func TestStyleSheetsAreForgottenBeforeTheyAreTooMany(t *testing.T) {
	var m Memory
	largest := int64(0)
	for i := range 40 {
		text := strings.Repeat(fmt.Sprintf(".c%d{display:none}", i), 1000)
		if first := m.sheet(text); len(first.rules) != 1000 || m.sheet(text) != first {
			t.Fatal("it does not remember the sheet")
		}
		largest = max(largest, m.size.Load())
	}
	if largest > maxKnown || len(m.sheets) > 10 {
		t.Errorf("%d bytes of sheets, %d sheets", largest, len(m.sheets))
	}
	if m.sheet(strings.Repeat(".c{display:none}", 10_000)); m.size.Load() > maxKnown {
		t.Errorf("%d bytes with a large one", m.size.Load())
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
