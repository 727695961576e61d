package cleanhtml_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
)

// read is a token as it is understood.
type read struct {
	Kind  html.TokenType
	Tag   atom.Atom
	Text  string
	Attrs []html.Attribute
}

func tokens(clean string) (all []read) {
	for t := range cleanhtml.Tokens(clean) {
		r := read{Kind: t.Kind, Tag: t.Tag}
		if t.Kind == html.TextToken {
			r.Text = string(t.Append(nil))
		}
		for key, value := range t.Attrs() {
			r.Attrs = append(r.Attrs, html.Attribute{Key: key, Val: value})
		}
		all = append(all, r)
	}
	return all
}

// tokenized are the tokens that the tokenizer for any HTML finds.
func tokenized(clean string) (all []read) {
	z := html.NewTokenizer(strings.NewReader(clean))
	for z.Next() != html.ErrorToken {
		t := z.Token()
		r := read{Kind: t.Type, Tag: t.DataAtom, Attrs: t.Attr}
		if t.Type == html.TextToken {
			r.Text = t.Data
		}
		all = append(all, r)
	}
	return all
}

// The HTML of an article is read as any HTML is.
func FuzzTokensOfAnArticle(f *testing.F) {
	for _, source := range []string{
		"", "<p>a &lt; b &amp;&amp; c &quot;d&quot; &#39;e&#39; &copy; &#13;\n f<br>g</p>",
		`<h2 id="a&b">T</h2><p><a href="/x?a=1&amp;b=<>%22">l</a><img src="i.png" alt='say "hi" > x'></p>`,
		"<table><caption>C</caption><tr><th colspan=2>a<td>b</table><pre>\n\nx < y\n</pre>",
		`<p title="&amp;lt;">&amp;lt; &amp;amp; &ampx; &#60;b&#62;</p>`,
	} {
		f.Add(source)
	}
	base := &url.URL{Scheme: "https", Host: "w.test", Path: "/"}
	f.Fuzz(func(t *testing.T, source string) {
		doc, err := extract.Parse(base, "text/html", []byte("<main>"+source+"</main>"))
		if err != nil {
			return
		}
		article, err := doc.Extract(extract.Rules{})
		if err != nil {
			return
		}
		if diff := cmp.Diff(tokenized(article.HTML), tokens(article.HTML)); diff != "" {
			t.Errorf("%q: %s", article.HTML, diff)
		}
	})
}

// Whatever the HTML, nothing of it is passed over.
func FuzzTokensAreAllOfIt(f *testing.F) {
	for _, source := range []string{"", "<p>a</p>", "a < b <c", "<", "</", "</>", "<!-- x --><p>", "<p", "a<b>c</b", "<p/ >", "&amp", "&am&lt;&;"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		var all strings.Builder
		for token := range cleanhtml.Tokens(source) {
			all.WriteString(token.Raw)
			if token.Raw == "" {
				t.Fatal("a token of nothing")
			}
			if token.Kind == html.TextToken {
				if got, want := string(token.Append(nil)), html.UnescapeString(token.Raw); got != want {
					t.Errorf("%q is read as %q, want %q", token.Raw, got, want)
				}
			}
		}
		if all.String() != source {
			t.Errorf("%q was read as %q", source, all.String())
		}
	})
}
