package extract

import (
	"net/url"
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
		`<style media="(min-width:700px)">.x{display:none}</style>`: true,
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

type linkedSheets map[string]string

func (l linkedSheets) Sheet(address *url.URL) (string, bool) {
	text, known := l[address.Path]
	return text, known
}

// What a page's linked sheets and those that they import hide is hidden, in their order and for their media.
func TestLinkedStyleSheetsHide(t *testing.T) {
	sheets := linkedSheets{
		"/a.css":      `@import "/deep/b.css";@import url(c.css) print;.e{display:block}`,
		"/deep/b.css": `@import "b.css";@import "/a.css";.b,.e{display:none}`,
		"/c.css":      `.c{display:none}`,
		"/d.css":      `.d{display:none}`,
	}
	page := `<link rel=stylesheet href=/a.css><link rel=stylesheet href=/d.css media=print><link rel="alternate stylesheet" href=/d.css>` +
		`<body><p>text<p class=b>SECRET<p class=c>stays<p class=d>remains<p class=e>shows</p>`
	d := parsePage(t, page)
	d.Sheets = sheets
	a, err := d.Extract(Rules{})
	if err != nil || strings.Contains(a.Markdown, "SECRET") {
		t.Errorf("got %q, %v", a.Markdown, err)
	}
	for _, word := range []string{"stays", "remains", "shows"} {
		if !strings.Contains(a.Markdown, word) {
			t.Errorf("%s is lost: %q", word, a.Markdown)
		}
	}
}
