package extract

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Pages of a site share what was read of their style sheets, though each has its own
// order of them and its own windows.
func TestPagesShareStyleSheets(t *testing.T) {
	const shown, hidden = "<style>.x{display:block}</style>", "<style>.x{display:none}</style>"
	pages := map[string]bool{ // whether SECRET is seen
		shown + hidden: false,
		hidden + shown: true,
		hidden:         false,
		`<style media="(min-width:1px)">.x{display:none}</style>`: true,
		shown: true,
	}
	var all sync.WaitGroup
	for range 4 {
		for page, seen := range pages {
			all.Go(func() {
				a, err := parsePage(t, page+"<body><p>text</p><p class=x>SECRET</p>").Extract(Rules{})
				if err != nil || strings.Contains(a.Markdown, "SECRET") != seen {
					t.Errorf("%s: seen %t: %q, %v", page, !seen, a.Markdown, err)
				}
			})
		}
	}
	all.Wait()
}

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
