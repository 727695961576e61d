package hostile

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"math"
	"strings"
)

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func offices() []Case {
	word := func(name string, full int, body func(int) string, parts func(int) map[string]string) Case {
		path := "/" + strings.ReplaceAll(name, " ", "-") + ".docx"
		return Case{Name: "Word: " + name, Path: path, ContentType: wordType, Full: full,
			Make: func(size int) []byte {
				if parts == nil {
					return docx(body(size), nil)
				}
				return docx(body(size), parts(size))
			}}
	}
	const related = `<Relationships><Relationship Id="1" Type="x/styles" Target="styles.xml"/>` +
		`<Relationship Id="2" Type="x/numbering" Target="numbering.xml"/><Relationship Id="3" Type="x/footnotes" Target="footnotes.xml"/></Relationships>`
	const p = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"
	return []Case{
		word("paragraphs", 1_500_000, repeated(p), nil),
		word("runs", 500_000, func(size int) string { return "<w:p>" + strings.Repeat("<w:r><w:t>x</w:t></w:r>", size) + "</w:p>" }, nil),
		word("styled runs", 300_000, func(size int) string {
			return "<w:p>" + strings.Repeat(`<w:r><w:rPr><w:rStyle w:val="s1"/><w:b/><w:i/></w:rPr><w:t>x</w:t></w:r>`, size) + "</w:p>"
		}, nil),
		word("nested elements", 200_000, repeated("<w:sdt><w:sdtContent>"), nil),
		word("nested tables", 3_000, around("<w:tbl><w:tr><w:tc>", p, "</w:tc></w:tr></w:tbl>"), nil),
		word("a wide table", 90_000, func(size int) string {
			side := int(math.Sqrt(float64(size)))
			return "<w:tbl>" + strings.Repeat("<w:tr>"+strings.Repeat("<w:tc>"+p+"</w:tc>", side)+"</w:tr>", side) + "</w:tbl>"
		}, nil),
		word("cells that span", 20_000, func(size int) string {
			return "<w:tbl>" + strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000"/><w:vMerge/></w:tcPr>`+p+"</w:tc></w:tr>", size) + "</w:tbl>"
		}, nil),
		word("attributes", 300_000, func(size int) string { return "<w:p " + numbered(`a#="x" `)(size) + ">" + "</w:p>" + p }, nil),
		word("empty attributes", 50_000, numbered(`<w:p a="#" b="#" c="#" d="#"/>`), nil),
		word("styles in a chain", 20_000, repeated(`<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`), func(size int) map[string]string {
			var b strings.Builder
			for i := range size {
				fmt.Fprintf(&b, `<style styleId="s%d"><name val="n"/><basedOn val="s%d"/></style>`, i, i+1)
			}
			return map[string]string{"word/_rels/document.xml.rels": related, "word/styles.xml": "<styles>" + b.String() + "</styles>"}
		}),
		word("lists", 100_000, repeated(`<w:p><w:pPr><w:numPr><w:ilvl w:val="8"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>`),
			func(size int) map[string]string {
				return map[string]string{"word/_rels/document.xml.rels": related, "word/numbering.xml": "<numbering>" +
					strings.Repeat(`<abstractNum abstractNumId="1"><lvl ilvl="8"><numFmt val="decimal"/></lvl></abstractNum><num numId="1"><abstractNumId val="1"/></num>`, size/10) + "</numbering>"}
			}),
		word("notes", 30_000, numbered(`<w:p><w:r><w:footnoteReference w:id="#"/></w:r></w:p>`), func(size int) map[string]string {
			return map[string]string{"word/_rels/document.xml.rels": related, "word/footnotes.xml": "<footnotes>" +
				numbered(`<footnote id="#"><p><r><t>note #</t></r></p></footnote>`)(size) + "</footnotes>"}
		}),
		word("one long note often", 3_000, repeated(`<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>`), func(size int) map[string]string {
			return map[string]string{"word/_rels/document.xml.rels": related, "word/footnotes.xml": "<footnotes><footnote id=\"1\">" +
				repeated("<p><r><t>note</t></r></p>")(size) + "</footnote></footnotes>"}
		}),
		word("a large text", 9_000_000, func(size int) string { return "<w:p><w:r><w:t>" + strings.Repeat("x", size) + "</w:t></w:r></w:p>" }, nil),
		word("many parts", 60_000, repeated(""), func(size int) map[string]string {
			parts := make(map[string]string, size)
			for i := range size {
				parts[fmt.Sprintf("word/p%d.xml", i)] = ""
			}
			return parts
		}),
		word("fields", 50_000, repeated(`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r></w:p>`), nil),
	}
}

// others are the office documents that are not Word's, each of one part that its reader begins with.
func others() []Case {
	one := func(program, name, ending, contentType, part, before, after string, full int, text func(int) string) Case {
		return Case{Name: program + ": " + name, Path: "/" + strings.ReplaceAll(name, " ", "-") + ending, ContentType: contentType, Full: full,
			Make: func(size int) []byte {
				return archiveOf(map[string]string{
					part:              before + text(size) + after,
					"xl/workbook.xml": `<workbook><sheets><sheet name="S" id="r1"/></sheets></workbook>`,
					"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheet.xml"/>` +
						`<Relationship Id="r2" Type="x/styles" Target="styles.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="strings.xml"/></Relationships>`,
					"ppt/presentation.xml":            `<p:presentation><p:sldIdLst><p:sldId id="r1"/></p:sldIdLst></p:presentation>`,
					"ppt/_rels/presentation.xml.rels": `<Relationships><Relationship Id="r1" Type="x/slide" Target="slide.xml"/></Relationships>`,
					"META-INF/container.xml":          `<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>`,
					"b.opf":                           `<package><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>`,
				})
			}}
	}
	const office = "application/vnd.openxmlformats-officedocument."
	excel := func(name, part, before, after string, full int, text func(int) string) Case {
		return one("Excel", name, ".xlsx", office+"spreadsheetml.sheet", part, before, after, full, text)
	}
	return []Case{
		excel("empty cells", "xl/sheet.xml", "<worksheet><sheetData><row>", "</row></sheetData></worksheet>", 1_200_000, repeated("<c/>")),
		excel("empty rows", "xl/sheet.xml", "<worksheet><sheetData>", "</sheetData></worksheet>", 1_200_000, repeated("<row/>")),
		excel("numbers", "xl/sheet.xml", "<worksheet><sheetData>", "</sheetData></worksheet>", 1_900, repeated("<row>"+strings.Repeat("<c><v>1</v></c>", 50)+"</row>")),
		excel("merged cells", "xl/sheet.xml", `<worksheet><sheetData><row><c t="b"/><c t="b"/></row></sheetData><mergeCells>`, "</mergeCells></worksheet>", 500_000,
			repeated(`<mergeCell ref="A1:XFD1048576"/>`)),
		excel("styles", "xl/styles.xml", "<styleSheet><cellXfs>", "</cellXfs></styleSheet>", 1_200_000, repeated(`<xf numFmtId="14"/>`)),
		excel("shared texts", "xl/strings.xml", "<sst>", "</sst>", 400_000, repeated("<si><t>x</t></si>")),
		one("PowerPoint", "shapes", ".pptx", office+"presentationml.presentation", "ppt/slide.xml", "<p:sld><p:cSld><p:spTree>", "</p:spTree></p:cSld></p:sld>", 200_000,
			repeated("<p:sp><p:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></p:txBody></p:sp>")),
		one("OpenDocument", "paragraphs", ".odt", "application/vnd.oasis.opendocument.text", "content.xml", "<d><body><text>", "</text></body></d>", 700_000, repeated("<p>x</p>")),
		one("EPUB", "paragraphs", ".epub", "application/epub+zip", "c.xhtml", "<html><body>", "</body></html>", 500_000, repeated("<p>x</p>")),
	}
}

func docx(body string, parts map[string]string) []byte {
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
			`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` + body + `</w:body></w:document>`,
	}
	for name, part := range parts {
		all[name] = part
	}
	return archiveOf(all)
}

func archiveOf(parts map[string]string) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, part := range parts {
		if f, err := archive.Create(name); err == nil {
			_, _ = f.Write([]byte(part)) // writing to a buffer does not fail
		}
	}
	_ = archive.Close()
	return out.Bytes()
}

func pdfs() []Case {
	pdf := func(name string, full int, make func(int) []byte) Case {
		path := "/" + strings.ReplaceAll(name, " ", "-") + ".pdf"
		return Case{Name: "PDF: " + name, Path: path, ContentType: "application/pdf", Full: full, Make: make}
	}
	const form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length %d>>stream\n%s\nendstream"
	return []Case{
		pdf("a form that draws itself", 60, func(size int) []byte {
			content := strings.Repeat("/F Do ", size)
			return objects("<</XObject<</F 5 0 R>>>>", content, fmt.Sprintf(form, len(content), content))
		}),
		pdf("forms that draw the next", 10, func(size int) []byte {
			content := strings.Repeat("/F Do ", 10)
			var forms []string
			for i := range size {
				forms = append(forms, fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>/Length %d>>stream\n%s\nendstream", 6+i, len(content), content))
			}
			forms = append(forms, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 12>>stream\n0 0 9 9 re f\nendstream")
			return objects("<</XObject<</F 5 0 R>>>>", content, forms...)
		}),
		pdf("a stream that unpacks", 400<<10, func(size int) []byte { return packed(strings.Repeat(" ", size<<10)) }),
		pdf("a stream that unpacks to shapes", 30<<10, func(size int) []byte { return packed(strings.Repeat("0 0 9 9 re f\n", size<<6)) }),
		pdf("a stream that unpacks to states", 30<<10, func(size int) []byte { return packed(strings.Repeat("q ", size<<8)) }),
		pdf("a stream packed often", 20<<10, func(size int) []byte {
			data := []byte(strings.Repeat(" ", size<<10))
			for range 6 {
				data = deflate(data)
			}
			return file("<<>>", fmt.Sprintf("<</Length %d/Filter[%s]>>stream\n%s\nendstream", len(data), strings.Repeat("/FlateDecode", 6), data))
		}),
		pdf("letters", 500_000, func(size int) []byte {
			var b strings.Builder
			b.WriteString("BT /F1 9 Tf 1 0 0 1 10 700 Tm\n")
			for i := range size/50 + 1 {
				fmt.Fprintf(&b, "1 0 0 1 10 %d Tm (%s) Tj\n", 700-i%690, strings.Repeat("x", 50))
			}
			return packedWith("<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", b.String()+"ET")
		}),
		pdf("letters one by one", 300_000, func(size int) []byte {
			var b strings.Builder
			for i := range size {
				fmt.Fprintf(&b, "BT /F1 9 Tf 1 0 0 1 %d %d Tm (x) Tj ET\n", 10+i%577, 10+(i*7)%777)
			}
			return packedWith("<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", b.String())
		}),
		pdf("white letters on many shapes", 100_000, func(size int) []byte {
			var b strings.Builder
			b.WriteString("0.5 g " + strings.Repeat("0 0 5 5 re f\n", min(size, 20_000)) + "1 g BT /F1 9 Tf\n")
			for i := range size {
				fmt.Fprintf(&b, "1 0 0 1 %d %d Tm (x) Tj\n", 10+i%577, 10+(i*7)%777)
			}
			return packedWith("<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>", b.String()+"ET")
		}),
		pdf("an image of many points", 30_000, func(size int) []byte {
			return objects("<</XObject<</F 5 0 R>>>>", "9 0 0 9 0 0 cm /F Do",
				fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Length 1>>stream\nx\nendstream", size, size))
		}),
		pdf("nested arrays", 200_000, func(size int) []byte {
			return file("<</X "+strings.Repeat("[", size)+strings.Repeat("]", size)+">>", "<</Length 0>>stream\n\nendstream")
		}),
		pdf("pages", 2_000, func(size int) []byte {
			return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count " + fmt.Sprint(size) + "/Kids[" +
				strings.Repeat("3 0 R ", size) + "]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n")
		}),
		pdf("objects", 300_000, func(size int) []byte {
			var b strings.Builder
			for i := range size {
				fmt.Fprintf(&b, "%d 0 obj<</A %d 0 R>>endobj\n", i+10, i+11)
			}
			return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n" +
				"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" + b.String() + "trailer<</Root 1 0 R>>\n")
		}),
	}
}

// objects returns a PDF of one page with further objects, from number 5 on.
func objects(resources, content string, others ...string) []byte {
	return file(resources, fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content), others...)
}

func packed(content string) []byte { return packedWith("<<>>", content) }

func packedWith(resources, content string) []byte {
	data := deflate([]byte(content))
	return file(resources, fmt.Sprintf("<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream", len(data), data))
}

func deflate(data []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(data) // writing to a buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

// file returns a PDF of one page, whose content is object 4.
func file(resources, content string, others ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n")
	fmt.Fprintf(&b, "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources %s/Contents 4 0 R>>endobj\n4 0 obj%s endobj\n", resources, content)
	for i, other := range others {
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", 5+i, other)
	}
	b.WriteString("trailer<</Root 1 0 R>>\n")
	return b.Bytes()
}
