package extract

import (
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
