package office

import (
	"context"
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadOpenDocument reads a text in OpenDocument format (ISO/IEC 26300), as LibreOffice writes it: with
// insertions and without deletions, hidden text and tables of contents.
func ReadOpenDocument(ctx context.Context, body []byte) (*draft.Draft, error) {
	pack, err := openArchive(ctx, body, "p", "h", "span", "a", "ruby-base")
	if err != nil {
		return nil, err
	}
	parts := make(map[string]*xmlNode)
	for _, name := range []string{"META-INF/manifest.xml", "styles.xml", "meta.xml", "content.xml"} {
		if parts[name], err = pack.part(name); err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "META-INF/") && parts[name].find("encryption-data") != nil {
			return nil, draft.Problemf(draft.Encrypted, "needs a password")
		}
	}
	text := parts["content.xml"].child("body").child("text")
	if text == nil {
		return nil, draft.Problemf(draft.Broken, "has no text in the OpenDocument format in it")
	}
	o := &openText{
		pack: pack, meter: budget.From(ctx), styles: make(map[string]*openStyle), lists: make(map[string]*xmlNode),
		counts: make(map[string]*[maxLevels]int), numbered: make(map[*html.Node]string),
	}
	o.readStyles(parts["styles.xml"])
	o.readStyles(parts["content.xml"])
	article := draft.Element(atom.Article)
	o.blocks(&place{node: article, ground: known3(255, 255, 255)}, text.children)
	o.notes.write(article, func(item *html.Node, note *xmlNode) {
		o.blocks(&place{node: item, ground: known3(255, 255, 255)}, note.child("note-body").nodes())
	})
	d := &draft.Draft{Article: article, Title: o.title, Numbered: o.numbered, Unseen: o.unseen.All}
	given := draft.OneLine(parts["meta.xml"].child("meta").child("title").text())
	if draft.IsTitle(given) || d.Title == "" {
		d.Title = given
	}
	return d, nil
}

// openText writes the parts of an OpenDocument text as HTML.
type openText struct {
	pack   *archive
	meter  *budget.Meter
	styles map[string]*openStyle // by family and name
	lists  map[string]*xmlNode   // list styles by name; "" is that of headings

	title      string // text in the style Title
	counts     map[string]*[maxLevels]int
	numbered   map[*html.Node]string // headings by the numbers that they begin with
	notes      footnotes
	paragraphs int // number of paragraphs read
	unseen     draft.Places
}

func (o *openText) blocks(to *place, nodes []*xmlNode) {
	for _, n := range nodes {
		switch n.name {
		case "p":
			o.paragraph(to, n)
		case "h":
			o.heading(to, n, "")
		case "list":
			o.list(to, n, "", 0)
		case "table":
			o.table(to, n)
		case "section":
			if n.attr("display") != "none" {
				o.blocks(to, n.children)
			}
		case "bibliography":
			o.blocks(to, n.child("index-body").nodes())
		case "frame", "custom-shape", "g":
			o.frame(to, n)
		}
	}
}

func (o *openText) paragraph(to *place, n *xmlNode) {
	line, style, boxes := o.line(to, n)
	if !line.isEmpty() {
		switch called := style.called(); {
		case called == "title":
			if o.title == "" {
				o.title = draft.OneLine(draft.TextOf(line.line))
			}
			to.block(draft.Heading(1, htmltree.Text(draft.OneLine(draft.TextOf(line.line)))))
		case style.isCode() || line.isCode():
			to.codeLine(draft.TextOf(line.line))
		case strings.Contains(called, "quot"):
			to.block(draft.Element(atom.Blockquote, line.line))
		default:
			to.block(line.line)
		}
	}
	o.frames(to, boxes)
}

// heading writes a heading, with its number if it is an item of a list.
func (o *openText) heading(to *place, n *xmlNode, number string) {
	line, _, boxes := o.line(to, n)
	level := max(n.number("outline-level"), 1)
	if !isOne(n.attr("is-list-header")) && number == "" {
		_, number = o.count("", "", level-1, 0)
	}
	if !line.isEmpty() {
		h := draft.Heading(level)
		htmltree.MoveChildren(h, line.line)
		if number != "" {
			o.numbered[h] = number
			h.InsertBefore(htmltree.Text(number+" "), h.FirstChild)
		}
		to.block(h)
	}
	o.frames(to, boxes)
}

// line reads a paragraph, and what is anchored in it.
func (o *openText) line(to *place, n *xmlNode) (*openLine, *openStyle, []*xmlNode) {
	o.meter.Make(1)
	o.paragraphs++
	style := o.styles["paragraph "+n.attr("style-name")]
	line := &openLine{lineWriter: newLine(o.meter), text: o, ground: style.ground().or(to.ground)}
	line.into(line.line, style.look(), n.children)
	line.end()
	where := "paragraph " + strconv.Itoa(o.paragraphs)
	if to.cell {
		where += ", in a table"
	}
	o.unseen.Add(draft.Colour, where, line.unseen)
	return line, style, line.boxes
}

// list writes a list with its nested lists. Each level is numbered by the style of the outermost list.
func (o *openText) list(to *place, n *xmlNode, style string, level int) {
	if given := n.attr("style-name"); given != "" {
		style = given
	}
	if !isOne(n.attr("continue-numbering")) && n.attr("continue-list") == "" {
		if counts := o.counts[style]; counts != nil {
			counts[min(level, maxLevels-1)] = 0
		}
	}
	var list *html.Node
	for _, item := range n.children {
		if item.name != "list-item" && item.name != "list-header" {
			continue
		}
		number, label := 0, ""
		if content := item.content(); item.name == "list-item" && content != nil {
			number, label = o.count(style, style, level, item.number("start-value"))
			if content.name == "h" {
				o.heading(to, content, label)
				list = nil
				o.blocks(to, item.after(content))
				continue
			}
		}
		li := draft.Element(atom.Li)
		inside := &place{node: li, ground: to.ground, cell: to.cell}
		for _, c := range item.children {
			if c.name == "list" {
				o.list(inside, c, style, level+1)
			} else {
				o.blocks(inside, []*xmlNode{c})
			}
		}
		if li.FirstChild == nil {
			continue
		}
		as := o.levelOf(style, level)
		if !as.isPlain() && label != "" && li.FirstChild.DataAtom == atom.P {
			li.FirstChild.InsertBefore(htmltree.Text(label+" "), li.FirstChild.FirstChild)
			as.format = "none"
		}
		if list == nil {
			list = listFrom(as.element(), as.htmlType(), number)
			to.block(list)
		}
		list.AppendChild(li)
	}
}

// content returns the first paragraph or heading of an item, or nil if the item only has lists.
func (n *xmlNode) content() *xmlNode {
	for _, c := range n.nodes() {
		if c.name == "p" || c.name == "h" {
			return c
		}
	}
	return nil
}

// after returns the children of n after one of them.
func (n *xmlNode) after(child *xmlNode) []*xmlNode {
	for i, c := range n.children {
		if c == child {
			return n.children[i+1:]
		}
	}
	return nil
}

// table writes a table with its merged cells.
func (o *openText) table(to *place, n *xmlNode) {
	table := draft.Element(atom.Table)
	o.rows(table, n.children, atom.Td, to.ground)
	if table.FirstChild != nil {
		to.block(table)
	}
}

func (o *openText) rows(table *html.Node, nodes []*xmlNode, tag atom.Atom, ground wordColour) {
	for _, n := range nodes {
		switch n.name {
		case "table-header-rows":
			o.rows(table, n.children, atom.Th, ground)
		case "table-rows", "table-row-group":
			o.rows(table, n.children, tag, ground)
		case "table-row":
			if n.attr("visibility") != "collapse" && n.attr("visibility") != "filter" {
				o.row(table, n, tag, ground)
			}
		}
	}
}

func (o *openText) row(table *html.Node, n *xmlNode, tag atom.Atom, ground wordColour) {
	tr := draft.Element(atom.Tr)
	for _, cell := range n.all("table-cell") {
		for range min(max(cell.number("number-columns-repeated"), 1), maxRepeated) {
			o.meter.Make(1)
			td := spanning(draft.Element(tag), cell.number("number-columns-spanned"), cell.number("number-rows-spanned"))
			inside := &place{node: td, cell: true, ground: o.styles["table-cell "+cell.attr("style-name")].ground().or(ground)}
			o.blocks(inside, cell.children)
			tr.AppendChild(td)
		}
	}
	table.AppendChild(tr)
}

// maxRepeated is how often a cell that stands in the file once is repeated at most.
const maxRepeated = 100

// frames writes what is anchored in a paragraph, below it.
func (o *openText) frames(to *place, boxes []*xmlNode) {
	for _, box := range boxes {
		o.frame(to, box)
	}
}

// frame writes the text of a box or a shape, or the inline content in its place.
func (o *openText) frame(to *place, n *xmlNode) {
	o.meter.Spend(10)
	ground := to.ground
	defer func() { to.ground = ground }()
	to.ground = wordColour{is: unknown}
	switch {
	case n.child("text-box") != nil:
		o.blocks(to, n.child("text-box").children)
	case n.name != "frame":
		o.blocks(to, n.children)
	default:
		if said := o.inline(n); said != nil {
			to.block(draft.Element(atom.P, said))
		}
	}
}

// inline returns what a frame without text shows: an equation, or the description of its picture. It returns
// nil if there is nothing.
func (o *openText) inline(n *xmlNode) *html.Node {
	if math := o.equation(n.child("object")); math != nil {
		return o.markup(math)
	}
	for _, name := range []string{"desc", "title"} {
		if said := draft.OneLine(n.child(name).text()); said != "" {
			return htmltree.Text("[" + said + "]")
		}
	}
	return nil
}

// equation returns an equation in MathML, which is in the text or in a part of its own. It returns nil for
// another object, and for one that cannot be read.
func (o *openText) equation(object *xmlNode) *xmlNode {
	math := object.child("math")
	if math == nil && object.attr("href") != "" {
		math, _ = o.pack.part(path.Join(object.attr("href"), "content.xml"))
	}
	if math == nil || math.name != "math" {
		return nil
	}
	return math
}

// markup returns an equation as MathML in HTML.
func (o *openText) markup(n *xmlNode) *html.Node {
	o.meter.Make(1)
	if n.name == "" {
		return htmltree.Text(n.data)
	}
	element := &html.Node{Type: html.ElementNode, Namespace: "math", Data: n.name, DataAtom: atom.Lookup([]byte(n.name))}
	for _, c := range n.children {
		if c.name != "annotation" {
			element.AppendChild(o.markup(c))
		}
	}
	return element
}
