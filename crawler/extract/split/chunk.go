package split

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// chunks cuts a section without further headings between its blocks, into parts of at
// most half of Over as far as its blocks can be cut. The first goes on under the
// section's own anchor; each other is named by the block that it begins with, so that
// none of them is renamed by what is written elsewhere.
func (c *cutter) chunks(s section) []section {
	most := c.Over / 2
	if c.size(s.blocks) <= most {
		return []section{s}
	}
	var blocks []piece
	for _, block := range s.blocks {
		blocks = append(blocks, pieces(block, most)...)
	}
	rows := grouped(blocks, most)
	chunks := make([]section, len(rows))
	for i, row := range rows {
		for _, p := range row {
			chunks[i].blocks = append(chunks[i].blocks, p.node)
		}
		if i == 0 {
			chunks[i].anchor, chunks[i].path = s.anchor, s.path
			continue
		}
		begins := row[0].says
		chunks[i].anchor = c.names.take(fmt.Sprintf("%s-%08x", htmltree.FirstOf(s.anchor, "part"), rank(begins)>>32))
		chunks[i].path = append(slices.Clone(s.path), htmltree.FirstOf(shortened(begins), chunks[i].anchor))
	}
	return chunks
}

// piece is a block, or a part of one that was too long.
type piece struct {
	node *html.Node
	says string // what it begins with, that no other part repeats
}

// pieces cuts a block that is too long into blocks of at most so many bytes, as far as
// that can be done.
func pieces(block *html.Node, most int) []piece {
	whole := []piece{{block, htmltree.TextOf(block)}}
	if sizeOf(block) <= most {
		return whole
	}
	cut, ok := partsOf(copyOf(block))
	if !ok {
		return whole
	}
	var list []piece
	frame := cut.around(nil, 0)
	room := most - sizeOf(frame)
	if room < most/2 { // what would be repeated is most of it: it stands for itself, once
		if len(cut.repeated) > 0 {
			list = append(list, piece{frame, htmltree.TextOf(frame)})
		}
		cut.repeated, room = nil, most
	}
	var few []piece // that fit, and stand side by side
	first := 0      // of them, by its place in the block
	flush := func(next int) {
		for _, row := range grouped(few, room) {
			nodes := make([]*html.Node, len(row))
			for i, p := range row {
				nodes[i] = p.node
			}
			list = append(list, piece{cut.around(nodes, first), row[0].says})
			first += len(row)
		}
		few, first = nil, next
	}
	for i, unit := range cut.units {
		if sizeOf(unit) <= room || cut.inside == nil {
			few = append(few, piece{unit, htmltree.TextOf(unit)})
			continue
		}
		flush(i + 1)
		for _, inner := range cut.inside(unit) {
			list = append(list, pieces(inner, most)...)
		}
	}
	flush(0)
	if len(list) == 0 { // it says nothing
		return whole
	}
	return list
}

// composite is a block as the row of what it is composed of.
type composite struct {
	block    *html.Node
	repeated []*html.Node // at the beginning of each part, such as the header of a table
	units    []*html.Node
	// inside returns the blocks in a unit that is too long itself; nil where none can be.
	inside func(unit *html.Node) []*html.Node
	// list: an ordered one, whose items go on with their number.
	list bool
}

// partsOf takes a block apart. ok is false for one that cannot be cut.
func partsOf(block *html.Node) (c composite, ok bool) {
	c.block, c.inside = block, contentsOf
	switch {
	case hasManyEnds(block):
		return c, false
	case block.DataAtom == atom.Table:
		c.repeated, c.units = rowsOf(block)
		c.inside = cellsIn
	case block.DataAtom == atom.Pre:
		c.units, c.inside = linesOf(block), nil
	case block.DataAtom == atom.Dl:
		c.units = definitionsOf(block)
	case htmltree.HasBlock(block):
		c.units, c.list = childrenOf(block), block.DataAtom == atom.Ol && !htmltree.HasAttr(block, "reversed")
		if htmltree.IsElement(c.units[0], atom.Summary) {
			c.repeated, c.units = c.units[:1], c.units[1:]
		}
	default:
		c.units, c.inside = sentencesOf(block), nil
	}
	return c, len(c.units) > 1 || len(c.units) == 1 && c.inside != nil
}

// hasManyEnds reports whether a block has more ends of lines and sentences than a page may
// have elements, each of which would become one.
func hasManyEnds(block *html.Node) bool {
	ends := 0
	for n := range htmltree.Below(block) {
		if n.Type != html.TextNode || len(n.Data) < budget.Elements/1000 {
			continue
		}
		for i := range len(n.Data) {
			if b := n.Data[i]; b == '\n' || b == '.' || b == '!' || b == '?' {
				ends++
			}
		}
	}
	return ends > budget.Elements
}

// around returns the block with only some of its units, of which the first has a place
// among all of them.
func (c composite) around(units []*html.Node, first int) *html.Node {
	part := htmltree.Element(c.block.DataAtom, slices.Clone(c.block.Attr)...)
	for _, n := range c.repeated {
		part.AppendChild(copyOf(n))
	}
	in := part
	switch {
	case c.block.DataAtom == atom.Table:
		in = htmltree.Element(atom.Tbody)
		part.AppendChild(in)
	case c.block.DataAtom == atom.Pre:
		in = htmltree.Element(atom.Code)
		if code := c.block.FirstChild; code != nil && htmltree.IsElement(code, atom.Code) {
			in.Attr = slices.Clone(code.Attr)
		}
		part.AppendChild(in)
	case c.list && first > 0:
		start, err := strconv.Atoi(htmltree.Attr(part, "start"))
		if err != nil {
			start = 1
		}
		part.Attr = slices.DeleteFunc(part.Attr, func(a html.Attribute) bool { return a.Key == "start" })
		part.Attr = append(part.Attr, html.Attribute{Key: "start", Val: strconv.Itoa(start + first)})
	}
	for _, n := range units {
		if n.Data == together {
			htmltree.MoveChildren(in, n)
		} else {
			in.AppendChild(htmltree.Detached(n))
		}
	}
	return part
}

// together names what holds units that belong together, such as rows that a cell spans.
const together = "together"

// rowsOf returns what each part of a table begins with, its caption and header, and its
// rows; those that a cell spans are one unit.
func rowsOf(table *html.Node) (repeated, units []*html.Node) {
	var rows []*html.Node
	head := htmltree.Element(atom.Thead)
	for child := table.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case htmltree.IsElement(child, atom.Caption):
			repeated = append(repeated, child)
		case htmltree.IsElement(child, atom.Thead):
			for _, row := range childrenOf(child) {
				head.AppendChild(copyOf(row))
			}
		case htmltree.IsElement(child, atom.Tr):
			rows = append(rows, child)
		case child.Type == html.ElementNode:
			rows = append(rows, childrenOf(child)...)
		}
	}
	rows = slices.DeleteFunc(rows, func(n *html.Node) bool { return n.Type != html.ElementNode })
	if head.FirstChild == nil && len(rows) > 1 && isHeaderRow(rows[0]) {
		head.AppendChild(copyOf(rows[0]))
		rows = rows[1:]
	}
	if head.FirstChild != nil {
		repeated = append(repeated, head)
	}
	for i := 0; i < len(rows); {
		group := &html.Node{Type: html.ElementNode, Data: together}
		for end := i + 1; i < min(end, len(rows)); i++ {
			for _, cell := range childrenOf(rows[i]) {
				end = max(end, i+htmltree.SpanOf(cell, "rowspan"))
			}
			group.AppendChild(htmltree.Detached(rows[i]))
		}
		units = append(units, group)
	}
	return repeated, units
}

// isHeaderRow tells of rows of header cells that none below belongs to.
func isHeaderRow(row *html.Node) bool {
	for _, cell := range childrenOf(row) {
		if htmltree.IsElement(cell, atom.Td) || htmltree.SpanOf(cell, "rowspan") > 1 {
			return false
		}
	}
	return row.FirstChild != nil
}

// cellsIn returns the blocks in the cells of rows.
func cellsIn(rows *html.Node) (blocks []*html.Node) {
	for _, row := range childrenOf(rows) {
		for _, cell := range childrenOf(row) {
			blocks = append(blocks, contentsOf(cell)...)
		}
	}
	return blocks
}

// definitionsOf returns the terms of a list of definitions, each with what it means.
func definitionsOf(list *html.Node) (units []*html.Node) {
	var last *html.Node // of the children before
	for _, child := range childrenOf(list) {
		if last == nil || htmltree.IsElement(child, atom.Dt) && !htmltree.IsElement(last, atom.Dt) {
			units = append(units, &html.Node{Type: html.ElementNode, Data: together})
		}
		last = child
		units[len(units)-1].AppendChild(htmltree.Detached(child))
	}
	return units
}

// contentsOf returns what a unit says as blocks that may stand anywhere.
func contentsOf(unit *html.Node) (blocks []*html.Node) {
	switch {
	case unit.Data == together:
		for _, child := range childrenOf(unit) {
			blocks = append(blocks, contentsOf(child)...)
		}
		return blocks
	case htmltree.IsElement(unit, atom.Li, atom.Dd, atom.Td, atom.Th):
		htmltree.WrapLoose(unit)
		return childrenOf(unit)
	case htmltree.IsElement(unit, atom.Dt, atom.Figcaption, atom.Summary):
		p := htmltree.Element(atom.P)
		htmltree.MoveChildren(p, unit)
		return []*html.Node{p}
	case htmltree.IsBlock(unit):
		return []*html.Node{unit}
	}
	p := htmltree.Element(atom.P)
	p.AppendChild(htmltree.Detached(unit))
	return []*html.Node{p}
}

// linesOf returns the lines of a block of code, as texts with their ends.
func linesOf(pre *html.Node) (lines []*html.Node) {
	var code strings.Builder
	for d := range pre.Descendants() {
		if d.Type == html.TextNode {
			code.WriteString(d.Data)
		} else if htmltree.IsElement(d, atom.Br) {
			code.WriteByte('\n')
		}
	}
	for line := range strings.Lines(code.String()) {
		lines = append(lines, htmltree.Text(line))
	}
	return lines
}

// sentencesOf returns what a line of text is composed of, its texts cut at the ends
// of sentences, or where there are none, between words.
func sentencesOf(line *html.Node) (units []*html.Node) {
	const longest = 1000 // bytes, of what has no end
	for _, child := range childrenOf(line) {
		if child.Type != html.TextNode {
			units = append(units, child)
			continue
		}
		start := 0
		for i, r := range child.Data {
			ends := strings.ContainsRune(".!?\n", r) && (i+1 == len(child.Data) || child.Data[i+1] == ' ' || r == '\n')
			if ends || strings.ContainsRune("。！？", r) || r == ' ' && i-start > longest {
				end := i + utf8.RuneLen(r)
				units = append(units, htmltree.Text(child.Data[start:end]))
				start = end
			}
		}
		if start < len(child.Data) {
			units = append(units, htmltree.Text(child.Data[start:]))
		}
	}
	return units
}

// grouped puts pieces together in rows of at most so many bytes. A row ends, as soon
// as it is a quarter of that long, before the piece with the lowest rank of those that
// it could end before. Ranks depend on the pieces' texts alone: after an edit, rows
// soon end where they did before.
func grouped(list []piece, most int) (rows [][]piece) {
	rest := 0
	sizes, ranks := make([]int, len(list)), make([]uint64, len(list))
	for i, p := range list {
		sizes[i], ranks[i] = sizeOf(p.node), rank(p.says)
		rest += sizes[i]
	}
	start := 0
	for rest > most && start < len(list)-1 {
		end, filled := 0, sizes[start]
		fits := start + 1 // the last place where the row may end
		for i := start + 1; i < len(list) && filled <= most; i++ {
			fits = i
			if filled >= most/4 && (end == 0 || ranks[i] < ranks[end]) {
				end = i
			}
			filled += sizes[i]
		}
		if end == 0 {
			end = fits
		}
		for _, size := range sizes[start:end] {
			rest -= size
		}
		rows = append(rows, list[start:end])
		start = end
	}
	if start < len(list) {
		rows = append(rows, list[start:])
	}
	return rows
}

// rank is a number that depends on a text, and is as good as any other.
func rank(says string) uint64 {
	sum := sha256.Sum256([]byte(says))
	return binary.BigEndian.Uint64(sum[:8])
}

// shortened returns the first words of a text.
func shortened(says string) string {
	const longest = 60 // characters
	letters := []rune(says)
	if len(letters) <= longest {
		return says
	}
	start := string(letters[:longest])
	if at := strings.LastIndexByte(start, ' '); at > longest/2 {
		start = start[:at]
	}
	return strings.TrimRight(start, " .,;:–-") + "…"
}

// copyOf returns a copy of n with all that is in it.
func copyOf(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: slices.Clone(n.Attr)}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.AppendChild(copyOf(child))
	}
	return c
}
