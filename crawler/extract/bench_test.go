package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// What is done to a page after it was parsed, part by part: see BenchmarkPage for
// all of it beside the parser.

func BenchmarkLinks(b *testing.B) {
	d := parsePage(b, docsPage())
	b.ReportAllocs()
	links := 0
	for b.Loop() {
		links = len(d.Links())
	}
	b.ReportMetric(float64(links), "links")
}

// What it costs to find out what a page's own style sheets hide, beside the parser:
// on the page of documentation with a framework's sheet of 60 kB in its head.
func BenchmarkPresent(b *testing.B) {
	var sheet strings.Builder
	for i := range 600 {
		fmt.Fprintf(&sheet, ".c%d:hover,.d-%d>a{color:#fff;margin:0 %dpx;padding:1rem}.nav-%d .hint{display:none}@media(min-width:%dpx){.e%d{display:block}}\n", i, i, i, i, i, i)
	}
	page := "<style>" + sheet.String() + ".body .reference{color:#06c}.sig-paren{opacity:0}</style>" + docsPage()
	var parsing time.Duration
	b.Run("parser alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := html.Parse(strings.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
		parsing = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("present", func(b *testing.B) {
		d := parsePage(b, page)
		for b.Loop() {
			d.present()
		}
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(max(parsing, 1)), "parsers")
	})
}

func BenchmarkClean(b *testing.B) {
	d := parsePage(b, docsPage())
	c := &cleaner{base: d.base()}
	b.ReportAllocs()
	for b.Loop() {
		if _, how, err := d.body(c, ""); err != nil || how == "" {
			b.Fatal(how, err)
		}
	}
}

func BenchmarkMarkdown(b *testing.B) {
	d := parsePage(b, docsPage())
	body, _, err := d.body(&cleaner{base: d.base()}, "")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	length := 0
	for b.Loop() {
		text, err := markdown.Write(body, nil)
		if err != nil {
			b.Fatal(err)
		}
		length = len(text)
	}
	b.ReportMetric(float64(length), "bytes-of-Markdown")
}

func BenchmarkHTML(b *testing.B) {
	d := parsePage(b, docsPage())
	body, _, err := d.body(&cleaner{base: d.base()}, "")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		clean := htmltree.Element(atom.Div) // rendering leaves nothing of it
		for n := range body.ChildNodes() {
			clean.AppendChild(deepCopy(n))
		}
		b.StartTimer()
		if _, err := cleanhtml.Render(clean); err != nil {
			b.Fatal(err)
		}
	}
}

func deepCopy(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Attr: slices.Clone(n.Attr)}
	for child := range n.ChildNodes() {
		c.AppendChild(deepCopy(child))
	}
	return c
}
