package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// markdown writes a clean tree as canonical Markdown: CommonMark with the tables
// and the strikethrough of GitHub's dialect. Rendered to HTML and converted
// again it is the same, byte for byte, so that a hash of it changes with the
// text and with nothing else.
//
// Converters are no such fixed point. The tree is therefore brought into a canonical
// form first (see [canonical]), where nothing is left to decide for the [writer].
func markdown(clean *html.Node) string {
	var w writer
	w.blocks(canonical(clean))
	return trimBlankLines(w.out.String())
}

// trimBlankLines takes the spaces off lines that hold nothing else, or nothing
// but the marks of quotes.
func trimBlankLines(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for line := range strings.Lines(s) {
		if strings.Trim(line, "> \n") == "" {
			out.WriteString(strings.TrimRight(line, " \n"))
			line = line[len(strings.TrimRight(line, "\n")):]
		}
		out.WriteString(line)
	}
	return out.String()
}
