package document

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// pdfOf is a PDF of one page with a content, further entries of the page and of the catalog, and
// further objects, from the sixth on.
func pdfOf(content, page, catalog string, objects ...string) []byte {
	content = testsite.Line("F1", 11, 72, 700, "An ordinary line that everybody reads.") + content
	all := append([]string{
		"<</Type/Catalog/Pages 2 0 R" + catalog + ">>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F3 6 0 R>>/XObject<</X1 6 0 R>>/Properties<</L1 7 0 R>>/ExtGState<</G1<</ca 0.3>>/G2<</ca 0>>/G3<</BM/Multiply>>>>>>" + page + ">>",
		stream("", content), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}, objects...)
	var out strings.Builder
	out.WriteString("%PDF-1.5\n")
	for i, object := range all {
		fmt.Fprintf(&out, "%d 0 obj%s endobj\n", i+1, object)
	}
	out.WriteString("trailer<</Root 1 0 R>>\n")
	return []byte(out.String())
}

func stream(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(content), content)
}

const (
	secret   = "BT /F1 11 Tf 72 500 Td (The password is Tulip4711) Tj ET\n"
	over     = " 70 496 200 15 re f\n"
	picture  = "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
	layerOff = "/OCProperties<</OCGs[7 0 R]/D<</OFF[7 0 R]>>>>"
	layerOn  = "/OCProperties<</OCGs[7 0 R]/D<</ON[7 0 R]>>>>"
	layer    = "<</Type/OCG/Name(L)>>"
)

func annotation(kind, entries string) string {
	return "/Annots[<</Type/Annot/Subtype/" + kind + "/Rect[70 496 270 511]/F 4" + entries + ">>]"
}

// What somebody wanted to be gone from a PDF and left in it is found, and is no part of the text.
func TestAPDFIsBadlyRedacted(t *testing.T) {
	form := func(entries, content string) string {
		return stream("/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>"+entries, content)
	}
	const cover = "/QuadPoints[70 511 270 511 70 496 270 496]/C[0 0 0]"
	for name, test := range map[string]struct {
		how  draft.How
		body []byte
	}{
		"a black box":              {draft.Covered, pdfOf(secret+"0 g"+over, "", "")},
		"a white box":              {draft.Covered, pdfOf(secret+"1 g"+over, "", "")},
		"a coloured box":           {draft.Covered, pdfOf(secret+"0.2 0.6 0.3 rg"+over, "", "")},
		"a wide line":              {draft.Covered, pdfOf(secret+"15 w 70 503 m 270 503 l S\n", "", "")},
		"lines close together":     {draft.Covered, pdfOf(secret+"3 w 70 498 m 270 498 l S 70 500.5 m 270 500.5 l S 70 503 m 270 503 l S 70 505.5 m 270 505.5 l S 70 508 m 270 508 l S\n", "", "")},
		"a shape that is no box":   {draft.Covered, pdfOf(secret+"60 490 m 300 488 l 290 520 l 62 522 l h f\n", "", "")},
		"a box for each letter":    {draft.Covered, pdfOf(secret+strings.Repeat("0 496 10 15 re f 1 0 0 1 9 0 cm\n", 40), "", "")},
		"a picture":                {draft.Covered, pdfOf(secret+"q 200 0 0 15 70 496 cm /X1 Do Q\n", "", "", stream(picture, "\x00"))},
		"a box in a form":          {draft.Covered, pdfOf(secret+"q 2 0 0 1 0 0 cm /X1 Do Q\n", "", "", form("", "0 g 35 496 100 15 re f"))},
		"text in a form":           {draft.Covered, pdfOf("/X1 Do 0 g"+over, "", "", form("", secret))},
		"turned":                   {draft.Covered, pdfOf("q 0 1 -1 0 700 100 cm "+secret+"0 g"+over+"Q\n", "/Rotate 90", "")},
		"a square on top":          {draft.Covered, pdfOf(secret, annotation("Square", "/IC[0 0 0]/C[0 0 0]"), "")},
		"a black marker on top":    {draft.Covered, pdfOf(secret, annotation("Highlight", cover), "")},
		"a stamp on top":           {draft.Covered, pdfOf(secret, annotation("Stamp", "/AP<</N 6 0 R>>"), "", stream("/Type/XObject/Subtype/Form/BBox[0 0 200 15]", "1 g 0 0 200 15 re f"))},
		"marked to be redacted":    {draft.Marked, pdfOf(secret, annotation("Redact", cover), "")},
		"white on white":           {draft.Colour, pdfOf("1 g "+secret, "", "")},
		"nearly white on white":    {draft.Colour, pdfOf("0.94 g "+secret, "", "")},
		"black on black":           {draft.Colour, pdfOf("0 g"+over+secret, "", "")},
		"a colour on the same":     {draft.Colour, pdfOf("0.1 0.2 0.5 rg"+over+"0.12 0.2 0.52 rg "+secret, "", "")},
		"transparent":              {draft.Colour, pdfOf("/G2 gs "+secret, "", "")},
		"not painted":              {draft.Unpainted, pdfOf("3 Tr "+secret, "", "")},
		"only a clipping path":     {draft.Unpainted, pdfOf("q 7 Tr "+secret+"Q\n", "", "")},
		"clipped":                  {draft.Clipped, pdfOf("q 72 600 20 20 re W n "+secret+"Q\n", "", "")},
		"very small":               {draft.Tiny, pdfOf("0.05 0 0 0.05 0 0 cm "+secret, "", "")},
		"a layer that is off":      {draft.LayerOff, pdfOf("/OC /L1 BDC "+secret+"EMC\n", "", layerOff, "null", layer)},
		"a form on an off layer":   {draft.LayerOff, pdfOf("/X1 Do\n", "", layerOff, form("/OC 7 0 R", secret), layer)},
		"a box in a scanned page":  {draft.Covered, scanned(0)},
		"white in a scanned page":  {draft.Covered, scanned(255)},
		"beyond the crop box":      {draft.Clipped, pdfOf("BT /F1 11 Tf 72 300 Td (The password is Tulip4711) Tj ET\n", "/CropBox[0 400 612 792]", "")},
		"a box over a scanned one": {draft.Covered, pdfOf("q 612 0 0 600 0 0 cm /X1 Do Q 3 Tr "+secret+"0 g"+over, "", "", stream(picture, "\xee"))},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, PDF, test.body)
			if len(doc.Unseen) == 0 {
				t.Fatalf("nothing was found in %q", draft.TextOf(doc.Root))
			}
			if u := doc.Unseen[0]; u.How != test.how || !strings.HasPrefix(u.Where, "page 1") || u.Letters < 15 {
				t.Errorf("found %+v, want %s on page 1", u, test.how)
			}
			if said := draft.TextOf(doc.Root); strings.Contains(said, "Tulip") != (test.how == draft.Marked) || !strings.Contains(said, "everybody reads") {
				t.Errorf("the text is %q", said)
			}
		})
	}
}

// scanned is a scanned page with the words that were recognised on it. The picture is of that shade beneath one line of
// them; none is less than 0.
func scanned(shade int) []byte {
	const wide, high = 102, 100
	var points strings.Builder
	for y := range high {
		for x := range wide {
			point := 255 * ((x + y) % 2)
			if shade >= 0 && y > 12 && y < 20 && x > 9 && x < 50 {
				point = shade
			}
			fmt.Fprintf(&points, "%02x", point)
		}
	}
	content := "q 612 0 0 600 0 0 cm /X1 Do Q 3 Tr " + secret
	for y := 100; y < 450; y += 50 {
		content += testsite.Line("F1", 11, 72, float64(y), "These words were recognised on the page.")
	}
	image := strings.NewReplacer("Width 1/", fmt.Sprintf("Width %d/", wide), "Height 1/", fmt.Sprintf("Height %d/", high)).Replace(picture)
	return pdfOf(content, "", "", stream(image+"/Filter/ASCIIHexDecode", points.String()+">"))
}

// ownMeasure is a font whose letters are eight points wide at size 1, as programs make of the dots of a printer.
var ownMeasure = func() string {
	letters := "Tulip4711 in a large font"
	names := map[rune]string{'4': "four", '7': "seven", '1': "one"}
	var widths, drawn, encoding strings.Builder
	for r := '1'; r <= 'z'; r++ {
		widths.WriteString(" 8")
		if strings.ContainsRune(letters, r) {
			name := cmp.Or(names[r], string(r))
			fmt.Fprintf(&drawn, "/%s 8 0 R", name)
			fmt.Fprintf(&encoding, "%d/%s", r, name)
		}
	}
	return fmt.Sprintf("<</Type/Font/Subtype/Type3/FontBBox[0 0 8 8]/FontMatrix[1 0 0 1 0 0]/FirstChar %d/LastChar %d/Widths[%s]/CharProcs<<%s>>/Encoding<</Differences[%s]>>>>",
		'1', 'z', widths.String(), drawn.String(), encoding.String())
}()

// What a reader of a PDF sees is no alarm, nor is the text that was recognised on a scanned page.
func TestAPDFIsNotRedacted(t *testing.T) {
	for name, body := range map[string][]byte{
		"a box beneath":                 pdfOf("1 1 0 rg"+over+"0 g "+secret, "", ""),
		"white on a dark box":           pdfOf("0 0 0.5 rg"+over+"1 g "+secret, "", ""),
		"white on a picture":            pdfOf("q 200 0 0 15 70 496 cm /X1 Do Q 1 g "+secret, "", "", stream(picture, "\x20")),
		"a transparent box":             pdfOf(secret+"q /G1 gs 1 1 0 rg"+over+"Q\n", "", ""),
		"a marker":                      pdfOf(secret+"q /G3 gs 1 1 0 rg"+over+"Q\n", "", ""),
		"a frame":                       pdfOf(secret+"0 G 70 496 200 15 re S\n", "", ""),
		"a line through it":             pdfOf(secret+"0 G 70 504 m 270 504 l S\n", "", ""),
		"a marker on top":               pdfOf(secret, annotation("Highlight", "/QuadPoints[70 511 270 511 70 496 270 496]/C[1 1 0]"), ""),
		"an empty field on top":         pdfOf(secret, annotation("Widget", "/FT/Tx/T(a)"), ""),
		"a layer that is on":            pdfOf("/OC /L1 BDC "+secret+"EMC\n", "", layerOn, "null", layer),
		"a clip around it":              pdfOf("q 60 400 400 200 re W n "+secret+"Q\n", "", ""),
		"recognised, over its page":     pdfOf("q 612 0 0 600 0 0 cm /X1 Do Q 3 Tr "+secret, "", "", stream(picture, "\xee")),
		"recognised, under its page":    pdfOf(secret+"q 612 0 0 600 0 0 cm /X1 Do Q\n", "", "", stream(picture, "\xee")),
		"not painted, over outlines":    pdfOf("3 Tr "+secret+"0 Tr 1 0 0 1 0.2 0 cm 1 Tr 0.3 w "+secret, "", ""),
		"recognised, beside it":         scanned(-1),
		"shown again":                   pdfOf("1 g "+secret+"0 g 1 0 0 1 0 -200 cm "+secret, "", ""),
		"a note of the printer":         pdfOf(secret+"BT /F1 8 Tf 72 380 Td (manual.indd 7 2024-03-01) Tj ET\n", "/CropBox[0 400 612 792]", ""),
		"a pale shadow":                 pdfOf("0.95 g "+secret+"0 g 1 0 0 1 0.6 0.6 cm "+secret, "", ""),
		"drawn again upon the box":      pdfOf(secret+"0 0 0.5 rg"+over+"1 g "+secret, "", ""),
		"large letters of size 1":       pdfOf("BT /F3 1 Tf 72 500 Td (Tulip4711inalargefont) Tj ET\n", "", "", ownMeasure, "null", stream("", "8 0 0 0 7 7 d1 0 0 7 7 re f")),
		"a part of a drawing (cut)":     pdfOf("q 72 600 90 60 re W n 0.8 g 80 610 40 40 re f 0 g "+secret+"Q\n", "", ""),
		"the ends of words (cut)":       pdfOf("BT /F1 11 Tf 72 500 Td (Firstcolumns) Tj 0 -12 Td (Secondcolumn) Tj 0 -12 Td (Thirdcolumns) Tj ET 1 g 110 470 200 45 re f BT 0 g /F1 11 Tf 140 490 Td (A panel that slipped over a table) Tj ET\n", "", ""),
		"names on a tiny drawing (cut)": pdfOf("q 0.08 0 0 0.08 72 500 cm BT /F1 11 Tf 0 0 Td (SHIFT) Tj 60 0 Td (MENU) Tj 60 0 Td (EXIT) Tj 60 0 Td (ALPHA) Tj 60 0 Td (VARS) Tj ET Q\n", "", ""),
		"a figure of a sheet (cut)":     pdfOf(strings.Repeat("BT /F1 11 Tf 72 300 Td (The rest of the sheet says much more than this) Tj ET\n", 1), "/CropBox[0 600 612 792]", ""),
		"a pale watermark (cut)":        pdfOf("q 0.7 0.7 -0.7 0.7 72 100 cm 0.95 g BT /F1 30 Tf 0 0 Td (Copyright 2026 by a school) Tj ET Q\n", "", ""),
		"numbers that are clipped":      pdfOf("q 72 600 20 20 re W n BT /F1 11 Tf 72 500 Td (0 1 2 3 4 5 6 7 8 9 10 11) Tj ET Q\n", "", ""),
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, PDF, body)
			if len(doc.Unseen) > 0 {
				t.Errorf("found %+v", doc.Unseen)
			}
			if said := draft.TextOf(doc.Root); !strings.Contains(name, "numbers") && !strings.Contains(name, "(cut)") && !strings.Contains(said, "Tulip4711") {
				t.Errorf("the text is %q", said)
			}
		})
	}
}

// A name in white says nothing where a page far behind shows it; a sentence does, and so does a name that none shows.
func TestAWhiteNameThatTheFileShows(t *testing.T) {
	for white, want := range map[string]int{"Tulipanum": 0, "Tulip4711": 1, "The Tulipanum has a password": 1} {
		page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
		body := pdfOf("1 g "+testsite.Line("F1", 11, 72, 500, white), "", "", page+">>", "null", page+"/Contents 9 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
			stream("", testsite.Line("F1", 11, 72, 500, "The Tulipanum is a house in which many have a password.")))
		body = bytes.Replace(body, []byte("/Count 1/Kids[3 0 R]"), []byte("/Count 4/Kids[3 0 R 6 0 R 6 0 R 8 0 R]"), 1)
		if doc := read(t, PDF, body); len(doc.Unseen) != want {
			t.Errorf("%s: found %+v", white, doc.Unseen)
		}
	}
}

func read(t *testing.T, kind Kind, body []byte) Document {
	t.Helper()
	var r Reader
	defer r.Close()
	doc, err := r.Read(t.Context(), kind, &url.URL{Path: "/x"}, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// wordOf is a Word document with a theme and styles.
func wordOf(body string) []byte {
	relation := func(kind string) string {
		return `<Relationship Id="` + kind + `" Type="x/` + kind + `" Target="` + kind + `.xml"/>`
	}
	return testsite.DOCX(`<w:p><w:r><w:t>An ordinary line that everybody reads.</w:t></w:r></w:p>`+body, map[string]string{
		"word/_rels/document.xml.rels": `<Relationships>` + relation("styles") + relation("theme") + `</Relationships>`,
		"word/theme.xml": `<a:theme xmlns:a="a"><a:themeElements><a:clrScheme><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>` +
			`<a:dk2><a:srgbClr val="44546A"/></a:dk2><a:lt2><a:srgbClr val="E7E6E6"/></a:lt2><a:accent1><a:srgbClr val="4472C4"/></a:accent1></a:clrScheme></a:themeElements></a:theme>`,
		"word/styles.xml": `<w:styles xmlns:w="w"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>` +
			`<w:style w:type="character" w:styleId="Pale"><w:name w:val="Pale"/><w:rPr><w:color w:val="FEFEFE"/></w:rPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/><w:pPr><w:shd w:val="clear" w:fill="000000"/></w:pPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Dark"><w:name w:val="Dark"/><w:basedOn w:val="Base"/><w:rPr><w:color w:val="111111"/></w:rPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Ink"><w:name w:val="Ink"/><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>` +
			`<w:style w:type="paragraph" w:styleId="InkAgain"><w:name w:val="InkAgain"/><w:basedOn w:val="Ink"/><w:rPr><w:color w:val="000000"/></w:rPr></w:style>` +
			`<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/></w:style>` +
			`<w:style w:type="table" w:styleId="Banded"><w:name w:val="Banded"/><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style></w:styles>`,
	})
}

func wordPart(properties, run string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr><w:r><w:rPr>` + run + `</w:rPr><w:t>The password is Tulip4711</w:t></w:r></w:p>`
}

func wordCell(table, row, cell, content string) string {
	return `<w:tbl><w:tblPr>` + table + `</w:tblPr><w:tr><w:tc><w:p/></w:tc></w:tr><w:tr><w:trPr>` + row + `</w:trPr><w:tc><w:tcPr>` + cell + `</w:tcPr>` + content + `</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>`
}

func wordTextBox(fill, size, content string) string {
	return `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="3000000" cy="` + size + `"/><a:graphic><wps:wsp><wps:spPr>` + fill + `</wps:spPr><wps:txbx><w:txbxContent>` + content +
		`</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphic></wp:inline></w:drawing></w:r></w:p>`
}

// wordShape is a shape upon text: its entries, its place, its size in points, and its properties.
func wordShape(anchor, vertical string, left, top, wide, high int, properties string) string {
	const perPoint = 12_700
	return fmt.Sprintf(`<w:r><w:drawing><wp:anchor %s><wp:positionH relativeFrom="column"><wp:posOffset>%d</wp:posOffset></wp:positionH><wp:positionV relativeFrom="%s"><wp:posOffset>%d</wp:posOffset></wp:positionV>`+
		`<wp:extent cx="%d" cy="%d"/><wp:wrapNone/><a:graphic><a:graphicData><wps:wsp><wps:spPr><a:prstGeom prst="rect"/>%s</wps:spPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>`,
		anchor, left*perPoint, vertical, top*perPoint, wide*perPoint, high*perPoint, properties)
}

// A shape upon text is found where its place is known by the paragraph, and one that covers none is no alarm.
func TestAShapeLiesUponTextInWord(t *testing.T) {
	const solid = `<a:solidFill><a:srgbClr val="000000"/></a:solidFill>`
	vml := func(style, entries string) string {
		return `<w:r><w:pict><v:rect style="position:absolute;` + style + `"` + entries + `/></w:pict></w:r>`
	}
	for name, test := range map[string]struct {
		shape string
		found bool
	}{
		"a black box":         {wordShape("", "paragraph", 0, 0, 200, 14, solid), true},
		"upon the password":   {wordShape("", "paragraph", 75, -1, 60, 14, solid), true},
		"a white one":         {wordShape("", "line", 0, 1, 200, 12, `<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>`), true},
		"of VML":              {vml("margin-left:0;margin-top:0;width:200pt;height:14pt;z-index:1", ` fillcolor="black"`), true},
		"behind the text":     {wordShape(`behindDoc="1"`, "paragraph", 0, 0, 200, 14, solid), false},
		"somewhere on a page": {wordShape("", "page", 0, 0, 200, 14, solid), false},
		"below the text":      {wordShape("", "paragraph", 0, 40, 200, 14, solid), false},
		"beside the text":     {wordShape("", "paragraph", 300, 0, 100, 14, solid), false},
		"a line":              {wordShape("", "paragraph", 0, 5, 200, 1, solid), false},
		"a frame":             {wordShape("", "paragraph", 0, 0, 200, 14, `<a:noFill/>`), false},
		"of glass":            {wordShape("", "paragraph", 0, 0, 200, 14, `<a:solidFill><a:srgbClr val="FFFF00"><a:alpha val="40000"/></a:srgbClr></a:solidFill>`), false},
		"VML behind":          {vml("width:200pt;height:14pt;z-index:-1", ` fillcolor="black"`), false},
		"VML without a fill":  {vml("width:200pt;height:14pt", ` filled="f"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, DOCX, wordOf(strings.Replace(wordPart("", ""), "</w:pPr>", "</w:pPr>"+test.shape, 1)))
			if found := len(doc.Unseen) == 1 && doc.Unseen[0].How == draft.Covered && doc.Unseen[0].Where == "paragraph 2"; found != test.found || len(doc.Unseen) > 1 {
				t.Errorf("found %+v", doc.Unseen)
			}
		})
	}
}

// What somebody wanted to be gone from a Word document and left in it is found, and is no part of the text.
func TestAWordDocumentIsBadlyRedacted(t *testing.T) {
	const white, dark = `<w:color w:val="FFFFFF"/>`, `<w:shd w:val="clear" w:color="auto" w:fill="000000"/>`
	for name, test := range map[string]struct {
		how  draft.How
		body string
	}{
		"white":                        {draft.Colour, wordPart("", white)},
		"nearly white":                 {draft.Colour, wordPart("", `<w:color w:val="F4F4F4"/>`)},
		"white by a style":             {draft.Colour, wordPart("", `<w:rStyle w:val="Pale"/>`)},
		"white by a theme":             {draft.Colour, wordPart("", `<w:color w:val="000000" w:themeColor="background1"/>`)},
		"white by a tint":              {draft.Colour, wordPart("", `<w:color w:val="000000" w:themeColor="accent1" w:themeTint="0A"/>`)},
		"nearly white by a shade":      {draft.Colour, wordPart("", `<w:color w:val="000000" w:themeColor="background1" w:themeShade="F2"/>`)},
		"the theme's other white":      {draft.Colour, wordPart("", `<w:color w:themeColor="background2"/>`)},
		"without any fill":             {draft.Colour, wordPart("", `<w14:textFill><w14:noFill/></w14:textFill>`)},
		"transparent":                  {draft.Colour, wordPart("", `<w14:textFill><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/></w14:srgbClr></w14:solidFill></w14:textFill>`)},
		"filled with white":            {draft.Colour, wordPart("", `<w:color w:val="000000"/><w14:textFill><w14:solidFill><w14:schemeClr w14:val="bg1"/></w14:solidFill></w14:textFill>`)},
		"a marker of the same colour":  {draft.Colour, wordPart("", `<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>`)},
		"a black marker":               {draft.Colour, wordPart("", `<w:highlight w:val="black"/>`)},
		"black on a shaded run":        {draft.Colour, wordPart("", `<w:color w:val="000000"/>`+dark)},
		"black on a shaded paragraph":  {draft.Colour, wordPart(dark, `<w:color w:val="0A0A0A"/>`)},
		"dark by styles":               {draft.Colour, wordPart(`<w:pStyle w:val="Dark"/>`, "")},
		"a solid pattern":              {draft.Colour, wordPart(`<w:shd w:val="solid" w:color="1F3864" w:fill="auto"/>`, `<w:color w:val="1F3864"/>`)},
		"a shading by the theme":       {draft.Colour, wordPart(`<w:shd w:val="clear" w:fill="FFFFFF" w:themeFill="accent1"/>`, `<w:color w:themeColor="accent1"/>`)},
		"in a shaded cell":             {draft.Colour, wordCell(`<w:tblStyle w:val="Grid"/>`, "", `<w:shd w:val="clear" w:fill="333333"/>`, wordPart("", `<w:color w:val="333333"/>`))},
		"white in a plain table":       {draft.Colour, wordCell(`<w:tblStyle w:val="Grid"/>`, "", "", wordPart("", white))},
		"black in a black box":         {draft.Colour, wordTextBox(`<a:solidFill><a:srgbClr val="000000"/></a:solidFill>`, "900000", wordPart("", `<w:color w:val="000000"/>`))},
		"lines without height":         {draft.Clipped, wordPart(`<w:spacing w:line="20" w:lineRule="exact"/>`, "")},
		"lines that cut it":            {draft.Clipped, wordPart(`<w:spacing w:line="90" w:lineRule="exact"/>`, `<w:sz w:val="24"/>`)},
		"a row without height":         {draft.Clipped, wordCell("", `<w:trHeight w:val="15" w:hRule="exact"/>`, "", wordPart("", ""))},
		"below the end of its row":     {draft.Clipped, wordCell("", `<w:trHeight w:val="300" w:hRule="exact"/>`, "", `<w:p/><w:p/>`+wordPart("", ""))},
		"below the end of its box":     {draft.Clipped, wordTextBox("", "300000", `<w:p/><w:p/><w:p/>`+wordPart("", ""))},
		"a frame without height":       {draft.Clipped, wordPart(`<w:framePr w:h="10" w:hRule="exact"/>`, "")},
		"very small":                   {draft.Tiny, wordPart("", `<w:sz w:val="2"/>`)},
		"small":                        {draft.Tiny, wordPart("", `<w:sz w:val="4"/>`)},
		"pressed together":             {draft.Tiny, wordPart("", `<w:w w:val="1"/>`)},
		"in pieces of a letter or two": {draft.Colour, `<w:p>` + strings.Repeat(`<w:r><w:rPr>`+white+`</w:rPr><w:t>ab</w:t></w:r>`, 8) + `</w:p>`},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, DOCX, wordOf(test.body))
			if len(doc.Unseen) != 1 || doc.Unseen[0].How != test.how || !strings.HasPrefix(doc.Unseen[0].Where, "paragraph ") || doc.Unseen[0].Letters < 15 {
				t.Errorf("found %+v, want %s", doc.Unseen, test.how)
			}
			if said := draft.TextOf(doc.Root); strings.Contains(said, "Tulip") || !strings.Contains(said, "everybody reads") {
				t.Errorf("the text is %q", said)
			}
		})
	}
}

// What a reader of a Word document sees is no alarm.
func TestAWordDocumentIsNotRedacted(t *testing.T) {
	const white, dark = `<w:color w:val="FFFFFF"/>`, `<w:shd w:val="clear" w:color="auto" w:fill="000000"/>`
	for name, body := range map[string]string{
		"automatic on black":          wordPart(dark, `<w:color w:val="auto"/>`),
		"no colour on black":          wordPart(dark, ""),
		"white on black":              wordPart(dark, white),
		"white on a shaded run":       wordPart("", white+dark),
		"white on a marker":           wordPart("", white+`<w:highlight w:val="darkBlue"/>`),
		"a yellow marker":             wordPart("", `<w:highlight w:val="yellow"/>`),
		"no marker":                   wordPart("", `<w:highlight w:val="none"/>`),
		"grey":                        wordPart("", `<w:color w:val="BFBFBF"/>`),
		"a dark tint":                 wordPart("", `<w:color w:val="FFFFFF" w:themeColor="text1" w:themeTint="A6"/>`),
		"black after all":             wordPart(`<w:pStyle w:val="InkAgain"/>`, ""),
		"white in a banded table":     wordCell(`<w:tblStyle w:val="Banded"/>`, "", "", wordPart("", white)),
		"white in a shaded cell":      wordCell("", "", `<w:shd w:val="clear" w:fill="4472C4"/>`, wordPart("", white)),
		"white in a box upon a photo": wordTextBox(`<a:noFill/>`, "900000", wordPart("", white)),
		"white in a dark box":         wordTextBox(`<a:solidFill><a:schemeClr val="dk2"/></a:solidFill>`, "900000", wordPart("", white)),
		"lines of an exact height":    wordPart(`<w:spacing w:line="240" w:lineRule="exact"/>`, ""),
		"a row of an exact height":    wordCell("", `<w:trHeight w:val="400" w:hRule="exact"/>`, "", wordPart("", "")),
		"small print":                 wordPart("", `<w:sz w:val="10"/>`),
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, DOCX, wordOf(body))
			if len(doc.Unseen) > 0 || !strings.Contains(draft.TextOf(doc.Root), "Tulip4711") {
				t.Errorf("found %+v in %q", doc.Unseen, draft.TextOf(doc.Root))
			}
		})
	}
}
