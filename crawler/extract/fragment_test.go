package extract

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
)

func TestMarkdownOfTheCleanHTMLIsThatOfThePage(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("testdata/*/*.html")
	if err != nil || len(sources) == 0 {
		sources, _ = filepath.Glob("testdata/*.html")
	}
	if len(sources) == 0 {
		t.Fatal("no pages in testdata")
	}
	u := &url.URL{Scheme: "https", Host: "help.example.com", Path: "/a"}
	for _, path := range sources {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Parse(u, "text/html; charset=utf-8", source)
		if err != nil {
			t.Fatal(err)
		}
		article, err := doc.Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := markdown.FromHTML(article.HTML, nil)
		if err != nil || got != article.Markdown {
			t.Errorf("%s: got %v\n%s\nwant\n%s", path, err, got, article.Markdown)
		}
	}
}
