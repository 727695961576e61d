package extract

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

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
			compareGolden(t, name+".out.html", about+article.HTML+"\n")
			compareGolden(t, name+".out.md", about+article.Markdown+"\n")
			expectFixedPoint(t, article.Markdown)
		})
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !expected[file.Name()] {
			t.Errorf("testdata/%s belongs to no page", file.Name())
		}
	}
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./crawler/extract -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
