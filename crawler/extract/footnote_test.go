package extract

import "testing"

// A footnote stands on the line of its number, and neither leads anywhere.
func TestFootnotesStandBesideTheirNumbers(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"of a word processor", `<p>It boils<a href="#_ftn1" name="_ftnref1">[1]</a>.</p><p><a href="#_ftnref1" name="_ftn1">[1]</a> At sea level.</p>`,
			"It boils\\[1\\].\n\n\\[1\\] At sea level."},
		{"of Docutils", `<p>It boils.</p><aside class="footnote brackets" role="note"><span class="label">[<a role="doc-backlink" href="#r1">1</a>]</span><p>At sea level.</p></aside>`,
			"It boils.\n\n\\[1\\] At sea level."},
		{"not a link that says what it leads to", `<p>open <a href="#src">[source]</a></p>`, "open [\\[source\\]](https://help.example.com/articles/page#src)"},
	} {
		if article := contentOf(t, "<div>"+tt.page+"</div>"); article.Markdown != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, article.Markdown, tt.want)
		}
	}
}
