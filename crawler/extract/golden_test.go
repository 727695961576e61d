package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/golden"
)

// Each testdata/NAME.in.html is a page as fetched; NAME.out.html and NAME.out.md
// are what becomes of it. The first line of both says the title and how the body
// was found. A file that belongs to no page fails the test.
func TestGoldenPages(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.html")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no pages in testdata: %v", err)
	}
	expected := map[string]bool{"fuzz": true}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".in.html")
		for _, suffix := range []string{".in.html", ".out.html", ".out.md"} {
			expected[name+suffix] = true
		}
		t.Run(name, func(t *testing.T) {
			page, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			article, err := parseBytes(t, "text/html", page).Extract(Rules{})
			if err != nil {
				t.Fatal(err)
			}
			about := "<!-- " + article.Title + " (" + article.How + ") -->\n"
			golden.Compare(t, "testdata/"+name+".out.html", about+article.HTML+"\n")
			golden.Compare(t, "testdata/"+name+".out.md", about+article.Markdown+"\n")
			expectFixedPoint(t, article.Markdown)
		})
	}
	golden.NoOthers(t, "testdata", expected)
}
