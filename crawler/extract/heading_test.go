package extract

import (
	"strings"
	"testing"
)

// A heading that says the title again is left out where it begins the text, and stays where
// it begins a part of it.
func TestALateHeadingOfTheTitlesTextStays(t *testing.T) {
	const text = "<p>Whoever opens the mill in the morning oils the wheel first, and writes the hour into the book.</p>"
	for _, tt := range []struct {
		name, page string
		stays      bool
	}{
		{"at the beginning", "<h1>Oiling</h1>" + text, false},
		{"behind a date", "<p>4 May, by Ada</p><h1>Oiling</h1>" + text, false},
		{"behind a text", text + "<h1>Oiling</h1><ol><li>Lift the lid</li></ol>", true},
	} {
		article, err := parsePage(t, "<title>Oiling</title><main>"+tt.page+"</main>").Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(article.Markdown, "## Oiling"); got != tt.stays || article.Title != "Oiling" {
			t.Errorf("%s: stays is %v under %q:\n%s", tt.name, got, article.Title, article.Markdown)
		}
	}
}
