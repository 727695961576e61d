package testsite

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
)

// PDF returns a PDF file with a title ("" for none) and pages of lines, which [Line] makes. Its fonts are F1, Helvetica;
// F2, Helvetica bold; and F3, Courier.
func PDF(title string, pages ...string) []byte {
	var out bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&out, format, args...)
		out.WriteString("\nendobj\n")
	}
	out.WriteString("%PDF-1.4\n")
	const fixed = 6 // objects before the first page
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", fixed+1+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [%s] >>", len(pages), kids.String())
	for _, font := range []string{"Helvetica", "Helvetica-Bold", "Courier"} {
		object("<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>", font)
	}
	object("<< /Title (%s) >>", escapePDF(title))
	for i, page := range pages {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "+
			"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>", fixed+2+2*i)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(page), page)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	const trailer = "trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n"
	fmt.Fprintf(&out, trailer, len(offsets)+1, start)
	return out.Bytes()
}

// Line returns a line of text for a page of a PDF. Its baseline begins x and y points from the lower left corner.
func Line(font string, size, x, y float64, text string) string {
	return fmt.Sprintf("BT /%s %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n", font, size, x, y, escapePDF(text))
}

func escapePDF(text string) string {
	return strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`).Replace(text)
}

// DOCX returns a Word document with a body of paragraphs and tables. parts adds further parts by their names.
func DOCX(body string, parts map[string]string) []byte {
	const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<w:document ` + namespaces + `><w:body>` + body + `</w:body></w:document>`,
	}
	for name, part := range parts {
		all[name] = part
	}
	return Archive(all)
}

// Archive returns a ZIP archive of parts by their names, as office documents and books are.
func Archive(parts map[string]string) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, part := range parts {
		f, err := archive.Create(name)
		if err == nil {
			_, err = f.Write([]byte(part))
		}
		if err != nil {
			panic(err) // writing to a buffer never fails
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}
