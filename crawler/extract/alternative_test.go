package extract

import (
	"strings"
	"testing"
)

// What a script shows one of is all there, each with its label; what only waits to be needed stays hidden.
func TestAlternativesAreAllShownWithTheirLabels(t *testing.T) {
	for _, tt := range []struct{ name, page, want, not string }{
		{"in a sentence", `<p>Choose <span class="s"><span hidden id="MAC_1">Preferences</span><span hidden id="other_1">Options</span></span>.</p>`, "Choose **MAC:** Preferences / **other:** Options.", ""},
		{"as blocks", `<div class="s"><div hidden id="v9-intro"><p>Old way.</p></div><div hidden id="v10-intro"><p>New way.</p></div></div>`, "**v9:**\n\nOld way.\n\n**v10:**\n\nNew way.", ""},
		{"one alone, where others stand alike", `<p><i class="s"><b hidden id="a_1" class="A">One</b><b hidden id="b_1" class="B">Two</b></i></p><div class="s"><div hidden id="x" class="A"><p>Alone.</p></div></div>`, "**A:**\n\nAlone.", ""},
		{"a dialog", `<p>Text.</p><div><div hidden id="a_1" role="dialog">Sure?</div><div hidden id="b_1" role="dialog">Really?</div></div>`, "Text.", "Sure"},
		{"a single message", `<p>Text.</p><div class="s"><div hidden id="x" class="error">It failed.</div></div>`, "Text.", "failed"},
		{"a menu", `<p>Text.</p><nav><div><a hidden id="a_1" href="/a">A</a><a hidden id="b_1" href="/b">B</a></div></nav>`, "Text.", "B"},
	} {
		article, err := parsePage(t, "<title>T</title><main>"+tt.page+"</main>").Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(article.Markdown, tt.want) || tt.not != "" && strings.Contains(article.Markdown, tt.not) {
			t.Errorf("%s: %q", tt.name, article.Markdown)
		}
	}
}
