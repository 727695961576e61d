package lint

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// A page says the same of itself by what was sent of it as when it was read.
func TestWhatWasSentIsLookedAtLikeWhatIsRead(t *testing.T) {
	for _, tt := range []struct{ name, html, markdown string }{
		{"text", `<p>Oil the <b>wheel</b>, see <a href="https://a.example/x_(y)">the list</a>.</p><h2>Then</h2><p>5 * 3 &lt; 20_x</p>`,
			"Oil the **wheel**, see [the list](https://a.example/x_(y)).\n\n## Then\n\n5 \\* 3 &lt; 20_x"},
		{"lists and quotes", `<ol><li>One<ul><li>Deep</li></ul></li><li>Two</li></ol><blockquote><p>Said</p></blockquote>`,
			"1. One\n   - Deep\n2. Two\n\n> Said"},
		{"a table", `<table><tr><th>A</th><th>B | C</th></tr><tr><td>1</td><td></td></tr></table>`, "| A | B \\| C |\n|---|---|\n| 1 |  |"},
		{"code and struck text", `<pre>a  b
# c</pre><p><code>x</code> <s>old</s></p>`, "```sh\na  b\n# c\n```\n\n`x` ~~old~~"},
		{"images", `<p>Do this: <img src="a.png"><img src="b.png" alt="The wheel of the mill"></p>`, "Do this: ![](https://a.example/a.png)![The wheel of the mill](https://a.example/b.png)"},
	} {
		read, sent := look(crawler.Page{HTML: tt.html}), look(crawler.Page{HTML: linesOf(tt.markdown)})
		if strings.Join(strings.Fields(string(read.text)), " ") != strings.Join(strings.Fields(string(sent.text)), " ") || read.words != sent.words || read.bare != sent.bare || read.ending() != sent.ending() {
			t.Errorf("%s: read %q, sent %q", tt.name, read.text, sent.text)
		}
	}
}
