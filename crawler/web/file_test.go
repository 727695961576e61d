package web_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// reading makes a crawl read files of these kinds.
func reading(kinds ...document.Kind) func(*web.Source, *web.Surroundings) {
	return func(src *web.Source, _ *web.Surroundings) { src.Documents = kinds }
}

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// aManual is a PDF that says something.
func aManual() []byte {
	return testsite.PDF("Printer manual",
		testsite.Line("F1", 20, 72, 700, "The printer")+testsite.Line("F1", 11, 72, 670, "It stands on the second floor, and prints in colour."))
}

// fileSite has a file of each kind, as servers give them.
func fileSite(t *testing.T) *testsite.Site {
	site := testsite.New(t)
	files := map[string]testsite.Page{
		"/manual.pdf":  {Raw: aManual(), ContentType: "application/pdf"},
		"/policy.docx": {Raw: testsite.DOCX(`<w:p><w:r><w:t>Leave is asked for in the portal.</w:t></w:r></w:p>`, nil), ContentType: docxType},
		"/readme.md":   {Raw: []byte("# Read me\n\nThen see [the appendix](appendix.txt).\n"), ContentType: "text/plain; charset=utf-8"},
		"/prices.csv":  {Raw: []byte("Item;Price\nPaper;5\n"), ContentType: "text/csv"},
		"/notes.txt":   {Raw: []byte("Release notes\n\nNothing has changed.\n"), ContentType: "text/plain"},
	}
	for name, kind := range map[string]document.Kind{"prices": document.XLSX, "onboarding": document.PPTX, "leave": document.ODT, "handbook": document.EPUB} {
		raw, err := os.ReadFile("../document/testdata/" + name + ".in." + string(kind))
		if err != nil {
			t.Fatal(err)
		}
		files["/"+name+"."+string(kind)] = testsite.Page{Raw: raw, ContentType: kind.ContentType()}
	}
	var links []string
	for path, file := range files {
		site.Page(path, file)
		links = append(links, path)
	}
	site.Page("/appendix.txt", testsite.Page{Raw: []byte("What the file above leads to."), ContentType: "text/plain"})
	site.Page("/", testsite.Page{Title: "Home", Links: links})
	return site
}

func TestFilesBecomePagesWhereTheSourceWantsThem(t *testing.T) {
	c := crawl(t, fileSite(t), reading(document.Kinds()...))
	c.wantComplete(t, true)
	c.wantPages(t, "/", "/appendix.txt", "/handbook.epub", "/leave.odt", "/manual.pdf", "/notes.txt", "/onboarding.pptx", "/policy.docx",
		"/prices.csv", "/prices.xlsx", "/readme.md")
	for path, want := range map[string]struct{ title, says, how string }{
		"/manual.pdf":      {"Printer manual", "It stands on the second floor", "pdf, 1 page"},
		"/policy.docx":     {"Policy", "Leave is asked for in the portal.", "docx"},
		"/readme.md":       {"Read me", "[the appendix](", "markdown"},
		"/prices.csv":      {"Prices", "| Paper | 5 |", "csv"},
		"/notes.txt":       {"Release notes", "Nothing has changed.", "text"},
		"/prices.xlsx":     {"Plans and prices", "| Small | € 1,234.50 | 01.03.2026 | 12.5% |", "xlsx"},
		"/onboarding.pptx": {"Onboarding", "- Bring your **badge**", "pptx"},
		"/leave.odt":       {"Leave policy", "after **six months**", "odt"},
		"/handbook.epub":   {"Handbook of the support team", "Answer within *four hours*.", "epub"},
		"/appendix.txt":    {"What the file above leads to.", "What the file above leads to.", "text"},
	} {
		page := c.pages[path]
		if page.Title != want.title || !strings.Contains(page.Markdown, want.says) || page.HTML == "" || c.details[path] != want.how {
			t.Errorf("%s: got %q (%s):\n%s\nwant %q (%s) with %q", path, page.Title, c.details[path], page.Markdown, want.title, want.how, want.says)
		}
	}
}

func TestFilesAreNotReadUnlessTheSourceWantsThem(t *testing.T) {
	for name, kinds := range map[string][]document.Kind{"none": nil, "some": {document.PDF}} {
		t.Run(name, func(t *testing.T) {
			c := crawl(t, fileSite(t), reading(kinds...))
			c.wantComplete(t, true)
			for _, path := range []string{"/policy.docx", "/readme.md", "/prices.csv", "/notes.txt"} {
				if c.outcomes[path] != crawler.NotHTML {
					t.Errorf("%s is %s, want %s", path, c.outcomes[path], crawler.NotHTML)
				}
			}
			if _, found := c.outcomes["/appendix.txt"]; found {
				t.Error("a link of a file was followed that was not to be read")
			}
			if got := c.outcomes["/manual.pdf"]; (got == crawler.Paged) != (len(kinds) == 1) {
				t.Errorf("/manual.pdf is %s with documents %v", got, kinds)
			}
		})
	}
}

func TestFilesAreKnownByWhatTheyAre(t *testing.T) {
	site := testsite.New(t)
	manual, policy := aManual(), testsite.DOCX(`<w:p><w:r><w:t>A policy that says enough.</w:t></w:r></w:p>`, nil)
	files := map[string]testsite.Page{
		"/octets.pdf":      {Raw: manual, ContentType: "application/octet-stream"},
		"/download?id=7":   {Raw: manual, ContentType: "application/octet-stream"},
		"/untyped.pdf":     {Raw: manual, ContentType: "-"},
		"/zipped.docx":     {Raw: policy, ContentType: "application/zip"},
		"/octets.docx":     {Raw: policy, ContentType: "application/octet-stream"},
		"/octets.md":       {Raw: []byte("<p align=\"center\">Begins with HTML</p>\n\n# Title\n\n- [ ] a task\n"), ContentType: "application/octet-stream"},
		"/excel.csv":       {Raw: []byte("a,b\n1,2\n"), ContentType: "application/vnd.ms-excel"},
		"/page.pdf":        {Title: "A page", Text: "This is HTML and says so."},
		"/archive.zip":     {Raw: policy, ContentType: "application/zip"},
		"/image.png":       {Raw: []byte("\x89PNG\r\n\x1a\n"), ContentType: "image/png"},
		"/binary.txt":      {Raw: []byte("\x00\x01\x02\x03\x04"), ContentType: "text/plain"},
		"/not.pdf":         {Raw: []byte("Just text."), ContentType: "application/pdf"},
		"/nothing.pdf":     {Raw: []byte{}, ContentType: "application/pdf"},
		"/cut.pdf":         {Raw: manual[:200], ContentType: "application/pdf"},
		"/cut.docx":        {Raw: policy[:len(policy)/2], ContentType: docxType},
		"/old.docx":        {Raw: []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), ContentType: docxType},
		"/wrong.pdf":       {Raw: []byte("<!DOCTYPE html><title>Error</title><p>Something went wrong."), ContentType: "application/pdf"},
		"/wrong.txt":       {Raw: []byte("<html><title>Error</title><p>Something went wrong."), ContentType: "text/plain"},
		"/protected.pdf":   {Raw: sample(t, "protected.pdf"), ContentType: "application/pdf"},
		"/protected.docx":  {Raw: append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...), ContentType: docxType},
		"/scan.pdf":        {Raw: sample(t, "scan.pdf"), ContentType: "application/pdf"},
		"/blank.txt":       {Raw: []byte(" \n \n"), ContentType: "text/plain"},
		"/hidden.pdf":      {Raw: manual, ContentType: "application/pdf", Header: map[string]string{"X-Robots-Tag": "noindex"}},
		"/unavailable.pdf": {Raw: manual, ContentType: "application/pdf", Status: http.StatusInternalServerError},
	}
	var links []string
	for path, file := range files {
		site.Page(path, file)
		links = append(links, path)
	}
	site.Page("/", testsite.Page{Links: links})
	c := crawl(t, site, reading(document.Kinds()...))
	c.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/octets.pdf": crawler.Paged, "/untyped.pdf": crawler.Paged, "/download?id=7": crawler.Paged,
		"/zipped.docx": crawler.Paged, "/octets.docx": crawler.Paged, "/octets.md": crawler.Paged, "/excel.csv": crawler.Paged, "/page.pdf": crawler.Paged,
		"/archive.zip": crawler.NotHTML, "/image.png": crawler.NotHTML,
		"/binary.txt": crawler.BrokenFile, "/not.pdf": crawler.BrokenFile, "/nothing.pdf": crawler.BrokenFile, "/cut.pdf": crawler.BrokenFile,
		"/cut.docx": crawler.BrokenFile, "/old.docx": crawler.BrokenFile, "/wrong.pdf": crawler.BrokenFile, "/wrong.txt": crawler.BrokenFile,
		"/protected.pdf": crawler.Encrypted, "/protected.docx": crawler.Encrypted, "/scan.pdf": crawler.Scanned,
		"/blank.txt": crawler.Empty, "/hidden.pdf": crawler.NoIndex, "/unavailable.pdf": crawler.ServerError,
	})
	if page := c.pages["/octets.md"]; !strings.Contains(page.Markdown, "Begins with HTML") || page.Title != "Title" {
		t.Errorf("Markdown that begins with HTML gave %q:\n%s", page.Title, page.Markdown)
	}
}

// A file that cannot be read spares the page that it was, and ends no crawl.
func TestAFileThatCannotBeReadIsNoFailureOfTheCrawl(t *testing.T) {
	for _, o := range []crawler.Outcome{crawler.Encrypted, crawler.Scanned, crawler.BrokenFile} {
		if o.Failed() || !o.Spares() {
			t.Errorf("%s: failed %v, spares %v; want only the latter", o, o.Failed(), o.Spares())
		}
	}
}

// A file may lie behind a login that answers with its form, whatever type it says.
func TestALoginFormInPlaceOfAFileIsAWall(t *testing.T) {
	for name, contentType := range map[string]string{"as HTML": "text/html", "as a PDF": "application/pdf", "as text": "text/plain"} {
		t.Run(name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/manual.pdf"}})
			site.Page("/manual.pdf", testsite.Page{ContentType: contentType,
				Raw: []byte(`<!doctype html><title>Sign in</title><form method="post"><input name="user"><input type="password" name="password"><button>Sign in</button></form>`)})
			c := crawl(t, site, reading(document.Kinds()...), func(src *web.Source, _ *web.Surroundings) {
				src.Auth = auth.Config{Headers: map[string]string{"X-Key": "k"}}
			})
			c.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/manual.pdf": crawler.LoginWall})
			c.wantComplete(t, false)
		})
	}
}

func TestAFileOverMaxBodyIsTooLarge(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/long.txt", "/wide.csv"}})
	site.Page("/long.txt", testsite.Page{Raw: []byte(strings.Repeat("many words ", 10_000)), ContentType: "text/plain"})
	site.Page("/wide.csv", testsite.Page{Raw: []byte(strings.Repeat("1,2,3,4,5,6,7,8,9\n", 2000)), ContentType: "text/csv"})
	c := crawl(t, site, reading(document.Text, document.CSV), func(src *web.Source, _ *web.Surroundings) { src.Fetch.MaxBody = 50_000 })
	c.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/long.txt": crawler.TooLarge, "/wide.csv": crawler.Paged})
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("../document/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
