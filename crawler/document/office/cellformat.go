package office

import (
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// cellFormats formats the values of a workbook's cells. Excelize applies the number formats, to one cell in
// a workbook of its own. Reading whole files with it takes much more memory and time than an untrusted file
// may.
type cellFormats struct {
	codes  []string // number formats of cells, by the index of their style
	unseen []bool   // by the same index: text has the colour of its background
	paper  *excelize.File
	styles map[string]int // of paper, by number format
}

// builtIn is the prefix of a format that Excel identifies by a number.
const builtIn = "#"

func readFormats(styles, theme *xmlNode, since1904 bool) *cellFormats {
	f := &cellFormats{paper: excelize.NewFile(), styles: make(map[string]int)}
	if since1904 {
		_ = f.paper.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}) // a new workbook takes it
	}
	own := make(map[string]string)
	for _, n := range styles.child("numFmts").all("numFmt") {
		own[n.attr("numFmtId")] = n.attr("formatCode")
	}
	colours := readTheme(theme, nil)
	fonts, fills := styles.child("fonts").all("font"), styles.child("fills").all("fill")
	for _, xf := range styles.child("cellXfs").all("xf") {
		id := xf.attr("numFmtId")
		code, ok := own[id]
		if !ok {
			code = builtIn + id
		}
		f.codes = append(f.codes, code)
		text, ground := wordColour{is: automatic}, known3(255, 255, 255)
		if i := xf.number("fontId"); i < len(fonts) {
			text = cellColour(fonts[i].child("color"), colours)
		}
		if i := xf.number("fillId"); i < len(fills) {
			ground = groundOf(fills[i], colours)
		}
		f.unseen = append(f.unseen, ground.hides(text))
	}
	return f
}

// groundOf returns the colour of a fill.
func groundOf(fill *xmlNode, theme wordTheme) wordColour {
	switch pattern := fill.child("patternFill"); pattern.attr("patternType") {
	case "none", "":
		if fill.child("gradientFill") != nil {
			return wordColour{is: unknown}
		}
		return known3(255, 255, 255)
	case "solid":
		return cellColour(pattern.child("fgColor"), theme)
	}
	return wordColour{is: unknown}
}

// cellColour reads a colour of a workbook. A shaded one, or one of the old palette, is unknown.
func cellColour(n *xmlNode, theme wordTheme) wordColour {
	rgb := n.attr("rgb")
	if ink, ok := hexColour(rgb[max(len(rgb)-6, 0):]); ok {
		return wordColour{known, ink}
	}
	if n.attr("theme") != "" && n.attr("tint") == "" {
		names := []string{"lt1", "dk1", "lt2", "dk2"}
		if i := n.number("theme"); i < len(names) {
			if ink, ok := theme[names[i]]; ok {
				return wordColour{known, ink}
			}
		}
	}
	return wordColour{is: unknown}
}

// hides reports whether cells of a style show no text because it has the colour of its background.
func (f *cellFormats) hides(style int) bool { return style < len(f.unseen) && f.unseen[style] }

// number returns what a cell of a style shows for a number.
func (f *cellFormats) number(style int, value string) string {
	code := ""
	if style < len(f.codes) {
		code = f.codes[style]
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	if code == "" || code == builtIn+"0" || strings.EqualFold(code, "general") {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	if shown, ok := f.shown(code, number); ok {
		return shown
	}
	return value
}

// shown returns the number as Excelize formats it.
func (f *cellFormats) shown(code string, number float64) (string, bool) {
	const sheet, at = "Sheet1", "A1"
	style, known := f.styles[code]
	if !known {
		as := &excelize.Style{CustomNumFmt: &code}
		if id, ok := strings.CutPrefix(code, builtIn); ok {
			n, err := strconv.Atoi(id)
			if err == nil {
				as = &excelize.Style{NumFmt: n}
			}
		}
		var err error
		if style, err = f.paper.NewStyle(as); err != nil || len(f.styles) >= maxFormats {
			style = -1
		}
		f.styles[code] = style
	}
	if style < 0 || f.paper.SetCellStyle(sheet, at, at, style) != nil ||
		f.paper.SetCellFloat(sheet, at, number, -1, 64) != nil {
		return "", false
	}
	shown, err := f.paper.GetCellValue(sheet, at)
	return draft.OneLine(shown), err == nil
}

// maxFormats is how many formats of a workbook are used.
const maxFormats = 1000

func (f *cellFormats) close() { _ = f.paper.Close() }
