package extract

import (
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract/template"
)

func BenchmarkOutline(b *testing.B) {
	d := parsePage(b, docsPage())
	body, _, err := d.body(&cleaner{base: d.base()}, "")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	blocks := 0
	for b.Loop() {
		blocks = len(template.OutlineOf(body, d.URL.Host, "A title"))
	}
	b.ReportMetric(float64(blocks), "blocks")
}
