package extract

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// parsePage parses an HTML page in UTF-8.
func parsePage(t testing.TB, page string) *Document {
	t.Helper()
	return parseBytes(t, "text/html; charset=utf-8", []byte(page))
}

// parseBytes parses a page as fetched from an address of its own.
func parseBytes(t testing.TB, contentType string, page []byte) *Document {
	t.Helper()
	u, err := url.Parse("https://help.example.com/articles/page")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(u, contentType, page)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// contentOf returns what the page's body element says.
func contentOf(t testing.TB, page string) Article {
	t.Helper()
	article, err := parsePage(t, page).Extract(Rules{Title: "head title", Body: "body"})
	if err != nil {
		t.Fatal(err)
	}
	return article
}

// asHTML renders Markdown as others would.
func asHTML(t testing.TB, markdown string) string {
	t.Helper()
	var out bytes.Buffer
	renderer := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))
	if err := renderer.Convert([]byte(markdown), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// expectFixedPoint checks that Markdown → HTML → Markdown gives it again.
func expectFixedPoint(t testing.TB, markdown string) {
	t.Helper()
	rendered := asHTML(t, markdown)
	again := contentOf(t, "<title>untitled</title><body>"+rendered).Markdown
	if diff := cmp.Diff(markdown, again); diff != "" {
		t.Errorf("not a fixed point (-first +second):\n%s\nmarkdown: %q\nrendered: %q\nagain:    %q", diff, markdown, rendered, again)
	}
}

func FuzzMarkdownIsAFixedPoint(f *testing.F) {
	for _, seed := range []string{
		"<h1>A</h1><p>b <b>c</b><i>d</i> <a href=/x>e</a>", "<ul><li>a<ul><li>b</ul><li><p>c<p>d</ul>",
		"<table><tr><th>a<th>b<tr><td rowspan=2>c<td>|<tr><td>`d|`</table>", "<pre><code class=language-go>a\n\n\n  b```\n</code></pre>",
		"<p>a<br>- b<br><br># c", "<blockquote><ol start=9><li>a<li><pre>b\n\tc</pre></ol></blockquote>", "<p>1. a *b* _c_ &amp;lt; [d](e) ![f](g) <code>`</code>",
		"<dl><dt>a<dd>b</dl><details><summary>c</summary>d</details>", "<p>&lt;b&gt; http://a.b/c_d_e <s>x</s>y", "<p>a&nbsp;b&#8203;c\\",
		"<code>[<i>expr</i> </code><code>from</code> <code><i>a</i> </code>`", "<img src=a alt='<b>x</b> &amp;lt;'>",
		"<b>a <i>b</i></b><i> c</i><code>d</code><b>e.</b>f", "<img src=a.png alt='[x] \\'><a href='?a=1&copy;=2 (3)'><img src=b></a>",
		"<h4>a</h4><details><summary>b <b>c</b></summary><h2>d</h2><p>e</details><h3>f</h3>", "<ul><li><details><summary>a</summary>b</details><li>c</ul>",
		"<div class='admonition warning'><p class=admonition-title>Warning<p>a</div><table><tr><td><div class='alert alert-info'>b</div><td>c</table>",
		"<blockquote class=warning><h3>a</h3><ul><li>b</ul></blockquote><aside class=note><pre>c</pre></aside>",
		"<ul><li><input type=checkbox disabled checked> a<li><input type=checkbox disabled> <p>b</p><li>[ ] c<li>[x] </ul>[x] d",
		"<math alttext='\\frac{a}{b}_*x*'></math><script type='math/tex; mode=display'>a\n\n b`</script><span class=math>\\(|x|\\)</span>",
		"a<sup>2</sup><sub>10</sub><sup>th</sup><sup><a href='#f'>1</a></sup><ruby>b<rt>c</rt></ruby>",
		"<div role=tablist><button role=tab aria-controls=p>a</button></div><div role=tabpanel id=p hidden><h1>b</h1></div>",
		"<ul><li>a<ul></li><ul><li>b</ul></ul>c<ol><p>d<li>e</ol>", "<table role=presentation><tr><td>a<td>b</table><div role=table><div role=row><div role=cell>c</div><div role=cell>d</div></div></div>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, page string) {
		expectFixedPoint(t, contentOf(t, strings.ToValidUTF8(page, "?")).Markdown)
	})
}
