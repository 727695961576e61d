package extract

import (
	"compress/gzip"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/choose"
)

// prose is a text of n sentences, none of which another text has.
func prose(about string, n int) string {
	var out strings.Builder
	for range n {
		out.WriteString("<p>Whoever asks about " + about + " gets an answer here that goes on for long enough to be read as a sentence.</p>\n")
	}
	return out.String()
}

// post is one of a thread, of a day in May.
func post(about string, day int) string {
	return `<div class="post"><h3>Re: Seats</h3><span class="when">Posted May ` + strconv.Itoa(day) + `</span><div class="text">` + prose(about, 2) +
		`Ask <a href="/u/ada">Ada</a> about it.</div><a href="/reply">Reply</a></div>`
}

func TestContentOfUnknownSites(t *testing.T) {
	links := `<ul><li><a href="/a">One page of many</a></li><li><a href="/b">Another page of many</a></li><li><a href="/c">A third page of many</a></li><li><a href="/d">The last page of many</a></li></ul>`
	teasers := strings.Repeat(`<article><h3><a href="/a">Another page</a></h3>`+prose("others", 4)+`</article>`, 6)
	const teaser = `<a href="/b"><img src="b.jpg"><h3>All we know about chairs</h3></a>`
	tests := []struct {
		name, address, page string
		kept, left          []string
		how                 string // begins so
	}{
		{
			name: "a page that marks nothing, beside its menu",
			page: `<div class="x1">` + links + `</div><div class="x2"><h1>Seats</h1>` + prose("seats", 5) + `</div>`,
			kept: []string{"about seats"}, left: []string{"page of many"}, how: "body, narrowed",
		},
		{
			name: "a text under the title, beside teasers that are marked as the content",
			page: `<div class="x1"><h1>T</h1>` + prose("seats", 3) + `</div><div role="main">` + teasers + `</div>`,
			kept: []string{"about seats"}, left: []string{"about others"}, how: "under the title",
		},
		{
			name: "an article with the title, beside teasers that are articles",
			page: `<article><h1>T</h1>` + prose("seats", 3) + `</article><section>` + teasers + `</section>`,
			kept: []string{"about seats"}, left: []string{"about others"}, how: "article with the title",
		},
		{
			name: "an article with the title, in the lesser of two that are marked as the content",
			page: `<main><h1>T</h1>` + prose("seats", 3) + `</main><main>` + teasers + `</main>`,
			kept: []string{"about seats"}, left: []string{"about others"}, how: "main",
		},
		{
			name: "teasers behind a text, whatever their heading says",
			page: `<main><h1>T</h1>` + prose("seats", 6) + `<div><h2>Więcej</h2><div class="c">` + teaser + `</div><div class="c">` + teaser + `</div></div></main>`,
			kept: []string{"about seats"}, left: []string{"about chairs", "Więcej"}, how: "main, without asides",
		},
		{
			name: "cards that lead to what a text is about, and teasers in its midst",
			page: `<main><h1>T</h1><ul><li>` + teaser + `</li><li>` + teaser + `</li></ul>` + prose("seats", 9) + `<h2>Kept</h2><ul><li><a href="/b"><img src="b.png"><h3>Google</h3></a></li><li><a href="/c"><img src="c.png"><h3>Apple</h3></a></li></ul></main>`,
			kept: []string{"about seats", "about chairs", "Google", "Apple", "Kept"}, how: "main",
		},
		{
			name: "a question that buttons answer, and a field for an address of mail, in any language",
			page: `<main><h1>T</h1>` + prose("seats", 5) + `<div><p>Czy to pomogło?</p><div><button>Tak</button><button>Nie</button></div></div>` +
				`<div><h4>Nowości co tydzień</h4><form><input type="email"><button>OK</button></form></div></main>`,
			kept: []string{"about seats"}, left: []string{"Czy to", "Nowości"}, how: "main, without appeals",
		},
		{
			name: "questions that open their answers, and a form that is what the page is for",
			page: `<main><h1>T</h1><p>Write to us.</p><form><label>Address <input type="email"></label></form><div><h3><button aria-expanded="false">How many seats?</button></h3><p>Two.</p>` +
				`<h3><button aria-expanded="false">And chairs?</button></h3><p>Four.</p></div></main>`,
			kept: []string{"How many seats?", "Four.", "Write to us"}, how: "main",
		},
		{
			name: "links that hand the page on, and links that hand on what they lead to",
			page: `<main><h1>T</h1>` + prose("seats", 5) + `<div><span>Udostępnij</span><a href="https://a.example/share?u=https%3A%2F%2Fhelp.example.com%2Fseats">Ay</a><a href="https://b.example/post?text=T&url=https://help.example.com/seats">Bee</a><a href="mailto:?subject=T">Mail</a></div>` +
				`<div><a href="https://shop.example/?to=https%3A%2F%2Fchairs.example%2Fone">Chair one</a><a href="https://shop.example/?to=https%3A%2F%2Fchairs.example%2Ftwo">Chair two</a></div></main>`,
			kept: []string{"about seats", "Chair one", "Chair two"}, left: []string{"Udostępnij", "Bee"}, how: "main, without appeals",
		},
		{
			name: "lines that announce what is no part of the text, in other languages",
			page: `<main><h1>T</h1>` + prose("seats", 5) + `<div><h3>Powiązane artykuły</h3>` + links + `</div><div><h4>À propos de l’auteur</h4><p>Ada écrit.</p></div><div><h4>この記事は役に立ちましたか？</h4><p>はい</p></div></main>`,
			kept: []string{"about seats"}, left: []string{"page of many", "Ada", "はい"}, how: "main, without appeals, asides, author boxes",
		},
		{
			name: "a list of the page's own headings, under a label in any language",
			page: `<main><h1>T</h1><div><h4>Spis treści</h4><ul><li><a href="#a">Seats</a></li><li><a href="#b">More of them</a></li><li><a href="#c">Chairs</a></li></ul></div><h2 id="a">Seats</h2>` + prose("seats", 2) +
				`<h2 id="b">More of them</h2>` + prose("seats", 2) + `<h2 id="c">Chairs</h2>` + prose("chairs", 2) + `</main>`,
			kept: []string{`>Seats</h2>`, "about chairs"}, left: []string{"Spis", `<a href`}, how: "main, without navigation",
		},
		{
			name: "a list of teasers under the title that is what the page is for",
			page: `<div class="x1"><h1>T</h1><p>All that we wrote of them.</p></div><div role="main">` + teasers + `</div>`,
			kept: []string{"about others"}, how: "main",
		},
		{
			name: "all posts of a thread",
			page: `<div class="posts"><article class="post">` + prose("first", 3) + `</article><article class="post">` + prose("second", 2) + `</article><article class="post">` + prose("third", 2) + `</article></div>`,
			kept: []string{"about first", "about second", "about third"}, how: "body",
		},
		{
			name: "a landing page of many small sections",
			page: `<section><h2>Fast</h2><p>Answers come within a second or two.</p></section><section><h2>Safe</h2><p>Nothing leaves your own machines, ever.</p></section><section><h2>Open</h2><p>Read the source and change what you like.</p></section>`,
			kept: []string{"within a second", "own machines", "Read the source"}, how: "body",
		},
		{
			name: "cookies, a newsletter, an author, related articles",
			page: `<div id="onetrust-banner">` + prose("cookies", 2) + `</div><main><h1>T</h1>` + prose("seats", 6) +
				`<div class="newsletter-box"><p>Get mail from us each week.</p></div><div class="post-author"><p>Ann writes about chairs.</p></div><div><h3>Related articles</h3>` + links + `</div></main>`,
			kept: []string{"about seats"}, left: []string{"about cookies", "each week", "Ann writes", "page of many"}, how: "main, without appeals, asides, author boxes",
		},
		{
			name: "links under a heading that announces them, in the midst of the text",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<h2>Related articles</h2>` + links + `<h2>Billing</h2>` + prose("billing", 4) + `</main>`,
			kept: []string{"about seats", "about billing"}, left: []string{"page of many", "Related"}, how: "main",
		},
		{
			name: "a text under a heading that announces links",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<h2>Related</h2>` + prose("relations", 3) + `</main>`,
			kept: []string{"about seats", "about relations"}, how: "main",
		},
		{
			name: "links that the text goes on with",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<h2>Guides for each team</h2>` + links + `</main>`,
			kept: []string{"about seats", "page of many"}, how: "main",
		},
		{
			name: "a page that is a list of links",
			page: `<div class="wrap"><h1>All guides</h1>` + links + `</div>`,
			kept: []string{"page of many"}, how: "body",
		},
		{
			name: "comments on an article",
			page: `<main><h1>T</h1>` + prose("seats", 5) + `<div id="comments">` + prose("opinions", 20) + `</div></main>`,
			kept: []string{"about seats"}, left: []string{"about opinions"}, how: "main, without comments",
		},
		{
			name: "comments that are a forum's posts", address: "https://example.com/forum/thread/1",
			page: `<main><h1>T</h1>` + prose("seats", 2) + `<div id="comments">` + prose("opinions", 5) + `</div></main>`,
			kept: []string{"about seats", "about opinions"}, how: "main",
		},
		{
			name: "a section whose heading is such a word",
			page: `<main><h1>API</h1>` + prose("seats", 5) + `<section id="cookies"><h2>Cookies</h2>` + prose("sessions", 2) + `</section><div class="sect2" id="comments"><h3>Comments</h3>` + prose("remarks", 2) + `</div></main>`,
			kept: []string{"about seats", "about sessions", "about remarks"}, how: "main",
		},
		{
			name: "a word of a sentence that is called a menu",
			page: `<main><h1>T</h1><p>Open <b class="menu">File</b>, then <span class="menu">Print</span>.</p>` + prose("seats", 2) + `</main>`,
			kept: []string{"File", "Print"}, how: "main",
		},
		{
			name: "a feature that is called as a request to readers is",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<section><h2>Sign up</h2><p>Choose a plan.</p></section><section><h2>Share</h2><p>Copy the link.</p></section><div><h2>Comments</h2><p>Mark a line.</p></div></main>`,
			kept: []string{"Choose a plan", "Copy the link", "Mark a line"}, how: "main",
		},
		{
			name: "a builder that calls everything a widget",
			page: `<div class="widget"><div class="widget-wrap">` + prose("seats", 3) + `</div></div><div class="widget">` + prose("billing", 3) + `</div>`,
			kept: []string{"about seats", "about billing"}, how: "body",
		},
		{
			name: "a name that says what is not there",
			page: `<div class="page no-sidebar">` + prose("seats", 3) + `</div><div class="with-sidebar">` + prose("billing", 3) + `</div>`,
			kept: []string{"about seats", "about billing"}, how: "body",
		},
		{
			name: "names with the hashes of their style sheets, with modifiers and with variants",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<div class="mdx-table_root__adKqa">Source and content.</div><div class="panel--sidebar">Kept in the panel.</div><div class="xl:sidebar:mt-0">Kept at its width.</div></main>`,
			kept: []string{"Source and content", "in the panel", "at its width"}, how: "main",
		},
		{
			name: "a signature, and a comment on what is deprecated, of an API",
			page: `<main><h1>Date</h1>` + prose("dates", 3) + `<section><h3>setYear</h3><div class="member-signature"><span>public void</span> setYear(int year)</div><div class="deprecation-comment">Replaced by set.</div>` +
				prose("years", 2) + `</section><section><h3>setDay</h3><div class="member-signature">public void setDay(int day)</div>` + prose("days", 4) + `</section></main>`,
			kept: []string{"setYear(int year)", "Replaced by set", "setDay(int day)"}, how: "main",
		},
		{
			name: "the signature of who wrote a post, and a remark on it", address: "https://example.com/forum/thread/1",
			page: `<main><div><p>` + prose("seats", 2) + `</p><div class="member-signature">Chairs are my life</div></div><div><p>` + prose("chairs", 2) + `</p><div class="member-signature">Sit down</div></div></main>`,
			kept: []string{"about seats", "about chairs"}, left: []string{"my life", "Sit down"}, how: "main, without author boxes",
		},
		{
			name: "a word that only describes another of the name, around much text",
			page: `<main><h1>T</h1>` + prose("seats", 4) + `<div class="profile-review"><p>Kept review.</p></div><div class="banner-cta-bottom-radius">` + prose("plans", 4) + `</div>` + prose("chairs", 4) + `</main>`,
			kept: []string{"Kept review", "about plans"}, how: "main",
		},
		{
			name: "what is called a banner and a popup, and has the title and code",
			page: `<main><div class="banner"><h1>T</h1><p>Kept below the title.</p></div>` + prose("seats", 4) + `<div class="popup"><p>Kept above:</p><pre>call()</pre></div></main>`,
			kept: []string{"below the title", "Kept above", "call()"}, how: "main",
		},
		{
			name: "links that only a table stands beside",
			page: `<div class="all"><div>` + links + `</div><div class="x2">` + prose("seats", 9) + `</div><div>` + links + `<table><tr><td>g_open</td><td>opens a file</td></tr><tr><td>g_close</td><td>closes it again</td></tr></table></div></div>`,
			kept: []string{"about seats", "opens a file"}, how: "body",
		},
		{
			name: "one section of several",
			page: `<div class="all"><div>` + links + links + links + `</div><section>` + prose("seats", 9) + `</section><section><h2>Kept</h2><p>It has less to say.</p>` + links + `</section></div>`,
			kept: []string{"about seats", "less to say"}, how: "body",
		},
		{
			name: "what comes again with each post of a thread", address: "https://example.com/forum/thread/1",
			page: `<main>` + post("first", 4) + post("second", 5) + post("third", 6) + `</main>`,
			kept: []string{"about first", "about second", "about third", "Ada"}, left: []string{"Re: Seats", "Posted May", "Reply"}, how: "main, without labels of posts",
		},
		{
			name: "what comes again with each part of a text",
			page: `<main>` + post("first", 4) + post("second", 5) + post("third", 6) + `</main>`,
			kept: []string{"Re: Seats", "Posted May 5", "Reply"}, how: "main",
		},
		{
			name: "code and tables, which have few words a line",
			page: `<div class="a"><h1>Calls</h1><pre>open(path)\nclose(file)</pre><table><tr><td>open</td><td>opens</td></tr><tr><td>close</td><td>closes</td></tr></table></div><div class="b">` + links + links + `</div>`,
			kept: []string{"open(path)", "closes"}, how: "body",
		},
		{
			name: "what was streamed in later",
			page: `<main><h1>T</h1><!--$?--><template id="B:0"></template><p>Loading…</p><!--/$--></main><div hidden id="S:0">` + prose("seats", 3) + `<template id="P:1"></template></div><div hidden id="S:1">` + prose("segments", 2) + `</div>`,
			kept: []string{"about seats", "about segments"}, left: []string{"Loading"}, how: "main",
		},
		{
			name: "what is invisible until all has loaded",
			page: `<div style="visibility:hidden"><h1>T</h1>` + prose("seats", 5) + `<p style="display:none">SECRET</p></div>`,
			kept: []string{"about seats"}, left: []string{"SECRET"}, how: "body",
		},
		{
			name: "what is invisible beside what is not",
			page: `<main>` + prose("seats", 5) + `</main><div style="visibility:hidden">` + prose("secrets", 5) + `</div>`,
			kept: []string{"about seats"}, left: []string{"about secrets"}, how: "main",
		},
		{
			name: "what a page holds for browsers without scripts, being empty",
			page: `<div id="app"></div><noscript><div role="main">` + prose("seats", 4) + `</div></noscript>`,
			kept: []string{"about seats"}, how: "main",
		},
		{
			name: "what a page holds for browsers without scripts, beside its text",
			page: `<main>` + prose("seats", 5) + `</main><noscript>` + prose("scripts", 5) + `</noscript>`,
			kept: []string{"about seats"}, left: []string{"about scripts"}, how: "main",
		},
		{
			name: "text that sets no spaces",
			page: `<div class="m">` + links + `</div><div class="t"><p>` + strings.Repeat("座席を追加するには設定を開いてください。", 6) + `</p></div>`,
			kept: []string{"座席を追加する"}, left: []string{"page of many"}, how: "body, narrowed",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := parsePage(t, "<title>T</title><body>"+test.page)
			if test.address != "" {
				d.URL, _ = url.Parse(test.address)
			}
			article, err := d.Extract(Rules{})
			if err != nil {
				t.Fatal(err)
			}
			for _, kept := range test.kept {
				if !strings.Contains(article.HTML, kept) {
					t.Errorf("lacks %q", kept)
				}
			}
			for _, left := range test.left {
				if strings.Contains(article.HTML, left) {
					t.Errorf("has %q", left)
				}
			}
			if !strings.HasPrefix(article.How, test.how) {
				t.Errorf("found by %q, not %q", article.How, test.how)
			}
			if t.Failed() {
				t.Log(article.HTML)
			}
		})
	}
}

// What the choice of the body costs, as a multiple of parsing the same page.
func BenchmarkChoose(b *testing.B) {
	files, err := filepath.Glob("../../../shared/extraction/html/*.html.gz")
	if err != nil || len(files) == 0 {
		b.Skip("no pages in ../shared/extraction")
	}
	var pages []string
	var trees []*Document
	for i := 0; i < len(files); i += 8 {
		pages = append(pages, string(unpackedPage(b, files[i])))
		trees = append(trees, parsePage(b, pages[len(pages)-1]))
	}
	var parsing, choosing testing.BenchmarkResult
	b.Run("parser alone", func(b *testing.B) {
		for b.Loop() {
			for _, page := range pages {
				if _, err := html.Parse(strings.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		}
		parsing = testing.BenchmarkResult{N: b.N, T: b.Elapsed()}
	})
	b.Run("choice", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, d := range trees {
				c := &cleaner{base: d.base()}
				body := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Body })
				if content, _, _ := choose.Measure(body, c.unseen).Content(false, func(*html.Node) bool { return false }); content == nil {
					b.Fatal("chose nothing")
				}
			}
		}
		choosing = testing.BenchmarkResult{N: b.N, T: b.Elapsed()}
		b.ReportMetric(float64(choosing.NsPerOp())/float64(max(parsing.NsPerOp(), 1)), "parsers")
	})
}

func unpackedPage(b *testing.B, name string) []byte {
	b.Helper()
	file, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		b.Fatal(err)
	}
	page, err := io.ReadAll(unzipped)
	if err != nil {
		b.Fatal(err)
	}
	return page
}
