package cleanhtml

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// judge is what may leave the program as HTML, in the words of a library that knows
// nothing of ours.
func judge() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote",
		"ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "pre", "code",
		"strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "kbd", "samp", "var",
		"mark", "q", "cite", "dfn", "small", "abbr", "time", "a", "img")
	number := regexp.MustCompile(`^-?[0-9]{1,9}$`)
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^[^\s"'<>]+$`)).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(row|col)(group)?$`)).OnElements("td", "th")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowAttrs("reversed").Matching(regexp.MustCompile(`^(reversed)?$`)).OnElements("ol")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[1aAiI]$`)).OnElements("ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9+#._-]+$`)).OnElements("code")
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("datetime").OnElements("time")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}

func TestNothingLeavesWithoutAPermit(t *testing.T) {
	for _, tt := range []struct{ name, tree, want string }{
		{"script", `<p>a<script>alert(1)</script>b</p>`, `<p>ab</p>`},
		{"style", `<style>p{}</style><p>a</p>`, `<p>a</p>`},
		{"svg with a script", `<p>a<svg><script>alert(1)</script><desc><p>b</p></desc></svg></p>`, `<p>a</p>`},
		{"comment", `<p>a<!-- b --></p>`, `<p>a</p>`},
		{"unknown element keeps its text", `<p>a<blink>b<i>c</i></blink></p>`, `<p>ab<i>c</i></p>`},
		{"unknown elements inside each other", `<section><div><p>a</p></div>b</section>`, `<p>a</p>b`},
		{"handler", `<p onclick="x()">a</p>`, `<p>a</p>`},
		{"style attribute", `<p style="x">a</p>`, `<p>a</p>`},
		{"javascript", `<p><a href="javascript:alert(1)">a</a></p>`, `<p>a</p>`},
		{"javascript in capitals after a space", `<p><a href=" JavaScript:alert(1)">a</a></p>`, `<p>a</p>`},
		{"javascript parted by a line break", "<p><a href=\"java\nscript:alert(1)\">a</a></p>", `<p>a</p>`},
		{"data", `<p><img src="data:image/png;base64,AA" alt="b"></p>`, `<p><img alt="b"/></p>`},
		{"no scheme", `<p><a href="//x.example/">a</a></p>`, `<p>a</p>`},
		{"image of nothing", `<p>a<img onerror="x()"></p>`, `<p>a</p>`},
		{"language of code", `<p><code class="language-c++">a</code><code class="x language-c">b</code></p>`, `<p><code class="language-c++">a</code><code>b</code></p>`},
		{"anchor of a heading", `<h2 id="a">a</h2><h3 id="a b">b</h3><p id="c">c</p>`, `<h2 id="a">a</h2>` + "\n" + `<h3>b</h3>` + "\n" + `<p>c</p>`},
		{"list", `<ol start="-3" type="a" reversed><li value="7">a</li></ol><ol start="x" type="b"></ol>`, `<ol start="-3" type="a" reversed=""><li value="7">a</li></ol>` + "\n" + `<ol></ol>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Render(bodyOf(t, tt.tree))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Whatever the tree, a sanitizer finds nothing left to take away.
func FuzzNothingIsLeftForASanitizer(f *testing.F) {
	f.Add(`<svg><script>alert(1)</script></svg><p onclick=x>a<a href='java&#10;script:x'>b</a><a href="http://x.example/a?b=c&d=%zz#e">c</a>`)
	f.Add(`<math><mi><table><style><!--</style><img src=x onerror=alert(1)><img src="https://x.example/ä b.png" alt="&quot;">`)
	f.Add(`<table><tr><td colspan=2 rowspan=-1 scope=rowgroup>a<ol type=I start=0012 reversed=1><li>b</ol></table><pre>` + "\n\n" + `<code class=language-a.b>x</code></pre>`)
	f.Add(`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript><xmp><b>x</xmp><plaintext><a>`)
	policy := judge()
	f.Fuzz(func(t *testing.T, page string) {
		written, err := Render(bodyOf(t, page))
		if err != nil {
			t.Skip(err)
		}
		if left := policy.Sanitize(written); left != written {
			t.Errorf("sanitized %q\nfrom      %q", left, written)
		}
	})
}

// Plain addresses are those that parsing would only write again as they are.
func FuzzPlainAddressesNeedNoParsing(f *testing.F) {
	for _, address := range []string{"https://x.example/", "http://x.example/a/b:c,d=e+~_$@f#g", "https://x.example/a#", "http:///a", "http://x.example//a/../b/", "http://x.example:80/", "http://x.example:/", "http://:1/", "https://x.example:1:2/"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if !IsPlainAddress(address) {
			return
		}
		if u, err := url.Parse(address); err != nil || u.String() != address || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("%q was parsed as %v, %v", address, u, err)
		}
	})
}

func bodyOf(t *testing.T, page string) *html.Node {
	t.Helper()
	body := htmltree.Element(atom.Body)
	nodes, err := html.ParseFragment(strings.NewReader(page), body)
	if err != nil {
		t.Skip(err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body
}
