package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Files that harm careless readers are read within the limits, or not at all.
func TestHostileFiles(t *testing.T) {
	const p = `<w:p><w:r><w:t>x</w:t></w:r></w:p>`
	var r Reader
	defer r.Close()
	for _, test := range []struct {
		name string
		kind Kind
		body []byte
		want ProblemKind // "" where it can be read
	}{
		{"a Word document that unpacks to much more than its size", DOCX, testsite.DOCX(strings.Repeat(p, 1_500_000), nil), TooLarge},
		{"elements without an end", DOCX, testsite.DOCX(strings.Repeat("<w:sdt><w:sdtContent>", 100_000), nil), Broken},
		{"an entity that multiplies", DOCX, testsite.DOCX("", map[string]string{"word/document.xml": `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><document><body><p><r><t>&b;</t></r></p></body></document>`}), Broken},
		{"styles based on one another", DOCX, testsite.DOCX(`<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`, map[string]string{
			"word/_rels/document.xml.rels": `<Relationships><Relationship Id="1" Type="x/styles" Target="styles.xml"/></Relationships>`,
			"word/styles.xml":              `<styles><style styleId="a"><basedOn val="b"/></style><style styleId="b"><basedOn val="a"/></style></styles>`}), ""},
		{"notes that refer to themselves", DOCX, testsite.DOCX(`<w:p><w:r><w:footnoteReference w:id="1"/><w:t>x</w:t></w:r></w:p>`, map[string]string{
			"word/_rels/document.xml.rels": `<Relationships><Relationship Id="1" Type="x/footnotes" Target="footnotes.xml"/></Relationships>`,
			"word/footnotes.xml":           `<footnotes><footnote id="1"><p><r><t>y</t><footnoteReference id="1"/></r></p></footnote></footnotes>`}), ""},
		{"a workbook of very many cells", XLSX, workbook("<sheetData><row>"+strings.Repeat(`<c t="b"/>`, budget.Cells+1)+"</row></sheetData>", ""), TooLarge},
		{"a row of a workbook without an end", XLSX, workbook(`<sheetData>`+strings.Repeat(`<row><c r="A1" t="b"/><c r="XFD1" t="b"/></row>`, 7)+`</sheetData>`, ""), TooLarge},
		{"cells that share a long text", XLSX, workbook("<sheetData><row>"+strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 1000)+`</t></is></c>`, 9000)+"</row></sheetData>", ""), TooLarge},
		{"merged cells without an end", XLSX, workbook(`<sheetData><row><c t="b"/><c t="b"/></row></sheetData><mergeCells>`+strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 50_000)+`</mergeCells>`, ""), ""},
		{"hidden columns without an end", XLSX, workbook(`<cols>`+strings.Repeat(`<col min="1" max="16384" hidden="1"/>`, 50_000)+`</cols>`, ""), TooCostly},
		{"groups inside groups", PPTX, presentation(slide("", strings.Repeat("<p:grpSp>", 100_000))), Broken},
		{"a presentation that is one slide very often", PPTX, testsite.Archive(map[string]string{
			"ppt/presentation.xml":            `<p:presentation><p:sldIdLst>` + strings.Repeat(`<p:sldId r:id="r1"/>`, 100_000) + `</p:sldIdLst></p:presentation>`,
			"ppt/_rels/presentation.xml.rels": fmt.Sprintf(relationships, `<Relationship Id="r1" Target="slide.xml"/>`),
			"ppt/slide.xml":                   slide("", strings.Repeat(shape("", run("x")), 1000))}), TooCostly},
		{"lists inside lists", ODT, openDocument(strings.Repeat("<text:list><text:list-item>", 100_000), nil), Broken},
		{"cells that are repeated", ODT, openDocument("<table:table>"+strings.Repeat("<table:table-row>"+strings.Repeat(`<table:table-cell table:number-columns-repeated="16384"/>`, 100)+"</table:table-row>", 100)+"</table:table>", nil), TooCostly},
		{"a chapter of very many elements", EPUB, book(strings.Repeat("<p>x</p>", budget.Elements+1), nil), TooCostly},
		{"a PDF that unpacks to more than its sandbox holds", PDF, bomb(t, budget.Sandbox+1<<20), Broken},
		{"pages that are their own parents", PDF, []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n"), ""},
		{"a PDF of very many pages", PDF, testsite.PDF("", make([]string, 2001)...), TooLarge},
		{"a PDF that ends early", PDF, testsite.PDF("", "")[:90], Broken},
		{"no PDF at all", PDF, []byte(strings.Repeat("%PDF", 1000)), Broken},
		{"a table without an end", CSV, []byte(strings.Repeat("1,2,3,4\n", budget.Cells/4+2)), TooLarge},
		{"a row without an end", CSV, []byte(strings.Repeat("1,", 2*budget.Cells)), TooLarge},
		{"rows that are filled up to a wide header", CSV, []byte(strings.Repeat("a,", 20_000) + "\n" + strings.Repeat("x\n", 20_000)), TooLarge},
		{"rows of one cell under a header of many", Markdown, []byte(strings.Repeat("|a", 4000) + "|\n" + strings.Repeat("|-", 4000) + "|\n" + strings.Repeat("|x\n", 5000)), TooLarge},
		{"rows without bars under a header of many", Markdown, []byte("x\n\n> " + strings.Repeat("a|", 4000) + "\n> " + strings.Repeat(":-:|", 4000) + "\n" + strings.Repeat("> x\n", 5000)), TooLarge},
		{"very many footnotes", Markdown, []byte(strings.Repeat("x[^1] ", 50_000) + "\n\n[^1]: y\n"), TooCostly},
		{"very many headings of one name", Markdown, []byte(strings.Repeat("# a\n\n", 50_000)), TooCostly},
		{"very many underlined headings of one name", Markdown, []byte(strings.Repeat("a\n---\n\n", 50_000)), TooCostly},
		{"quotes inside quotes", Markdown, []byte(strings.Repeat(">", 1_000_000)), ""},
		{"quotes and lists inside one another", Markdown, []byte(strings.Repeat("> - ", 100_000)), ""},
		{"emphasis inside emphasis", Markdown, []byte(strings.Repeat("*a **a ", 200_000)), ""},
		{"links inside links", Markdown, []byte(strings.Repeat("[", 500_000) + "x"), ""},
		{"elements inside elements", Markdown, []byte(strings.Repeat("<div>", 100_000) + "x"), ""},
		{"front matter that multiplies", Markdown, []byte("---\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n---\nx"), ""},
		{"bytes that are no text", Text, bytes.Repeat([]byte{0, 1, 2, 3}, 1000), Broken},
		{"a very long text", Text, bytes.Repeat([]byte("x\n"), draft.MaxText), TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc, err := r.Read(t.Context(), test.kind, &url.URL{Path: "/x"}, "", test.body)
			var problem *Problem
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &problem) || problem.Kind != test.want):
				t.Errorf("got %v, want %s", err, test.want)
			case err == nil:
				checkDocument(t, doc)
			}
		})
	}
}

// bomb is a PDF of one page, whose content is very many spaces.
func bomb(t *testing.T, size int64) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := io.CopyN(w, spaces{}, size); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n",
		packed.Len(), packed.Bytes())
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// checkDocument wants a document to be whole, and within the limits.
func checkDocument(t *testing.T, doc Document) {
	t.Helper()
	var out bytes.Buffer
	if err := html.Render(&out, doc.Root); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "<html><head><title>") || strings.HasPrefix(out.String(), "<html><head><title></title>") {
		t.Errorf("no document with a title: %.200q", out.String())
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	var r Reader
	defer r.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	over := errors.New("the run is over")
	cancel(over)
	for _, kind := range Kinds() {
		body := testsite.PDF("", testsite.Line("F1", 11, 72, 700, "text"))
		switch kind {
		case DOCX:
			body = testsite.DOCX("<w:p/>", nil)
		case XLSX:
			body = workbook("", "")
		}
		if _, err := r.Read(ctx, kind, &url.URL{Path: "/x"}, "", body); !errors.Is(err, over) {
			t.Errorf("%s: got %v, want the cause of the context", kind, err)
		}
	}
}

// A PDF that would be read for ever is ended from outside, and the next one is read.
func TestAPDFIsEndedInTheMiddle(t *testing.T) {
	var r Reader
	defer r.Close()
	good := testsite.PDF("Good", testsite.Line("F1", 11, 72, 700, "text"))
	if _, err := r.Read(t.Context(), PDF, &url.URL{Path: "/x"}, "", good); err != nil { // starts the reader
		t.Fatal(err)
	}
	for range 2 * atOnce { // no place is lost
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := r.Read(ctx, PDF, &url.URL{Path: "/x"}, "", bomb(t, 64<<20)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		}
		cancel()
	}
	if _, err := r.Read(t.Context(), PDF, &url.URL{Path: "/x"}, "", good); err != nil {
		t.Errorf("after others were ended: %v", err)
	}
}

// Whatever bytes come, a reader gives a whole document or says what is wrong, and never
// breaks down.
func fuzzed(f *testing.F, kind Kind, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	r := new(Reader)
	f.Cleanup(r.Close)
	if kind == PDF { // its start is not to count as the time of the first input
		if _, err := r.Read(f.Context(), PDF, &url.URL{Path: "/x"}, "", testsite.PDF("", testsite.Line("F1", 11, 72, 700, "x"))); err != nil {
			f.Fatal(err)
		}
	}
	u := &url.URL{Scheme: "https", Host: "files.example", Path: "/some_file.x"}
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, err := r.Read(t.Context(), kind, u, "", body)
		var problem *Problem
		switch {
		case err == nil:
			checkDocument(t, doc)
		case !errors.As(err, &problem):
			t.Errorf("the error is no problem of the file: %v", err)
		case strings.Contains(problem.Detail, "breaks its reader"):
			t.Error(problem)
		}
	})
}

func FuzzPDF(f *testing.F) {
	whole := testsite.PDF("A title", testsite.Line("F2", 20, 72, 700, "Heading")+testsite.Line("F1", 11, 72, 660, "Some text, and a hyphen-")+
		testsite.Line("F1", 11, 72, 646, "ated word.")+testsite.Line("F1", 11, 72, 620, "1. first")+testsite.Line("F3", 11, 72, 600, "code"), "")
	fuzzed(f, PDF, whole, whole[:len(whole)/2], nil)
}

func FuzzDOCX(f *testing.F) {
	fuzzed(f, DOCX, testsite.DOCX(`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>`, nil), []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
}

// FuzzWordXML spares the fuzzer the archive.
func FuzzWordXML(f *testing.F) {
	f.Add(`<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:rPr><w:b/><w:vanish w:val="0"/></w:rPr><w:t>a</w:t><w:fldChar w:fldCharType="begin"/></w:r></w:p>`)
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/><w:gridSpan w:val="9"/></w:tcPr><w:tbl><w:tr/></w:tbl></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>`)
	f.Add(`<w:p><w:r><w:drawing><wp:docPr descr="d"/></w:drawing><w:pict><w:txbxContent><w:p><w:r><w:t>x</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>`)
	r := new(Reader)
	f.Fuzz(func(t *testing.T, body string) {
		doc, err := r.Read(t.Context(), DOCX, &url.URL{Path: "/x.docx"}, "", testsite.DOCX(body, nil))
		var problem *Problem
		if err != nil && (!errors.As(err, &problem) || strings.Contains(problem.Detail, "breaks its reader")) {
			t.Error(err)
		}
		if err == nil {
			checkDocument(t, doc)
		}
	})
}

func FuzzMarkdown(f *testing.F) {
	fuzzed(f, Markdown, []byte("---\ntitle: x\n---\n# a\n\n> [!NOTE]\n> b\n\n| a |\n|---|\n| <b>b |\n\n- [x] c[^1]\n\n[^1]: d"), []byte("+++\ntitle = \"y\"\n+++\n<div><p>"), []byte("a\n: b\n***c"))
}

func FuzzText(f *testing.F) {
	fuzzed(f, Text, []byte("A\n=\n\n- b\n  c\n3) d\n\n    e\n\n  f  g   h\n"), []byte("\xff\xfea\x00"))
}

func FuzzCSV(f *testing.F) {
	fuzzed(f, CSV, []byte("a;b\n\"c\nd\";e\n"), []byte("sep=|\na|b\n"), []byte("\"a\tb\n"))
}
