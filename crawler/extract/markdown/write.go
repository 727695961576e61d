// Package markdown writes a clean tree as canonical Markdown: CommonMark, with the tables and
// the strikethrough of GitHub's dialect. Rendered and written again it is the same, byte for
// byte, so that a hash of it changes with the text and with nothing else.
package markdown

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Write writes a clean tree as canonical Markdown: CommonMark with the tables
// and the strikethrough of GitHub's dialect. Rendered to HTML and converted
// again it is the same, byte for byte, so that a hash of it changes with the
// text and with nothing else.
//
// The converter alone is no such fixed point. It is therefore given a tree in
// canonical form (see [canonical]), where nothing is left for it to decide. Nor is there
// anything to prepare, for which it would walk ten times over the tree, or to trim
// afterwards: it gets an empty document, and in its context the tree that stands for it
// and the lines to write to.
func Write(clean *html.Node) (string, error) {
	p := &page{tree: canonical(clean)}
	p.lines.out.Grow(cleanhtml.RoomFor(p.tree))
	ctx := context.WithValue(context.Background(), pageKey{}, p)
	_, err := markdownConverter().ConvertNode(&html.Node{Type: html.DocumentNode}, converter.WithContext(ctx))
	return p.lines.out.String(), err
}

// page is what is converted: a canonical tree, to lines of Markdown.
type page struct {
	tree  *html.Node
	lines lines
}

// pageKey is where the context of a conversion has its page.
type pageKey struct{}

var markdownConverter = sync.OnceValue(func() *converter.Converter {
	conv := newConverter()
	conv.Register.Renderer(writeNode, converter.PriorityEarly)
	return conv
})

// newConverter returns a converter that doesn't escape: the canonical tree's text is
// escaped already.
func newConverter() *converter.Converter {
	return converter.NewConverter(
		converter.WithEscapeMode("disabled"),
		converter.WithPlugins(
			base.NewBasePlugin(),
			commonmark.NewCommonmarkPlugin(commonmark.WithListEndComment(false)),
			table.NewTablePlugin(table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal)),
		),
	)
}

// running returns a node of running text in Markdown, such as a paragraph.
func running(markdown string) *html.Node { return &html.Node{Type: html.RawNode, Data: markdown} }

// writeNode writes what holds other blocks, and running text. Headings, code, tables and
// rules are left to the converter, whose own lists trim and indent all that stands in them
// anew at each level, and whose quotes lose their mark at the lines of code inside.
func writeNode(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	if n.Type == html.RawNode {
		_, _ = w.WriteString(n.Data)
		return converter.RenderSuccess
	}
	if n.Type == html.DocumentNode {
		if p, ok := ctx.Value(pageKey{}).(*page); ok {
			writeBlocks(ctx, &p.lines, p.tree)
		}
		return converter.RenderSuccess
	}
	to, ok := w.(*lines)
	if !ok {
		return converter.RenderTryNext
	}
	switch n.Data {
	case "ul":
		writeList(ctx, to, n, func(int) string { return "- " })
	case "ol":
		writeList(ctx, to, n, numbering(n))
	case "blockquote":
		to.begin("> ", "> ")
		writeBlocks(ctx, to, n)
		to.end("> ")
	default:
		return converter.RenderTryNext
	}
	return converter.RenderSuccess
}

// writeBlocks writes what stands in n, each block on lines of its own. The converter is
// asked for what is its own, since it sorts all renderers anew for each node.
func writeBlocks(ctx converter.Context, to *lines, n *html.Node) {
	for block := n.FirstChild; block != nil; block = block.NextSibling {
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
// for those who change the HTML afterwards.
func FromHTML(clean string) (string, error) {
	body, err := cleanhtml.Parse(clean)
	if err != nil {
		return "", err
	}
	return Write(body)
}
