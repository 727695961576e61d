package markdown_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
)

// leftToTheConverter writes a canonical tree as the converter alone does, which is given
// nothing but the running text, and takes the spaces off the lines that hold nothing else.
func leftToTheConverter(t *testing.T, tree *html.Node) string {
	t.Helper()
	const said = "x-said"
	conv := converter.NewConverter(
		converter.WithEscapeMode("disabled"), // the running text is escaped already
		converter.WithPlugins(
			base.NewBasePlugin(),
			commonmark.NewCommonmarkPlugin(commonmark.WithListEndComment(false)),
			table.NewTablePlugin(table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal)),
		),
	)
	conv.Register.RendererFor(said, converter.TagTypeInline, func(_ converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
		_, _ = w.WriteString(n.Attr[0].Val)
		return converter.RenderSuccess
	}, converter.PriorityEarly)
	for n := range tree.Descendants() {
		if n.Type != html.RawNode {
			continue
		}
		text := &html.Node{Type: html.ElementNode, Data: said, Attr: []html.Attribute{{Val: n.Data}}}
		n.Type, n.Data, n.DataAtom = html.ElementNode, "span", atom.Span
		if slices.Contains([]atom.Atom{atom.Div, atom.Li, atom.Blockquote}, n.Parent.DataAtom) {
			n.Data, n.DataAtom = "p", atom.P
		}
		n.AppendChild(text)
	}
	written, err := conv.ConvertNode(tree)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(written)) {
		if strings.Trim(line, "> \n") == "" {
			out.WriteString(strings.TrimRight(line, " \n"))
			line = line[len(strings.TrimRight(line, "\n")):]
		}
		out.WriteString(line)
	}
	return out.String()
}

// Our Markdown is the converter's, but for the mark of quotes at lines of code, which it
// loses.
func FuzzMarkdownIsTheConverters(f *testing.F) {
	for _, seed := range []string{
		"<ul><li>a<ul><li>b<ol><li>c<p>d</ol></ul><li><p>c<p>d</ul>e<ol start=98><li>a<li><br>b<br>c<li>d</ol>",
		"<ul><li><pre>a\n\n\n  b\n>\n > c</pre><li>a<pre>b</pre><h2>c</h2><hr><table><tr><th>a<th>b<tr><td>c<td>|</table></ul>",
		"<blockquote>a<br>b<blockquote>c<ul><li>d<p>e<blockquote>f</blockquote><li>g</ul></blockquote><h3>h</h3></blockquote><blockquote>i</blockquote>",
		"<ul><li><ul><li><blockquote><ol><li>a</ol><p>b</blockquote></ul></ul><ol><li><hr><li><h2>#</h2></ol><pre>&gt; &gt;</pre>",
		"<pre><code class=language-go>a ```` b\n\n\tc</code></pre><h2>a <code>b  c</code> #</h2><h6>x</h6><hr><table><tr><td>a<td><tr><td><td>b c<tr><td></table>",
		"<table><tr><th>a<th>b<th><tr><td colspan=2>`x|y`<td>[d](e)</table><table><caption>c</caption><tr><td>1<td>2</table>",
		"<ol start=999999><li>a<li>&gt;<li><code>&gt;  &gt;</code></ol><ul><li><ul><li></ul><li>[ ] a<li><img src=a alt='  '></ul>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, page string) {
		body := cleanTree(t, page)
		for n := range body.Descendants() {
			if n.DataAtom == atom.Blockquote && slices.ContainsFunc(slices.Collect(n.Descendants()), func(d *html.Node) bool { return d.DataAtom == atom.Pre }) {
				t.Skip("code in a quote")
			}
		}
		ours, err := markdown.WriteTree(body, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(leftToTheConverter(t, markdown.Canonical(body, nil)), ours); diff != "" {
			t.Errorf("not as the converter writes it (-converter +ours):\n%s\n%q", diff, ours)
		}
	})
}

// cleanTree returns the clean tree of a page's body.
func cleanTree(t *testing.T, page string) *html.Node {
	t.Helper()
	d, err := extract.Parse(&url.URL{Scheme: "https", Host: "x.example", Path: "/"}, "text/html; charset=utf-8",
		[]byte("<title>untitled</title><body>"+strings.ToValidUTF8(page, "?")))
	if err != nil {
		t.Skip(err)
	}
	article, err := d.Extract(extract.Rules{Body: "body"})
	if err != nil {
		t.Fatal(err)
	}
	body, err := markdown.ParseTree(article.HTML)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
