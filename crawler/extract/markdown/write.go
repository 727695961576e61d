// Package markdown writes a clean tree as canonical Markdown: CommonMark, with the tables and
// the strikethrough of GitHub's dialect. Rendered and written again it is the same, byte for
// byte, so that a hash of it changes with the text and with nothing else.
package markdown

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Write writes a clean tree as canonical Markdown: CommonMark with the tables
// and the strikethrough of GitHub's dialect. Rendered to HTML and converted
// again it is the same, byte for byte, so that a hash of it changes with the
// text and with nothing else.
//
// The converter is given a tree in canonical form (see [canonical]), where nothing is left
// for it to decide or to prepare. So it gets an empty document, and finds the tree and the
// lines to write to in its context. See docs/adr/0022. The meter may be nil.
func Write(clean *html.Node, meter *budget.Meter) (string, error) {
	p := &page{tree: canonical(clean, meter), lines: lines{meter: meter}}
	p.lines.out.Grow(cleanhtml.RoomFor(p.tree))
	ctx := context.WithValue(context.Background(), pageKey{}, p)
	if _, err := newConverter().ConvertNode(&html.Node{Type: html.DocumentNode}, converter.WithContext(ctx)); err != nil {
		return "", fmt.Errorf("convert to Markdown: %w", err)
	}
	return p.lines.out.String(), nil
}

// page is what is converted: a canonical tree, to lines of Markdown.
type page struct {
	tree  *html.Node
	lines lines
}

// pageKey is where the context of a conversion has its page.
type pageKey struct{}

// newConverter returns the converter with our renderers before its own. It doesn't escape:
// the text of a canonical tree is escaped already.
var newConverter = sync.OnceValue(func() *converter.Converter {
	conv := converter.NewConverter(
		converter.WithEscapeMode("disabled"),
		converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin()),
	)
	conv.Register.Renderer(writeNode, converter.PriorityEarly)
	return conv
})

// running returns a node of running text in Markdown, such as a paragraph.
func running(markdown string) *html.Node { return &html.Node{Type: html.RawNode, Data: markdown} }

// writeNode writes what holds other blocks, running text, and what may be very long: code and
// tables, for which the converter takes many times their size. Headings and rules are left to
// the converter.
func writeNode(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	if n.Type == html.RawNode {
		_, _ = w.WriteString(n.Data)
		return converter.RenderSuccess
	}
	if p, ok := ctx.Value(pageKey{}).(*page); ok && n.Type == html.DocumentNode {
		writeBlocks(ctx, &p.lines, p.tree)
		return converter.RenderSuccess
	}
	to, ok := w.(*lines)
	if !ok {
		return converter.RenderTryNext
	}
	switch n.DataAtom {
	case atom.Ul:
		writeList(ctx, to, n, func(int) string { return "- " })
	case atom.Ol:
		writeList(ctx, to, n, numbering(n))
	case atom.Blockquote:
		to.begin("> ", "> ")
		writeBlocks(ctx, to, n)
		to.end("> ")
	case atom.Pre:
		writeCodeBlock(to, n.FirstChild)
	case atom.Table:
		writeTable(to, n)
	default:
		return converter.RenderTryNext
	}
	return converter.RenderSuccess
}

// writeBlocks writes what stands in n, each block on lines of its own. The converter is
// asked for what is its own, since it sorts all renderers anew for each node.
func writeBlocks(ctx converter.Context, to *lines, n *html.Node) {
	for block := n.FirstChild; block != nil; block = block.NextSibling {
		to.meter.Spend(1 + len(block.Data)/16)
		to.breakLine(2)
		if writeNode(ctx, to, block) == converter.RenderTryNext {
			ctx.RenderNodes(ctx, to, block)
		}
	}
}

// writeList writes a list, whose items are indented by the length of their mark.
func writeList(ctx converter.Context, to *lines, list *html.Node, mark func(item int) string) {
	indent := strings.Repeat(" ", len(mark(0)))
	for i, item := 0, list.FirstChild; item != nil; i, item = i+1, item.NextSibling {
		to.breakLine(1)
		to.begin(mark(i), indent)
		writeBlocks(ctx, to, item)
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
	return Write(body, meter)
}

// writeCodeBlock writes a block of code between fences that are longer than any row of
// backquotes in it.
func writeCodeBlock(to *lines, code *html.Node) {
	body := strings.TrimSuffix(code.FirstChild.Data, "\n")
	fence := strings.Repeat("`", max(longestRun(body, '`')+1, 3))
	_, _ = to.WriteString(fence + strings.TrimPrefix(htmltree.Attr(code, "class"), "language-") + "\n")
	to.verbatim(body)
	_, _ = to.WriteString("\n" + fence)
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
			_, _ = to.WriteString(row.String())
			if part.DataAtom == atom.Thead {
				to.breakLine(1)
				_, _ = to.WriteString("|" + strings.Repeat("---|", columns))
			}
		}
	}
}
