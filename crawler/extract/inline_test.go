package extract

import "testing"

func TestRunningTextIsWrittenInOneWay(t *testing.T) {
	for _, tt := range []struct{ name, html, want string }{
		{"marks nest in one order", `<em><strong>a</strong></em> <s>b</s>`, `***a*** ~~b~~`},
		{"white space stays outside of marks", `<b>a </b><a href="https://x.example/">b</a>`, `**a** [b](https://x.example/)`},
		{"angle brackets are entities, but not in code", `a&lt;b <code>c&lt;d</code>`, "a&lt;b `c<d`"},
		{"emphasised code stands apart", `(<em><code>a</code></em>), b`, "( *`a`* ), b"},
		{"emphasised code in a link stands apart from the text outside", `see <a href="https://x.example/"><em><code>a</code></em></a>, b`, "see [*`a`*](https://x.example/) , b"},
		{"emphasised text doesn't", `(<em>a</em>), b`, "(*a*), b"},
		{"a query is encoded alike", `<a href="https://x.example/?a=%41+b&c">d</a>`, `[d](https://x.example/?a=A%20b&c)`},
		{"a box with text is a task's", `<ul><li>[x] a</li></ul>`, `- [x] a`},
		{"a box alone is text", `<ul><li>[x]<br>a</li></ul>`, "- \\[x\\]  \n  a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := contentOf(t, "<body><p>"+tt.html).Markdown
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			expectFixedPoint(t, got)
		})
	}
}
