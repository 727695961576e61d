package office

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadSlides reads a PowerPoint presentation (ECMA-376, PresentationML). Each visible slide becomes a
// section under its title, with the speaker's notes at its end.
func ReadSlides(ctx context.Context, body []byte) (*draft.Draft, error) {
	pack, err := openArchive(ctx, body)
	if err != nil {
		return nil, err
	}
	main := pack.mainPart("ppt/presentation.xml")
	presentation, err := pack.part(main)
	if err != nil {
		return nil, err
	}
	if presentation == nil || presentation.name != "presentation" {
		return nil, draft.Problemf(draft.Broken, "has no presentation in it")
	}
	r := &slideReader{pack: pack, meter: budget.From(ctx), masters: make(map[string]*slideMaster)}
	related := byID(pack.relations(main))
	article := draft.Element(atom.Article)
	for i, id := range presentation.child("sldIdLst").all("sldId") {
		if err := r.slide(article, i+1, related[id.reference(related)].target); err != nil {
			return nil, err
		}
	}
	title, err := pack.givenTitle()
	if err != nil {
		return nil, err
	}
	return &draft.Draft{Article: article, Title: title, Line: r.first, Parts: true}, nil
}

// slideReader reads the slides of one presentation.
type slideReader struct {
	first   string // title of the first slide that has one
	pack    *archive
	meter   *budget.Meter
	masters map[string]*slideMaster // by the part of the layout
}

// slide is the content of one slide.
type slide struct {
	*slideReader
	related map[string]relation
	master  *slideMaster
	title   *html.Node // nil if it has none
	body    *html.Node
}

func (r *slideReader) slide(article *html.Node, number int, part string) error {
	root, err := r.pack.part(part)
	if err != nil || root == nil || root.attr("show") == "0" || root.attr("show") == "false" {
		return err
	}
	relations := r.pack.relations(part)
	s := &slide{slideReader: r, related: byID(relations), body: draft.Element(atom.Section)}
	var notes *xmlNode
	for _, rel := range relations {
		switch path.Base(rel.kind) {
		case "slideLayout":
			s.master, err = r.masterOf(rel.target)
		case "notesSlide":
			notes, err = r.pack.part(rel.target)
		}
		if err != nil {
			return err
		}
	}
	if err := s.shapes(root.child("cSld").child("spTree").nodes()); err != nil {
		return err
	}
	said := s.body.FirstChild != nil
	if s.title == nil && (said || notes != nil) {
		s.title = draft.Heading(2, htmltree.Text(fmt.Sprintf("Slide %d", number)))
	}
	if s.title != nil {
		article.AppendChild(s.title)
	}
	htmltree.MoveChildren(article, s.body)
	s.notes(article, notes)
	return nil
}

// notes adds the speaker's notes.
func (s *slide) notes(article *html.Node, notes *xmlNode) {
	from := &slide{slideReader: s.slideReader, body: draft.Element(atom.Section)}
	for _, shape := range notes.child("cSld").child("spTree").all("sp") {
		if shape.placeholder().attr("type") == "body" {
			from.text(shape, nil)
		}
	}
	if from.body.FirstChild != nil {
		article.AppendChild(draft.Heading(3, htmltree.Text("Notes")))
		htmltree.MoveChildren(article, from.body)
	}
}

// shapes reads the shapes of a slide in reading order.
func (s *slide) shapes(nodes []*xmlNode) error {
	for _, n := range nodes {
		s.meter.Spend(10)
		if n.drawn().attr("hidden") == "1" {
			continue
		}
		var err error
		switch n.name {
		case "grpSp":
			err = s.shapes(n.children)
		case "AlternateContent":
			err = s.shapes(n.chosen())
		case "sp":
			s.shape(n)
		case "pic":
			s.picture(n)
		case "graphicFrame":
			err = s.graphic(n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// drawn returns the general properties of a shape of any kind.
func (n *xmlNode) drawn() *xmlNode {
	for _, c := range n.nodes() {
		if strings.HasPrefix(c.name, "nv") && strings.HasSuffix(c.name, "Pr") {
			return c.child("cNvPr")
		}
	}
	return nil
}

// placeholder returns the placeholder of its layout that a shape fills, or nil.
func (n *xmlNode) placeholder() *xmlNode { return n.child("nvSpPr").child("nvPr").child("ph") }

func (s *slide) shape(n *xmlNode) {
	place := n.placeholder()
	switch place.attr("type") {
	case "dt", "ftr", "sldNum", "hdr", "sldImg": // at the edges of each slide
	case "title", "ctrTitle":
		title := draft.OneLine(n.child("txBody").allText("t"))
		if title == "" {
			return
		}
		if s.title == nil {
			s.title = draft.Heading(2, htmltree.Text(title))
			s.first = cmp.Or(s.first, title)
			return
		}
		s.body.AppendChild(draft.Heading(3, htmltree.Text(title)))
	default:
		s.text(n, place)
	}
}

func (s *slide) picture(n *xmlNode) {
	if said := draft.OneLine(n.drawn().attr("descr")); said != "" {
		s.body.AppendChild(draft.Element(atom.P, htmltree.Text("["+said+"]")))
	}
}

// text writes the paragraphs of a shape. Those with bullets become nested lists.
func (s *slide) text(shape, placeholder *xmlNode) {
	at := &place{node: s.body}
	for _, p := range shape.child("txBody").all("p") {
		s.meter.Make(1)
		line := s.line(p)
		if line == nil {
			continue
		}
		level := min(p.child("pPr").number("lvl"), 8)
		tag := s.master.bullet(shape, placeholder, p, level)
		if tag == 0 {
			at.block(line)
			continue
		}
		at.item(level, tag.String(), func() *html.Node { return draft.Element(tag) }, line)
	}
}

// line returns a paragraph, or nil if it has no text.
func (s *slide) line(p *xmlNode) *html.Node {
	w := newLine(s.meter)
	s.runs(&w, w.line, p.children)
	if w.end(); w.isEmpty() {
		return nil
	}
	return w.line
}

// runs writes the text of a paragraph.
func (s *slide) runs(w *lineWriter, to *html.Node, nodes []*xmlNode) {
	for _, n := range nodes {
		switch n.name {
		case "br":
			to.AppendChild(draft.Element(atom.Br))
		case "fld":
			if kind := n.attr("type"); kind == "slidenum" || strings.HasPrefix(kind, "datetime") {
				continue
			}
			w.text(to, look{}, n.allText("t"))
		case "r":
			s.run(w, to, n)
		case "m", "oMathPara", "oMath":
			w.math(to, n.children)
		case "AlternateContent":
			s.runs(w, to, n.chosen())
		}
	}
}

func (s *slide) run(w *lineWriter, to *html.Node, n *xmlNode) {
	properties := n.child("rPr")
	strike := properties.attr("strike")
	look := look{
		bold: isOne(properties.attr("b")), italic: isOne(properties.attr("i")),
		strike: strike == "sngStrike" || strike == "dblStrike",
		mono:   isMonoFont(properties.child("latin").attr("typeface")),
	}
	switch raised, _ := strconv.Atoi(properties.attr("baseline")); {
	case raised > 0:
		look.raised = "sup"
	case raised < 0:
		look.raised = "sub"
	}
	if link := properties.child("hlinkClick"); link != nil {
		if target := s.related[link.reference(s.related)]; strings.HasSuffix(target.kind, "/hyperlink") {
			inside := draft.With(draft.Element(atom.A), "href", target.target)
			to.AppendChild(inside)
			to = inside
		}
	}
	w.text(to, look, n.child("t").text())
}

// graphic writes a table, a chart or a diagram.
func (s *slide) graphic(n *xmlNode) error {
	data := n.child("graphic").child("graphicData")
	if table := data.child("tbl"); table != nil {
		s.table(table)
		return nil
	}
	if ids := data.child("relIds"); ids != nil {
		return s.diagram(ids)
	}
	if chart := data.child("chart"); chart != nil {
		return s.chart(s.related[chart.reference(s.related)].target)
	}
	s.picture(n)
	return nil
}

func (s *slide) table(n *xmlNode) {
	table := draft.Element(atom.Table)
	for i, row := range n.all("tr") {
		tag := atom.Td
		if i == 0 && isOne(n.child("tblPr").attr("firstRow")) {
			tag = atom.Th
		}
		tr := draft.Element(atom.Tr)
		for _, cell := range row.all("tc") {
			if isOne(cell.attr("hMerge")) || isOne(cell.attr("vMerge")) {
				continue
			}
			s.meter.Make(1)
			td := spanning(draft.Element(tag), cell.number("gridSpan"), cell.number("rowSpan"))
			inside := &slide{slideReader: s.slideReader, related: s.related, body: td}
			inside.text(cell, nil)
			tr.AppendChild(td)
		}
		table.AppendChild(tr)
	}
	s.body.AppendChild(table)
}

// diagram writes the text of a SmartArt graphic, which is in a part of its own.
func (s *slide) diagram(ids *xmlNode) error {
	data, err := s.pack.part(s.related[ids.attr("dm")].target)
	if err != nil {
		return err
	}
	list := draft.Element(atom.Ul)
	for _, point := range data.child("ptLst").all("pt") {
		for _, p := range point.child("t").all("p") {
			if line := s.line(p); line != nil {
				s.meter.Make(1)
				list.AppendChild(draft.Element(atom.Li, line))
			}
		}
	}
	if list.FirstChild != nil {
		s.body.AppendChild(list)
	}
	return nil
}

// chart writes the numbers of a chart as a table under its title.
func (s *slide) chart(part string) error {
	root, err := s.pack.part(part)
	if err != nil {
		return err
	}
	chart := root.child("chart")
	if title := draft.OneLine(chart.child("title").allText("t")); title != "" {
		s.body.AppendChild(draft.Element(atom.P, draft.Element(atom.Strong, htmltree.Text(title))))
	}
	var series []*xmlNode
	for _, plot := range chart.child("plotArea").nodes() {
		series = append(series, plot.all("ser")...)
	}
	if len(series) == 0 {
		return nil
	}
	columns := [][]string{valuesOf(series[0].child("cat"))}
	head := draft.Element(atom.Tr, draft.Element(atom.Th))
	for _, ser := range series {
		head.AppendChild(draft.Element(atom.Th, htmltree.Text(strings.Join(valuesOf(ser.child("tx")), " "))))
		columns = append(columns, valuesOf(ser.child("val")))
	}
	table := draft.Element(atom.Table, head)
	for i := range slices.MaxFunc(columns, func(a, b []string) int { return len(a) - len(b) }) {
		s.meter.Make(len(columns))
		tr := draft.Element(atom.Tr)
		for _, column := range columns {
			td := draft.Element(atom.Td)
			if i < len(column) {
				td.AppendChild(htmltree.Text(column[i]))
			}
			tr.AppendChild(td)
		}
		table.AppendChild(tr)
	}
	s.body.AppendChild(table)
	return nil
}

// valuesOf returns the values of a series of a chart, by index.
func valuesOf(n *xmlNode) []string {
	var values []string
	for _, kind := range []string{"strRef", "numRef"} {
		for _, cache := range n.child(kind).nodes() {
			for _, point := range cache.all("pt") {
				if at := point.number("idx"); at < maxPoints {
					values = append(values, make([]string, max(at+1-len(values), 0))...)
					values[at] = draft.OneLine(point.child("v").text())
				}
			}
		}
	}
	return values
}

// maxPoints is how many values of a series are read.
const maxPoints = 1000
