package extract

import "testing"

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
		text, err := markdown(body)
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
		if _, err := render(body); err != nil {
			b.Fatal(err)
		}
	}
}
