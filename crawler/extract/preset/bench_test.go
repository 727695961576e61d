package preset_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
)

// What recognising costs beside parsing, which no page gets around. A page of no
// platform is the worst one, since all of it is looked at.
func BenchmarkRecognise(b *testing.B) {
	for _, page := range []string{"mediawiki", "docusaurus", "vitepress", "sphinx-rtd", "unknown"} {
		b.Run(page, func(b *testing.B) {
			text := benchPage(b, page)
			root, err := html.Parse(bytes.NewReader(text))
			if err != nil {
				b.Fatal(err)
			}
			set := preset.NewSet(nil)
			if _, ok := set.Recognise(root); ok == (page == "unknown") {
				b.Fatalf("recognised: %t", ok)
			}
			b.ReportAllocs()
			for b.Loop() {
				set.Recognise(root)
			}
			recognising := b.Elapsed() / time.Duration(b.N)
			b.StopTimer()
			parsing := timeOf(func() {
				if _, err := html.Parse(bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(100*float64(recognising)/float64(parsing), "%-of-html.Parse")
		})
	}
}

// timeOf is the mean time of doing something, after it was done for a while.
func timeOf(do func()) time.Duration {
	const rounds = 200
	for range rounds / 4 {
		do()
	}
	start := time.Now()
	for range rounds {
		do()
	}
	return time.Since(start) / rounds
}

// benchPage is a page of testdata, or one as long that nothing recognises.
func benchPage(b *testing.B, name string) []byte {
	file := filepath.Join("testdata", name+".in.html")
	if name != "unknown" {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	var page bytes.Buffer
	page.WriteString("<!doctype html><html><head><meta name=generator content=\"Our own 1.0\"><title>All of it</title></head><body class=\"page page--wide\">")
	for range 400 {
		page.WriteString(`<div class="flex w-full items-center gap-2 rounded-md px-4 text-sm font-medium" data-state="open" id="row"><p class="mt-2 text-base">Text as long as a paragraph often is, with a <a class="link" href="/there">link</a> in it.</p></div>`)
	}
	page.WriteString("</body></html>")
	return page.Bytes()
}
