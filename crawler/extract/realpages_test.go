package extract

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Pages as they were served by hundreds of sites show what no fuzzer thinks of.
func TestMarkdownOfRealPagesIsAFixedPoint(t *testing.T) {
	files, err := filepath.Glob("../../../shared/extraction/html/*.html.gz")
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no pages in ../shared/extraction: %v", err)
		}
		t.Skip("no pages in ../shared/extraction")
	}
	if testing.Short() {
		files = files[:20]
	}
	for i := 0; i < len(files); i += 3 {
		t.Run(filepath.Base(files[i]), func(t *testing.T) {
			article, err := parseBytes(t, "text/html; charset=utf-8", unpacked(t, files[i])).Extract(Rules{})
			if err != nil {
				t.Fatal(err)
			}
			expectFixedPoint(t, article.Markdown)
		})
	}
}

func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return page
}
