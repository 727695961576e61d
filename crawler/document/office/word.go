package office

import (
	"context"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadWord reads a Word document (ECMA-376, WordprocessingML) as its reader sees it:
// with insertions and without deletions, without hidden text, and without what stands
// at the edges of pages.
func ReadWord(ctx context.Context, body []byte) (*draft.Draft, error) {
	pack, err := openArchive(ctx, body)
	if err != nil {
		return nil, err
	}
	main := pack.mainPart("word/document.xml")
	document, err := pack.part(main)
	if err != nil {
		return nil, err
	}
	if document == nil || document.child("body") == nil {
		return nil, draft.Problemf(draft.Broken, "has no text of a Word document in it")
	}
	w := &word{
		meter: budget.From(ctx), links: make(map[string]string), chunks: make(map[string][]*html.Node),
		notes: make(map[string]*xmlNode), counts: make(map[string]*[9]int), numbered: make(map[*html.Node]string),
	}
	beside := map[string]*xmlNode{}
	for _, r := range pack.relations(main) {
		kind := path.Base(r.kind)
		switch kind {
		case "hyperlink":
			w.links[r.id] = r.target
		case "aFChunk":
			if w.chunks[r.id], err = pack.chunk(r.target); err != nil {
				return nil, err
			}
		case "styles", "numbering", "footnotes", "endnotes", "theme", "settings":
			if beside[kind], err = pack.part(r.target); err != nil {
				return nil, err
			}
		}
	}
	w.styles = readStyles(beside["styles"])
	w.theme = readTheme(beside["theme"], beside["settings"])
	w.readDefaults(beside["styles"])
	paper := known3(255, 255, 255)
	if beside["settings"].child("displayBackgroundShape").on() {
		paper = w.theme.said(document.child("background"), "color", "themeColor", "themeTint", "themeShade").or(paper)
	}
	w.paper = paper
	w.numbering = readNumbering(beside["numbering"])
	for _, kind := range []string{"footnote", "endnote"} {
		for _, note := range beside[kind+"s"].all(kind) {
			w.notes[kind+note.attr("id")] = note
		}
	}
	article := draft.Element(atom.Article)
	w.blocks(&place{node: article, ground: paper}, document.child("body").children)
	w.noted.write(article, func(item *html.Node, note *xmlNode) {
		w.blocks(&place{node: item, ground: w.paper}, note.children)
	})
	d := &draft.Draft{Article: article, Title: w.title, Numbered: w.numbered, Unseen: w.unseen.All}
	given, err := pack.givenTitle()
	if err != nil {
		return nil, err
	}
	if draft.IsTitle(given) || d.Title == "" {
		d.Title = given
	}
	return d, nil
}

// word writes the parts of a Word document as HTML.
type word struct {
	meter     *budget.Meter
	styles    map[string]*wordStyle
	numbering map[string]*[9]wordLevel
	links     map[string]string
	notes     map[string]*xmlNode     // by their kinds and IDs
	chunks    map[string][]*html.Node // embedded parts of other formats

	title  string // text in the style Title
	counts map[string]*[9]int
	// numbered maps headings to the numbers that they begin with.
	numbered map[*html.Node]string
	fields   []field // the open ones
	noted    footnotes

	theme        wordTheme
	normal       *wordStyle // style of paragraphs that name none
	plain        contrast
	plainSpacing *xmlNode
	paper        wordColour
	paragraphs   int // number of paragraphs read
	unseen       draft.Places
}

// field is a field of the document: an instruction, and the text that it produced.
type field struct {
	instruction string // its beginning, which contains the name
	skips       bool   // the current text is its instruction, or a copy of text elsewhere in the document
}

func (w *word) blocks(to *place, nodes []*xmlNode) {
	for _, n := range nodes {
		switch n.name {
		case "p":
			w.paragraph(to, n)
		case "tbl":
			w.table(to, n)
		case "sdt":
			if !strings.EqualFold(n.find("docPartGallery").attr("val"), "Table of Contents") {
				w.blocks(to, n.child("sdtContent").nodes())
			}
		case "AlternateContent":
			w.blocks(to, n.chosen())
		case "customXml", "ins", "moveTo", "smartTag", "txbxContent":
			w.blocks(to, n.children)
		case "altChunk":
			for _, block := range w.chunks[n.attr("id")] {
				to.block(block)
			}
			delete(w.chunks, n.attr("id"))
		}
	}
}

var tocStyle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:toc|table of figures|index) ?\d*$`)
})

func (w *word) paragraph(to *place, p *xmlNode) {
	w.meter.Make(1)
	properties := p.child("pPr")
	style := w.styles[properties.child("pStyle").attr("val")]
	run := &wordRun{lineWriter: newLine(w.meter), w: w, base: style.look()}
	run.base.contrast, run.ground = w.setOf(properties, style, to.ground)
	w.paragraphs++
	run.height = to.take(run.base.contrast.size, w.lineOf(properties, style))
	run.write(p.children)
	w.tell(run, to)
	said := strings.TrimSpace(draft.TextOf(run.line))
	w.tellCovered(run, said, properties, w.where(to))
	if tocStyle().MatchString(style.called()) || said == "" && len(run.boxes) == 0 {
		return
	}
	defer func() {
		for _, box := range run.boxes {
			w.boxed(to, box)
		}
	}()
	if said == "" {
		return
	}
	level := style.level()
	if outline := properties.child("outlineLvl"); outline != nil {
		level = outline.number("val") + 1
	}
	called := style.called()
	list, depth := w.numberingOf(properties, style)
	switch {
	case called == "title":
		if w.title == "" {
			w.title = draft.OneLine(said)
		}
		to.block(draft.Heading(1, htmltree.Text(draft.OneLine(said))))
	case level >= 1 && level <= 9:
		h := draft.Heading(level)
		htmltree.MoveChildren(h, run.line)
		if list != "" {
			as, counts := w.count(list, depth)
			if number := w.label(list, as, counts); number != "" {
				w.numbered[h] = number
				h.InsertBefore(htmltree.Text(number+" "), h.FirstChild)
			}
		}
		to.block(h)
	case style.isCode() || run.isCode():
		to.codeLine(draft.TextOf(run.line))
	case list != "":
		w.item(to, list, depth, run.line)
	case strings.Contains(called, "quote"):
		to.block(draft.Element(atom.Blockquote, run.line))
	case len(to.lists) > 0 && continuesList(called) && properties.child("ind") != nil:
		to.lists[len(to.lists)-1].item.AppendChild(run.line)
	default:
		to.block(run.line)
	}
}

// continuesList reports whether a style is used for further paragraphs of a list item.
func continuesList(style string) bool {
	return style == "list paragraph" || strings.HasPrefix(style, "list continue")
}

// boxed writes the content of a text box after the paragraph that it is anchored in.
func (w *word) boxed(to *place, box wordBox) {
	ground, room := to.ground, to.room
	to.ground, to.room = box.ground, box.room
	w.blocks(to, box.blocks)
	to.ground, to.room = ground, room
}

// item adds an item to its list, or begins a list with it.
func (w *word) item(to *place, id string, level int, line *html.Node) {
	as, counts := w.count(id, level)
	if !as.isPlain() {
		if label := w.label(id, as, counts); label != "" {
			line.InsertBefore(htmltree.Text(label+" "), line.FirstChild)
			as.format = "none"
		}
	}
	to.item(level, id, func() *html.Node { return listFrom(as.element(), as.htmlType(), counts[level]) }, line)
}

// table writes a table with its merged cells.
func (w *word) table(to *place, t *xmlNode) {
	styled := t.child("tblPr").child("tblStyle") != nil
	look := t.child("tblPr").child("tblLook")
	firstRow := styled && (look.attr("firstRow") == "1" || look.bits("val")&0x20 != 0)
	behind := w.behindTable(t, to.ground)
	table := draft.Element(atom.Table)
	above := make(map[int]*html.Node) // the cell that continues in the next row, by column
	cells := 0
	for i, row := range t.rows() {
		properties := row.child("trPr")
		if properties.child("hidden").on() || properties.child("del") != nil {
			continue
		}
		height := properties.child("trHeight")
		tag := atom.Td
		if properties.child("tblHeader").on() || firstRow && i == 0 {
			tag = atom.Th
		}
		tr := draft.Element(atom.Tr)
		column := properties.child("gridBefore").number("val")
		for _, cell := range row.cells() {
			how := cell.child("tcPr")
			wide := min(max(how.child("gridSpan").number("val"), 1), 1000)
			merge := how.child("vMerge")
			if merge != nil && merge.attr("val") != "restart" && above[column] != nil {
				spanned(above[column])
				column += wide
				continue
			}
			w.meter.Make(1)
			td := spanning(draft.Element(tag), wide, 1)
			delete(above, column)
			if merge != nil {
				above[column] = td
			}
			in := &place{node: td, cell: true, ground: w.theme.shading(how.child("shd")).or(behind)}
			if height.attr("hRule") == "exact" && merge == nil {
				in.room = max(height.number("val"), 1)
			}
			w.blocks(in, cell.children)
			tr.AppendChild(td)
			column += wide
			cells++
		}
		table.AppendChild(tr)
	}
	switch {
	case cells == 1: // a frame around text
		for n := range table.Descendants() {
			if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
				for _, child := range draft.Children(n) {
					to.block(child)
				}
				return
			}
		}
	case cells > 0:
		to.block(table)
	}
}

// spanned increments the rowspan of a cell.
func spanned(cell *html.Node) {
	for i, a := range cell.Attr {
		if a.Key == "rowspan" {
			n, _ := strconv.Atoi(a.Val)
			cell.Attr[i].Val = strconv.Itoa(n + 1)
			return
		}
	}
	cell.Attr = append(cell.Attr, html.Attribute{Key: "rowspan", Val: "2"})
}
