package extract

import (
	"bytes"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/marker"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
)

// markdown writes a clean tree as canonical Markdown: CommonMark with the tables
// and the strikethrough of GitHub's dialect. Rendered to HTML and converted
// again it is the same, byte for byte, so that a hash of it changes with the
// text and with nothing else.
//
// The converter alone is no such fixed point. It is therefore given a tree in
// canonical form (see [canonical]), where nothing is left for it to decide.
func markdown(clean *html.Node) (string, error) {
	written, err := markdownConverter().ConvertNode(canonical(clean))
	return trimBlankLines(string(written)), err
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

// markdownConverter doesn't escape: the canonical tree's text is escaped already.
var markdownConverter = sync.OnceValue(func() *converter.Converter {
	conv := converter.NewConverter(
		converter.WithEscapeMode("disabled"),
		converter.WithPlugins(
			base.NewBasePlugin(),
			commonmark.NewCommonmarkPlugin(commonmark.WithListEndComment(false)),
			table.NewTablePlugin(table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal)),
		),
	)
	conv.Register.RendererFor(runningName, converter.TagTypeInline, writeRunning, converter.PriorityEarly)
	conv.Register.RendererFor("blockquote", converter.TagTypeBlock, writeQuote, converter.PriorityEarly)
	return conv
})

// runningName is the name of the elements that hold running text.
const runningName = "x-markdown"

// running returns an element that holds running text in Markdown. The converter walks
// ten times over the tree that it gets, and sorts its renderers anew for each node: it
// is quick where a paragraph is one node.
func running(markdown string) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: runningName, Attr: []html.Attribute{{Key: "text", Val: markdown}}}
}

func writeRunning(_ converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	_, _ = w.WriteString(n.Attr[0].Val)
	return converter.RenderSuccess
}

// writeQuote writes a quote. The converter's own way loses the mark at the
// lines of code inside, whose ends it stores as marker.MarkerCodeBlockNewline.
func writeQuote(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	var out bytes.Buffer
	ctx.RenderChildNodes(ctx, &out, n)
	quoted := bytes.TrimSpace(out.Bytes())
	for bytes.Contains(quoted, []byte("\n\n\n")) {
		quoted = bytes.ReplaceAll(quoted, []byte("\n\n\n"), []byte("\n\n"))
	}
	quoted = bytes.ReplaceAll(quoted, []byte("\n"), []byte("\n> "))
	lineEnd := string(marker.MarkerCodeBlockNewline)
	quoted = bytes.ReplaceAll(quoted, []byte(lineEnd), []byte(lineEnd+"> "))
	_, _ = w.WriteString("\n\n> ")
	_, _ = w.Write(bytes.ReplaceAll(quoted, []byte("\n> \n"), []byte("\n>\n")))
	_, _ = w.WriteString("\n\n")
	return converter.RenderSuccess
}
