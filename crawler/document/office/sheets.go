package office

import (
	"context"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadSheets reads an Excel workbook (ECMA-376, SpreadsheetML). Each visible sheet becomes a section under
// its name, with the values as the workbook shows them. Blank rows separate the tables of a sheet. Hidden
// rows, columns and sheets are left out.
func ReadSheets(ctx context.Context, body []byte) (*draft.Draft, error) {
	pack, err := openArchive(ctx, body)
	if err != nil {
		return nil, err
	}
	main := pack.mainPart("xl/workbook.xml")
	book, err := pack.part(main)
	if err != nil {
		return nil, err
	}
	if book.child("sheets") == nil {
		return nil, draft.Problemf(draft.Broken, "has no workbook in it")
	}
	r := &sheetReader{pack: pack, meter: budget.From(ctx)}
	relations := pack.relations(main)
	related := byID(relations)
	if err := r.readShared(relations, isOne(book.child("workbookPr").attr("date1904"))); err != nil {
		return nil, err
	}
	defer r.formats.close()
	article := draft.Element(atom.Article)
	for _, sheet := range book.child("sheets").all("sheet") {
		if state := sheet.attr("state"); state == "hidden" || state == "veryHidden" {
			continue
		}
		name := draft.OneLine(sheet.attr("name"))
		section, err := r.sheet(name, related[sheet.reference(related)].target)
		if err != nil {
			return nil, err
		}
		if section.FirstChild != nil {
			article.AppendChild(draft.Heading(2, htmltree.Text(name)))
			htmltree.MoveChildren(article, section)
		}
	}
	title, err := pack.givenTitle()
	if err != nil {
		return nil, err
	}
	return &draft.Draft{Article: article, Title: title, Parts: true, Unseen: r.unseen.All}, nil
}

// sheetReader reads the sheets of one workbook.
type sheetReader struct {
	pack    *archive
	meter   *budget.Meter
	strings []string // texts that cells share
	formats *cellFormats
	cells   int // cells of all sheets, including blank ones
	text    int // bytes of text
	unseen  draft.Places
}

// readShared reads what all sheets share: texts and formats.
func (r *sheetReader) readShared(relations []relation, since1904 bool) error {
	parts := make(map[string]*xmlNode)
	for _, rel := range relations {
		for _, kind := range []string{"sharedStrings", "styles", "theme"} {
			if !strings.HasSuffix(rel.kind, "/"+kind) {
				continue
			}
			var err error
			if parts[kind], err = r.pack.part(rel.target); err != nil {
				return err
			}
		}
	}
	for _, item := range parts["sharedStrings"].all("si") {
		r.strings = append(r.strings, richText(item))
	}
	r.formats = readFormats(parts["styles"], parts["theme"], since1904)
	return nil
}

// richText returns the text of a string with several formats, without its phonetic guide.
func richText(n *xmlNode) string {
	var out strings.Builder
	for _, c := range n.nodes() {
		switch c.name {
		case "t":
			out.WriteString(c.text())
		case "r":
			out.WriteString(c.child("t").text())
		}
	}
	return out.String()
}

// sheet reads and writes a sheet.
func (r *sheetReader) sheet(name, part string) (section *html.Node, err error) {
	root, err := r.pack.part(part)
	if err != nil {
		return nil, err
	}
	g := newGrid()
	for _, columns := range root.child("cols").all("col") {
		if isOne(columns.attr("hidden")) {
			for c := columns.number("min"); c >= 1 && c <= min(columns.number("max"), maxColumns); c++ {
				r.meter.Spend(1)
				g.closed[c-1] = true
			}
		}
	}
	at := -1
	for _, row := range root.child("sheetData").all("row") {
		at++
		if given := row.number("r"); given > 0 {
			at = given - 1
		}
		if isOne(row.attr("hidden")) {
			g.hidden[at] = true
			continue
		}
		if err := r.row(g, at, row, name); err != nil {
			return nil, err
		}
	}
	for _, merge := range root.child("mergeCells").all("mergeCell") {
		r.meter.Spend(10)
		g.merge(merge.attr("ref"))
	}
	links := byID(r.pack.relations(part))
	for _, link := range root.child("hyperlinks").all("hyperlink") {
		first, _, _ := strings.Cut(link.attr("ref"), ":")
		if row, column, ok := cellAt(first); ok {
			g.links[cell{row, column}] = links[link.reference(links)].target
		}
	}
	section = draft.Element(atom.Section)
	return section, g.write(section, r)
}

// row reads the cells of a row.
func (r *sheetReader) row(g *grid, at int, row *xmlNode, sheet string) error {
	column := -1
	for _, c := range row.all("c") {
		r.meter.Spend(5)
		column++
		if _, given, ok := cellAt(c.attr("r")); ok {
			column = given
		}
		if g.closed[column] {
			continue
		}
		said := strings.TrimSpace(r.value(c))
		if said == "" {
			continue
		}
		if r.formats.hides(c.number("s")) {
			r.unseen.Add(draft.Colour, "sheet "+sheet+", row "+strconv.Itoa(at+1), draft.CountSaid(said))
			continue
		}
		if r.text += len(said); r.text > draft.MaxText {
			return draft.Problemf(draft.TooLarge, "has more than %d bytes of text", draft.MaxText)
		}
		g.set(cell{at, column}, said)
		if err := r.count(1); err != nil {
			return err
		}
	}
	return nil
}

// count counts written cells.
func (r *sheetReader) count(cells int) error {
	if r.cells += cells; r.cells > budget.Cells {
		return draft.Problemf(draft.TooLarge, "has more than %d cells", budget.Cells)
	}
	return nil
}

// value returns what a cell shows.
func (r *sheetReader) value(c *xmlNode) string {
	said := c.child("v").text()
	switch c.attr("t") {
	case "s":
		if i, err := strconv.Atoi(said); err == nil && i >= 0 && i < len(r.strings) {
			return r.strings[i]
		}
		return ""
	case "inlineStr":
		return richText(c.child("is"))
	case "b":
		if isOne(said) {
			return "TRUE"
		}
		return "FALSE"
	case "str", "e", "d":
		return said
	}
	return r.formats.number(c.number("s"), said)
}
