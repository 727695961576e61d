package document

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"go.uber.org/goleak"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/golden"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// See testdata/README.md. A file that belongs to no other fails the test.
func TestGoldenFiles(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.*")
	if err != nil || len(inputs) < 5 {
		t.Fatalf("%d files in testdata: %v", len(inputs), err)
	}
	var r Reader
	defer r.Close()
	expected := map[string]bool{"README.md": true, "printer.html": true, "protected.pdf": true, "scan.pdf": true, "fuzz": true}
	for _, input := range inputs {
		name, ext, _ := strings.Cut(filepath.Base(input), ".in.")
		expected[filepath.Base(input)], expected[name+".out.html"] = true, true
		t.Run(name, func(t *testing.T) {
			u := &url.URL{Scheme: "https", Host: "files.example", Path: "/docs/" + name + "." + ext}
			body := inputOf(t, input)
			doc, err := r.Read(t.Context(), formatOfName(u).kind, u, "", body)
			if err != nil {
				t.Fatal(err)
			}
			article := extracted(t, doc, u)
			got := fmt.Sprintf("<!-- %s (%s) -->\n%s\n", article.Title, doc.TitleFrom, rendered(t, doc))
			golden.Compare(t, "testdata/"+name+".out.html", got)
			expectFixedPoint(t, article.Markdown)
		})
	}
	golden.NoOthers(t, "testdata", expected)
}

// inputOf is a file, or the archive of a folder.
func inputOf(t *testing.T, path string) []byte {
	t.Helper()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		parts := make(map[string]string)
		err := filepath.WalkDir(path, func(name string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			part, err := os.ReadFile(name)
			inside, _ := filepath.Rel(path, name)
			parts[filepath.ToSlash(inside)] = string(part)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return testsite.DOCX("", parts)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// rendered is the HTML of a document's article, in lines.
func rendered(t *testing.T, doc Document) string {
	t.Helper()
	var out bytes.Buffer
	for n := range doc.Root.Descendants() {
		if n.DataAtom == atom.Article {
			if err := html.Render(&out, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	return regexp.MustCompile(`(</(?:p|h[1-6]|li|tr|pre|ol|ul|table|blockquote|dd|dt|dl|details|summary|div|section)>|<(?:article|ol|ul|table|hr/)(?: [^>]*)?>)\n*`).ReplaceAllString(out.String(), "$1\n")
}

// extracted is what a crawl makes of a document.
func extracted(t testing.TB, doc Document, u *url.URL) extract.Article {
	t.Helper()
	article, err := (&extract.Document{URL: u, Root: goquery.NewDocumentFromNode(doc.Root)}).Extract(extract.Rules{Title: "title", Body: "article"})
	if err != nil {
		t.Fatal(err)
	}
	if article.Title == "" {
		t.Error("the title is empty")
	}
	return article
}

// expectFixedPoint wants Markdown to come back from HTML as it was.
func expectFixedPoint(t testing.TB, text string) {
	t.Helper()
	var out bytes.Buffer
	converter := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough), goldmark.WithRendererOptions(gmhtml.WithUnsafe()))
	if err := converter.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	again, err := markdown.FromHTML(out.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, again); diff != "" {
		t.Errorf("Markdown is no fixed point (-before +after):\n%s", diff)
	}
}
