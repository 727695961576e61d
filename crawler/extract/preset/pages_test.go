package preset_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/golden"
)

// Each testdata/PRESET.in.html, or PRESET-variant.in.html, is a page as its platform
// serves it, with all that stands around an article there; the .out.md beside it is
// what is read of it. Its first line says the title and how the page was recognised.
func TestPagesOfEveryPlatform(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.html")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no pages in testdata: %v", err)
	}
	expected, covered := map[string]bool{}, map[string]bool{}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".in.html")
		expected[name+".in.html"], expected[name+".out.md"] = true, true
		t.Run(name, func(t *testing.T) {
			article := read(t, input)
			recognised, _, ok := strings.Cut(strings.TrimPrefix(article.How, "preset "), ", told by ")
			if !ok || name != recognised && !strings.HasPrefix(name, recognised+"-") {
				t.Errorf("it is read by %q", article.How)
			}
			covered[recognised] = true
			for _, phrase := range furniture {
				if strings.Contains(strings.ToLower(article.Markdown), phrase) {
					t.Errorf("%q is not of the article:\n%s", phrase, article.Markdown)
				}
			}
			golden.Compare(t, "testdata/"+name+".out.md", "<!-- "+article.Title+" ("+article.How+") -->\n"+article.Markdown+"\n")
		})
	}
	for _, p := range preset.Embedded() {
		if !covered[p.Name] {
			t.Errorf("testdata has no page of %s", p.Platform)
		}
	}
	golden.NoOthers(t, "testdata", expected)
}

// furniture is what platforms write around articles; no article in testdata says it.
var furniture = []string{
	"helpful", "edit", "on this page", "contents", "print", "previous", "next", "copy", "powered", "sign in", "log in", "login",
	"last updated", "last modified", "updated", "minute read", "share", "comment", "related", "search", "skip to", "tags",
	"did this", "submit a", "view source", "mara quell", "back to top", "jump to", "subscribe", "posted", "category", "like",
}

func read(t *testing.T, file string) extract.Article {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse("https://docs.example.com/wiki/page")
	if err != nil {
		t.Fatal(err)
	}
	d, err := extract.Parse(at, "text/html; charset=utf-8", page)
	if err != nil {
		t.Fatal(err)
	}
	article, err := d.Extract(extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return article
}
