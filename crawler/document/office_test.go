package document

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

const relationships = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`

// workbook is a workbook of one sheet, with styles.
func workbook(sheet, styles string) []byte {
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return testsite.Archive(map[string]string{
		"_rels/.rels":     fmt.Sprintf(relationships, `<Relationship Id="r1" Type="`+kinds+`officeDocument" Target="xl/workbook.xml"/>`),
		"xl/workbook.xml": `<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": fmt.Sprintf(relationships, `<Relationship Id="r1" Type="`+kinds+`worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r2" Type="`+kinds+`styles" Target="styles.xml"/>`),
		"xl/worksheets/sheet1.xml": `<worksheet>` + sheet + `</worksheet>`,
		"xl/styles.xml":            `<styleSheet>` + styles + `</styleSheet>`,
	})
}

// presentation is a presentation of slides, in the order of their numbers. The layout gives the
// text of slides bullets.
func presentation(slides ...string) []byte {
	parts := map[string]string{
		"ppt/slideLayouts/layout.xml": `<p:sldLayout><p:cSld><p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr>` +
			`<p:txBody><a:lstStyle><a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr></a:lstStyle></p:txBody></p:sp></p:spTree></p:cSld></p:sldLayout>`,
	}
	var ids, related strings.Builder
	for i, s := range slides {
		fmt.Fprintf(&ids, `<p:sldId id="%d" r:id="r%d"/>`, 256+i, i+1)
		fmt.Fprintf(&related, `<Relationship Id="r%d" Type="x/slide" Target="slides/slide%d.xml"/>`, i+1, i+1)
		parts[fmt.Sprintf("ppt/slides/slide%d.xml", i+1)] = s
		parts[fmt.Sprintf("ppt/slides/_rels/slide%d.xml.rels", i+1)] = fmt.Sprintf(relationships, `<Relationship Id="r1" Type="x/slideLayout" Target="../slideLayouts/layout.xml"/>`+
			`<Relationship Id="r2" Type="x/diagramData" Target="../diagrams/data1.xml"/><Relationship Id="r3" Type="x/chart" Target="../charts/chart1.xml"/>`)
	}
	parts["ppt/presentation.xml"] = `<p:presentation><p:sldIdLst>` + ids.String() + `</p:sldIdLst></p:presentation>`
	parts["ppt/_rels/presentation.xml.rels"] = fmt.Sprintf(relationships, related.String())
	parts["ppt/diagrams/data1.xml"] = `<dgm:dataModel><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt>` +
		`<dgm:pt type="parTrans"/><dgm:pt><dgm:t><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>`
	parts["ppt/charts/chart1.xml"] = `<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Tickets</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser>` +
		`<c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>Open</c:v></c:pt></c:strCache></c:strRef></c:tx>` +
		`<c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>May</c:v></c:pt><c:pt idx="1"><c:v>June</c:v></c:pt></c:strCache></c:strRef></c:cat>` +
		`<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>7</c:v></c:pt><c:pt idx="1"><c:v>9</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>`
	return testsite.Archive(parts)
}

// slide is a slide of shapes.
func slide(attributes string, shapes ...string) string {
	return `<p:sld ` + attributes + `><p:cSld><p:spTree>` + strings.Join(shapes, "") + `</p:spTree></p:cSld></p:sld>`
}

// shape is a shape that fills a place of its layout.
func shape(placeholder string, paragraphs ...string) string {
	var text strings.Builder
	for _, p := range paragraphs {
		text.WriteString(`<a:p>` + p + `</a:p>`)
	}
	return `<p:sp><p:nvSpPr><p:cNvPr id="2" name="n"/><p:nvPr>` + placeholder + `</p:nvPr></p:nvSpPr><p:txBody>` + text.String() + `</p:txBody></p:sp>`
}

func run(text string) string { return `<a:r><a:t>` + text + `</a:t></a:r>` }

// openDocument is a text in the OpenDocument format.
func openDocument(text string, parts map[string]string) []byte {
	all := map[string]string{"content.xml": `<office:document-content><office:automatic-styles>` +
		`<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>` +
		`<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/></text:list-style>` +
		`</office:automatic-styles><office:body><office:text>` + text + `</office:text></office:body></office:document-content>`}
	for name, part := range parts {
		all[name] = part
	}
	return testsite.Archive(all)
}

// book is a book of one chapter.
func book(chapter string, parts map[string]string) []byte {
	all := map[string]string{
		"META-INF/container.xml": `<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>`,
		"OEBPS/content.opf": `<package><metadata><dc:title>A book</dc:title></metadata><manifest><item id="c" href="the%20first.xhtml" media-type="application/xhtml+xml"/>` +
			`<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest><spine><itemref idref="n"/><itemref idref="c"/></spine></package>`,
		"OEBPS/the first.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><body>` + chapter + `</body></html>`,
		"OEBPS/nav.xhtml":       `<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li>Contents</li></ol></nav></body></html>`,
	}
	for name, part := range parts {
		all[name] = part
	}
	return testsite.Archive(all)
}

// What an office document shows is what its program shows of it, whatever else is in the file.
func TestWhatOfficeDocumentsShow(t *testing.T) {
	const formats = `<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><fonts><font/></fonts><fills><fill/></fills>` +
		`<cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs>`
	for name, test := range map[string]struct {
		kind        Kind
		body        []byte
		title, want string
	}{
		"a workbook that nobody named": {XLSX, workbook(`<sheetData><row r="2"><c r="B2" t="str"><v>Only this</v></c></row></sheetData>`, formats),
			"Some file", "## Sheet1\n\nOnly this"},
		"numbers as they are shown": {XLSX, workbook(`<sheetData><row r="1"><c r="A1" t="str"><v>Rate</v></c><c r="B1" t="str"><v>Until</v></c></row>`+
			`<row r="2"><c r="A2" s="1"><v>0.125</v></c><c r="B2" s="2"><v>46082</v></c></row></sheetData>`, formats),
			"Some file", "## Sheet1\n\n| Rate | Until |\n|---|---|\n| 12.5% | 03-01-26 |"},
		"a hidden row, and a table below blank ones": {XLSX, workbook(`<sheetData><row><c t="str"><v>One</v></c></row><row hidden="1"><c t="str"><v>hidden</v></c></row>`+
			`<row><c t="str"><v>Two</v></c></row><row r="7"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c><v>1</v></c></row></sheetData>`, formats),
			"Some file", "## Sheet1\n\nOne\n\nTwo\n\n| a | b |\n|---|---|\n| 1 |  |"},
		"a slide that is hidden": {PPTX, presentation(slide("", shape(`<p:ph type="title"/>`, run("First")), shape("", run("said"))),
			slide(`show="0"`, shape("", run("hidden"))), slide("", shape(`<p:ph type="sldNum"/>`, run("3")), shape("", run("untitled")))),
			"First", "said\n\n## Slide 3\n\nuntitled"},
		"bullets of the layout": {PPTX, presentation(slide("", shape(`<p:ph idx="1"/>`, run("one"), `<a:pPr><a:buNone/></a:pPr>`+run("plain"), run("two")))),
			"Some file", "## Slide 1\n\n- one\n\nplain\n\n- two"},
		"a diagram, and a chart": {PPTX, presentation(slide("", `<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm="r2"/></a:graphicData></a:graphic></p:graphicFrame>`,
			`<p:graphicFrame><a:graphic><a:graphicData><c:chart r:id="r3"/></a:graphicData></a:graphic></p:graphicFrame>`)),
			"Some file", "## Slide 1\n\n- Plan\n- Do\n\n**Tickets**\n\n|  | Open |\n|---|---|\n| May | 7 |\n| June | 9 |"},
		"hidden text, deletions and remarks": {ODT, openDocument(`<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:p>Shown`+
			`<text:span text:style-name="T1"> hidden</text:span><office:annotation><text:p>remark</text:p></office:annotation></text:p>`+
			`<text:section text:display="none"><text:p>hidden</text:p></text:section>`, nil), "Some file", "Shown"},
		"blanks between words": {ODT, openDocument(`<text:p><text:span>one</text:span> <text:span>two</text:span></text:p>`, nil), "Some file", "one two"},
		"a list that goes on": {ODT, openDocument(`<text:list text:style-name="L1"><text:list-item><text:p>one</text:p></text:list-item></text:list><text:p>between</text:p>`+
			`<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>two</text:p></text:list-item></text:list>`, nil), "Some file", "1. one\n\nbetween\n\n2. two"},
		"a book": {EPUB, book(`<h1>Start</h1><p>Read <a href="other.xhtml">on</a>.</p>`, nil), "A book", "## Start\n\nRead on."},
	} {
		t.Run(name, func(t *testing.T) {
			var r Reader
			u := &url.URL{Scheme: "https", Host: "files.example", Path: "/some_file.x"}
			doc, err := r.Read(t.Context(), test.kind, u, "", test.body)
			if err != nil {
				t.Fatal(err)
			}
			article := extracted(t, doc, u)
			if article.Title != test.title || article.Markdown != test.want {
				t.Errorf("got %q:\n%s\nwant %q:\n%s", article.Title, article.Markdown, test.title, test.want)
			}
		})
	}
}

// Cells whose text has the colour of its ground, and text of that kind, are named and not read.
func TestWhatOfficeDocumentsDoNotShow(t *testing.T) {
	const black = `<fonts><font/><font><color rgb="FF000000"/></font></fonts><fills><fill/><fill><patternFill patternType="solid"><fgColor rgb="FF000000"/></patternFill></fill></fills>` +
		`<cellXfs><xf/><xf fontId="1" fillId="1"/><xf fontId="0" fillId="1"/></cellXfs>`
	for name, test := range map[string]struct {
		kind  Kind
		body  []byte
		where string
	}{
		"black upon black": {XLSX, workbook(`<sheetData><row r="4"><c s="1" t="str"><v>the password</v></c><c t="str"><v>seen</v></c></row></sheetData>`, black), "sheet Sheet1, row 4"},
		"white upon white": {ODT, openDocument(`<text:p>seen</text:p><text:p><text:span text:style-name="W">the password</text:span></text:p>`, map[string]string{
			"styles.xml": `<office:document-styles><office:styles><style:style style:name="W" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style></office:styles></office:document-styles>`}),
			"paragraph 2"},
	} {
		t.Run(name, func(t *testing.T) {
			var r Reader
			doc, err := r.Read(t.Context(), test.kind, &url.URL{Path: "/x"}, "", test.body)
			if err != nil {
				t.Fatal(err)
			}
			want := draft.Unseen{How: draft.Colour, Where: test.where, Letters: 11}
			if len(doc.Unseen) != 1 || doc.Unseen[0] != want {
				t.Errorf("got %v, want %v", doc.Unseen, want)
			}
			if got := extracted(t, doc, &url.URL{Path: "/x"}).Markdown; strings.Contains(got, "password") || !strings.Contains(got, "seen") {
				t.Errorf("read as %q", got)
			}
		})
	}
}

// A document that needs a password is said to, and one that is another kind of archive is broken.
func TestOfficeDocumentsThatCannotBeRead(t *testing.T) {
	const encrypted = `<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`
	for name, test := range map[string]struct {
		kind Kind
		body []byte
		want ProblemKind
	}{
		"a workbook with a password": {XLSX, append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...), Encrypted},
		"a text with a password":     {ODT, openDocument("", map[string]string{"META-INF/manifest.xml": encrypted}), Encrypted},
		"a locked book": {EPUB, book("x", map[string]string{"META-INF/encryption.xml": `<encryption><enc:EncryptedData><enc:CipherData>` +
			`<enc:CipherReference URI="OEBPS/the%20first.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>`}), Encrypted},
		"a Word document under the name of a workbook": {XLSX, testsite.DOCX("<w:p/>", nil), Broken},
		"a workbook under the name of a presentation":  {PPTX, workbook("", ""), Broken},
		"a book under the name of a text":              {ODT, book("x", nil), Broken},
		"a text under the name of a book":              {EPUB, openDocument("x", nil), Broken},
	} {
		t.Run(name, func(t *testing.T) {
			var r Reader
			_, err := r.Read(t.Context(), test.kind, &url.URL{Path: "/x"}, "", test.body)
			var problem *Problem
			if !errors.As(err, &problem) || problem.Kind != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// A kind is told by the type that an office document is served with, and by its name where that says nothing.
func TestKindsOfOfficeDocuments(t *testing.T) {
	const start = "PK\x03\x04"
	for _, kind := range []Kind{DOCX, XLSX, PPTX, ODT, EPUB} {
		if got := KindOf(kind.ContentType(), &url.URL{Path: "/download"}, []byte(start)); got != kind {
			t.Errorf("by its type: got %q, want %q", got, kind)
		}
		if got := KindOf("application/octet-stream", &url.URL{Path: "/file." + string(kind)}, []byte(start)); got != kind {
			t.Errorf("by its name: got %q, want %q", got, kind)
		}
		if got := KindOf("application/octet-stream", &url.URL{Path: "/file." + string(kind)}, []byte("<html>")); got != "" {
			t.Errorf("a web page under its name: got %q", got)
		}
	}
	if got := KindOf("application/vnd.ms-excel", &url.URL{Path: "/prices.xlsx"}, []byte(start)); got != XLSX {
		t.Errorf("under the type of the older format: got %q", got)
	}
}

func FuzzXLSX(f *testing.F) {
	fuzzed(f, XLSX, workbook(`<cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="C1" s="1"><v>1.5</v></c></row></sheetData><mergeCells><mergeCell ref="C1:D2"/></mergeCells>`,
		`<numFmts><numFmt numFmtId="164" formatCode="[$-409]d\-mmm;@"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>`), seed(f, "prices.in.xlsx"))
}

func FuzzPPTX(f *testing.F) {
	fuzzed(f, PPTX, presentation(slide("", shape(`<p:ph type="title"/>`, run("a")), shape(`<p:ph idx="1"/>`, `<a:pPr lvl="3"/>`+run("b")))), seed(f, "onboarding.in.pptx"))
}

func FuzzODT(f *testing.F) {
	fuzzed(f, ODT, openDocument("<text:p>a</text:p>", nil), seed(f, "leave.in.odt"))
}

func FuzzEPUB(f *testing.F) { fuzzed(f, EPUB, book("<p>a</p>", nil), seed(f, "handbook.in.epub")) }

func seed(f *testing.F, name string) []byte {
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		f.Fatal(err)
	}
	return body
}
