// Package markdown writes a clean tree as canonical Markdown: CommonMark, with the tables and
// the strikethrough of GitHub's dialect. Rendered and written again it is the same, byte for
// byte, so that a hash of it changes with the text and with nothing else.
package markdown

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Write writes a clean tree as canonical Markdown: CommonMark with the tables
// and the strikethrough of GitHub's dialect. Rendered to HTML and converted
// again it is the same, byte for byte, so that a hash of it changes with the
// text and with nothing else.
//
// It is written of a tree in canonical form (see [canonical]), where nothing is left to
// decide. The meter may be nil.
func Write(clean *html.Node, meter *budget.Meter) string {
	tree := canonical(clean, meter)
	to := lines{meter: meter}
	to.out.Grow(cleanhtml.RoomFor(tree))
	writeBlocks(&to, tree)
	return to.out.String()
}

// running returns a node of running text in Markdown, such as a paragraph.
func running(markdown string) *html.Node { return &html.Node{Type: html.RawNode, Data: markdown} }

// writeBlocks writes what stands in n, each block on lines of its own.
func writeBlocks(to *lines, n *html.Node) {
	for block := n.FirstChild; block != nil; block = block.NextSibling {
		to.breakLine(2)
		writeBlock(to, block)
	}
}

func writeBlock(to *lines, n *html.Node) {
	to.meter.Spend(1 + len(n.Data)/16)
	if n.Type == html.RawNode {
		to.write(n.Data)
		return
	}
	switch n.DataAtom {
	case atom.Ul:
		writeList(to, n, func(int) string { return "- " })
	case atom.Ol:
		writeList(to, n, numbering(n))
	case atom.Blockquote:
		to.begin("> ", "> ")
		writeBlocks(to, n)
		to.end("> ")
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		to.write(strings.Repeat("#", int(n.Data[1]-'0')) + " " + oneSpaced(n.FirstChild.Data))
	case atom.Pre:
		writeCodeBlock(to, n.FirstChild)
	case atom.Table:
		writeTable(to, n)
	case atom.Hr:
		to.write("* * *")
	}
}

var manySpaces = regexp.MustCompile(`  +`)

// oneSpaced is a text with one space for several, as code may have them.
func oneSpaced(text string) string {
	if strings.Contains(text, "  ") {
		text = manySpaces.ReplaceAllString(text, " ")
	}
	return strings.TrimSpace(text)
}

// writeList writes a list, whose items are indented by the length of their mark.
func writeList(to *lines, list *html.Node, mark func(item int) string) {
	indent := strings.Repeat(" ", len(mark(0)))
	for i, item := 0, list.FirstChild; item != nil; i, item = i+1, item.NextSibling {
		to.breakLine(1)
		to.begin(mark(i), indent)
		writeBlocks(to, item)
		to.end(indent)
	}
}

// numbering returns the marks of the items of an ordered list, all as long as the last.
func numbering(list *html.Node) func(item int) string {
	start, err := strconv.Atoi(htmltree.Attr(list, "start"))
	if err != nil {
		start = 1
	}
	last := start - 1
	for item := list.FirstChild; item != nil; item = item.NextSibling {
		last++
	}
	width := len(strconv.Itoa(last))
	return func(item int) string { return fmt.Sprintf("%0*d. ", width, start+item) }
}

// FromHTML writes the HTML of an article as canonical Markdown, as Extract does:
// for those who change the HTML afterwards. The meter may be nil.
func FromHTML(clean string, meter *budget.Meter) (string, error) {
	meter.Spend(len(clean) / budget.BytesPerStep)
	body, err := cleanhtml.Parse(clean)
	if err != nil {
		return "", err
	}
	return Write(body, meter), nil
}

// writeCodeBlock writes a block of code between fences that are longer than any row of
// backquotes in it.
func writeCodeBlock(to *lines, code *html.Node) {
	body := strings.TrimSuffix(code.FirstChild.Data, "\n")
	fence := strings.Repeat("`", max(longestRun(body, '`')+1, 3))
	to.write(fence + strings.TrimPrefix(htmltree.Attr(code, "class"), "language-") + "\n")
	to.verbatim(body)
	to.write("\n" + fence)
}

// longestRun counts the longest row of one byte in s.
func longestRun(s string, of byte) (longest int) {
	run := 0
	for i := range len(s) {
		if run++; s[i] != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// writeTable writes a table, the first of whose rows is its header.
func writeTable(to *lines, table *html.Node) {
	var row bytes.Buffer
	for part := table.FirstChild; part != nil; part = part.NextSibling {
		for tr := part.FirstChild; tr != nil; tr = tr.NextSibling {
			row.Reset()
			row.WriteByte('|')
			columns := 0
			for cell := tr.FirstChild; cell != nil; cell = cell.NextSibling {
				row.WriteByte(' ')
				if cell.FirstChild != nil {
					row.WriteString(strings.TrimSpace(cell.FirstChild.Data))
				}
				row.WriteString(" |")
				columns++
			}
			to.meter.Spend(columns + row.Len()/16)
			to.breakLine(1)
			to.write(row.String())
			if part.DataAtom == atom.Thead {
				to.breakLine(1)
				to.write("|" + strings.Repeat("---|", columns))
			}
		}
	}
}
