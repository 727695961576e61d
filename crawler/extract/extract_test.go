package extract

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/budget"
)

func TestTitle(t *testing.T) {
	long := strings.Repeat("Some words of the text. ", 20)
	tests := []struct {
		name, page string
		rules      Rules
		want       string
	}{
		{"as configured", "<p class=t> A  <b>title</b>\u200b </p><h1>B</h1>", Rules{Title: ".t"}, "A title"},
		{"as configured, from the head", `<title>A</title><h1>B</h1>`, Rules{Title: "title"}, "A"},
		{"configured, but not there", `<h1>B</h1>`, Rules{Title: ".t"}, "B"},
		{"the article's heading", `<title>Site</title><meta property="og:title" content="C"><main><h1>B<a href="#b" class="headerlink">¶</a></h1>` + long, Rules{}, "B"},
		{"the heading beside the article", `<title>B - Site</title><h1>Site</h1><h1>B</h1><article><p>` + long, Rules{}, "B"},
		{"not the site's heading", `<title>B - Site</title><header><h1>Site</h1></header><article><p>` + long, Rules{}, "B"},
		{"what is shared", `<title>x</title><meta property="og:title" content="C | Site"><meta property="og:site_name" content="Site"><p>` + long, Rules{}, "C"},
		{"the document's, without the site", `<title>A – part 1 | Site</title><p>` + long, Rules{}, "A – part 1"},
		{"the document's, with a separator of its own", `<title>A - B</title><meta property="og:site_name" content="Site"><p>` + long, Rules{}, "A - B"},
		{"DokuWiki's", `<title>A [Site]</title><p>` + long, Rules{}, "A"},
		{"the address", `<p>` + long, Rules{}, "page"},
		{"not the site's heading, in the article", `<title>B | Acme</title><main><h1><a href="/">Acme Help</a></h1><h2>B</h2><p>` + long, Rules{}, "B"},
		{"not the name of the manual, above its chapters", `<title>B — Acme manual 3</title><main><h1><a href="../index.html">Acme manual 3</a></h1><h1>Source of B</h1><p>` + long, Rules{}, "Source of B"},
		{"a heading that links to itself", `<title>A: B</title><main><h1><a href="page">B</a></h1><p>` + long, Rules{}, "B"},
		{"not the site's name, in the article", `<title>B</title><meta property="og:site_name" content="Acme Help"><main><h1>Acme Help</h1><p>` + long, Rules{}, "B"},
		{"not a logo", `<title>B | Acme</title><main><h1><a href="/"><img src="/logo.png" alt="Acme"></a></h1><p>` + long, Rules{}, "B"},
		{"of several headings the one that the head names", `<title>B | Acme</title><main><h1>News</h1><h1>B</h1><p>` + long, Rules{}, "B"},
		{"of several headings the first", `<title>Acme</title><main><h1>A</h1><p>` + long + `<h1>B</h1><p>` + long, Rules{}, "A"},
		{"escaped twice, with characters that show nothing", `<title>A&amp;amp;B&#8203;&#8288; | Acme</title><p>` + long, Rules{}, "A&B"},
		{"without the sections of the breadcrumb", `<title>B - Billing - Acme</title><ol class=breadcrumb><li>Home<li>Billing</ol><p>` + long, Rules{}, "B"},
		{"a heading of a lower level", `<main><h2>B</h2><p>` + long, Rules{}, "B"},
		{"not a paragraph for a title", `<title>` + strings.Repeat("wordy ", 60) + `</title><p>` + long, Rules{}, strings.Repeat("wordy ", 40) + "wordy…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			article, err := parsePage(t, test.page).Extract(test.rules)
			if err != nil {
				t.Fatal(err)
			}
			if article.Title != test.want {
				t.Errorf("got %q, want %q", article.Title, test.want)
			}
		})
	}
}

func TestWhatBeginsABodyAndSaysNothing(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("Some words of the text. ", 20))
	for name, page := range map[string]string{
		"a line below the title":                    `<title>B</title><main><h1>B</h1><hr><hr><p>` + long + `</p><hr></main>`,
		"the site's name, which leads home":         `<title>B | Acme</title><main><h1><a href="/">Acme Help</a></h1><h1>B</h1><p>` + long + `</p></main>`,
		"the manual's, which leads to its contents": `<title>B — Acme 3</title><main> <h1><a href="index.html">Acme 3</a></h1><hr><h1>B</h1><p>` + long + `</p></main>`,
	} {
		t.Run(name, func(t *testing.T) {
			article, err := parsePage(t, page).Extract(Rules{})
			if err != nil {
				t.Fatal(err)
			}
			if article.Title != "B" || article.Markdown != long {
				t.Errorf("got %q: %q", article.Title, article.Markdown)
			}
		})
	}
}

func TestTheHeadingOfTheFirstPageIsItsTitle(t *testing.T) {
	for _, path := range []string{"", "/"} {
		doc, err := Parse(&url.URL{Scheme: "https", Host: "w.test", Path: path}, "text/html", []byte(`<main><h1><a href="/">Welcome</a></h1><p>Some words of the text.</p></main>`))
		if err != nil {
			t.Fatal(err)
		}
		article, err := doc.Extract(Rules{})
		if err != nil || article.Title != "Welcome" || article.TitleFrom != "h1" {
			t.Errorf("at %q got %q by %s: %v", path, article.Title, article.TitleFrom, err)
		}
	}
}

func TestConfiguredContent(t *testing.T) {
	page := `<title>T</title><div class=a><p>one</p><div class=a>two</div></div><p>between</p><div class=a>three<span class=no>four</span></div>`
	tests := []struct {
		name     string
		rules    Rules
		markdown string
		how      string
	}{
		{"several matches, nested ones once", Rules{Body: ".a"}, "one\n\ntwo\n\nthreefour", "content.body"},
		{"without what is removed", Rules{Body: ".a", Remove: []string{".no", ".a .a"}}, "one\n\nthree", "content.body"},
		{"nothing there", Rules{Body: "article"}, "", "content.body matched nothing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			article, err := parsePage(t, page).Extract(test.rules)
			if err != nil {
				t.Fatal(err)
			}
			if article.Markdown != test.markdown || article.How != test.how {
				t.Errorf("got %q by %q", article.Markdown, article.How)
			}
		})
	}
	for _, rules := range []Rules{{Body: "[["}, {Title: "[["}, {Remove: []string{"[["}}} {
		if _, err := parsePage(t, page).Extract(rules); err == nil || !strings.Contains(err.Error(), `"[["`) {
			t.Errorf("%+v: error %v doesn't name the selector", rules, err)
		}
	}
}

func TestBodyWithoutTextIsEmpty(t *testing.T) {
	for _, page := range []string{"", "<body>", "<p>  &nbsp;&#8203; </p><br><hr>", "<main><script>x()</script><p hidden>x</p></main>", "<frameset><frame src=x></frameset>"} {
		for _, rules := range []Rules{{}, {Body: "body"}} {
			article, err := parsePage(t, page).Extract(rules)
			if err != nil {
				t.Fatal(err)
			}
			if article.HTML != "" || article.Markdown != "" || article.Title != "page" {
				t.Errorf("%q by %+v: got %+v", page, rules, article)
			}
		}
	}
}

// A fingerprint of the markup would change with every rendering: vectara-ingest
// PR 350 hashed the rendered DOM, which never matched because of its nonces.
func TestRenderingNoiseChangesNothing(t *testing.T) {
	const page = `<!doctype html><title>Seats</title><script nonce="N">f("N")</script><!-- N --><body data-build="N" class="c-N">
		<main id="m-N" class="a N"><h1 id="h-N">Seats</h1><p class="N" data-x="N">Every plan has <b data-v-N>seats</b>, <!-- rendered at N -->see <a data-n="N" href="/plans" class="N">plans</a>.</p>
		<input type="hidden" name="csrf" value="N"><style>.N{}</style><img class="N" src="/i.png?X-Amz-Signature=N&amp;w=1" alt="i"><table id="N"><tr class="N"><th>a<th>b<tr><td>1<td>2</table><noscript>N</noscript><template>N</template></main>`
	first := contentWithNoise(t, page, rand.New(rand.NewPCG(1, 1)))
	for seed := range uint64(20) {
		if again := contentWithNoise(t, page, rand.New(rand.NewPCG(seed, 2))); again != first {
			t.Fatalf("got %q, before %q", again, first)
		}
	}
	if !strings.Contains(first, "Every plan has **seats**, see [plans](https://help.example.com/plans).") {
		t.Errorf("got %q", first)
	}
}

// contentWithNoise returns a page's Markdown with every N a word of its own and
// every element's attributes in another order.
func contentWithNoise(t *testing.T, page string, random *rand.Rand) string {
	t.Helper()
	parts := strings.Split(page, "N")
	for i := range parts[1:] {
		parts[i] += fmt.Sprintf("n%x", random.Uint64())
	}
	d := parsePage(t, strings.Join(parts, ""))
	for n := range d.node().Descendants() {
		random.Shuffle(len(n.Attr), func(i, j int) { n.Attr[i], n.Attr[j] = n.Attr[j], n.Attr[i] })
	}
	article, err := d.Extract(Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return article.Markdown
}

func TestWhatNobodySeesIsLeftOut(t *testing.T) {
	for name, page := range map[string]string{
		"hidden":                   `<p hidden>SECRET</p>`,
		"display none":             `<div style="color:red; DISPLAY : none !important"><p>SECRET</div>`,
		"visibility hidden":        `<p style="visibility:hidden">SECRET</p>`,
		"aria-hidden":              `<span aria-hidden="true">SECRET</span>`,
		"for screen readers":       `<span class="sr-only">SECRET</span>`,
		"comments":                 `<!-- SECRET -->`,
		"templates":                `<template>SECRET</template>`,
		"scripts":                  `<script>SECRET</script><noscript>SECRET</noscript>`,
		"fields":                   `<input value=SECRET><textarea>SECRET</textarea><select><option>SECRET</select><button>SECRET</button>`,
		"a form":                   `<form action="/search"><label>SECRET <input name=q></label></form>`,
		"drawings":                 `<svg><text>SECRET</text><title>SECRET</title></svg>`,
		"tag characters":           "a\U000E0053\U000E0045b",
		"zero-width and direction": "S\u200bE\u2060C\u202eR\ufeffE\u00adT",
	} {
		t.Run(name, func(t *testing.T) {
			article := contentOf(t, "<body><p>seen</p>"+page)
			if name == "zero-width and direction" {
				if article.Markdown != "seen\n\nSECRET" {
					t.Errorf("got %q", article.Markdown)
				}
				return
			}
			if strings.Contains(article.HTML+article.Markdown, "SECRET") || strings.ContainsRune(article.HTML, '\U000E0053') {
				t.Errorf("got %q", article.HTML)
			}
		})
	}
}

func TestHas(t *testing.T) {
	d := parsePage(t, `<a class="logout" href="/logout">Log out</a>`)
	for selector, want := range map[string]bool{"a.logout": true, "a.login, .logout": true, "form": false, "[[": false} {
		if got := d.Has(selector); got != want {
			t.Errorf("%q: got %v", selector, got)
		}
	}
}

// How much longer than the parser alone everything takes that is done to a page.
func BenchmarkPage(b *testing.B) {
	page := docsPage()
	var parsing, all testing.BenchmarkResult
	b.Run("parser alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := html.Parse(strings.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
		parsing = testing.BenchmarkResult{N: b.N, T: b.Elapsed()}
	})
	b.Run("everything", func(b *testing.B) {
		for b.Loop() {
			d := parsePage(b, page)
			d.Links()
			d.Directives()
			d.LoginForm()
			if article, err := d.Extract(Rules{}); err != nil || article.How != "main" {
				b.Fatal(article.How, err)
			}
		}
		all = testing.BenchmarkResult{N: b.N, T: b.Elapsed()}
		b.ReportMetric(float64(all.NsPerOp())/float64(max(parsing.NsPerOp(), 1)), "parsers")
	})
}

// docsPage is a page of reference documentation, about 100 kB long.
func docsPage() string {
	var out strings.Builder
	out.WriteString(`<!doctype html><title>API — Docs</title><div role="navigation"><ul>`)
	for i := range 60 {
		fmt.Fprintf(&out, `<li class="toctree-l1"><a class="reference internal" href="page%d.html">Page %d</a></li>`, i, i)
	}
	out.WriteString(`</ul></div><div class="body" role="main"><h1>API<a class="headerlink" href="#api">¶</a></h1>`)
	for i := range 60 {
		fmt.Fprintf(&out, `<section id="s%d"><h2>Part %d<a class="headerlink" href="#s%d">¶</a></h2><p>The function <code class="docutils literal notranslate"><span class="pre">open_%d()</span></code> opens a <em>file</em> and returns a <a class="reference external" href="https://example.com/%d">file object</a>; if it cannot be opened, an error is raised, as everywhere else in this module.</p>
<dl class="py function"><dt class="sig sig-object py" id="f%d"><span class="sig-name descname"><span class="pre">open_%d</span></span><span class="sig-paren">(</span><em class="sig-param"><span class="n"><span class="pre">path</span></span></em><span class="sig-paren">)</span></dt><dd><p>Opens <strong>path</strong>. It may be a string or bytes.</p><ul class="simple"><li><p>one thing</p></li><li><p>another thing &amp; more</p></li></ul></dd></dl>
<div class="highlight-python3 notranslate"><div class="highlight"><pre><span class="gp">&gt;&gt;&gt; </span><span class="n">open_%d</span><span class="p">(</span><span class="s1">&#39;x&#39;</span><span class="p">)</span>
<span class="go">&lt;file&gt;</span>
</pre></div></div><table class="docutils align-default"><thead><tr class="row-odd"><th class="head"><p>Mode</p></th><th class="head"><p>Meaning</p></th></tr></thead><tbody><tr class="row-even"><td><p>r</p></td><td><p>for reading</p></td></tr></tbody></table></section>`, i, i, i, i, i, i, i, i)
	}
	out.WriteString(`</div>`)
	return out.String()
}

// What is escaped takes several times the room of what was read, in each of the ways in which an article is written.
func TestAnArticleThatGrowsWithEscapesIsRefused(t *testing.T) {
	read := func(text string) error {
		doc, err := Parse(&url.URL{Scheme: "https", Host: "example.com", Path: "/"}, "text/html; charset=utf-8", []byte("<main><h1>A title</h1><p>"+text+"</p></main>"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = doc.Extract(Rules{})
		return err
	}
	var exceeded *budget.Exceeded
	if err := read(strings.Repeat("<<<< ", 900_000)); !errors.As(err, &exceeded) {
		t.Errorf("got %v, want that it is too long", err)
	}
	if err := read(strings.Repeat("text ", 900_000)); err != nil {
		t.Error(err)
	}
}
