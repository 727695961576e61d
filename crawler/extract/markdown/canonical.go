package markdown

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// canonical returns a clean tree in the form that Markdown can say, and says in
// one way only: headings, paragraphs, lists, quotes, code, tables and rules, and
// in them text that is strong, emphasised, struck or code, links, images and
// line breaks. That text is Markdown already, see [running].
//
// Whatever else there is becomes the nearest of these: a term of a list of
// definitions and a summary are strong paragraphs, a layout table is the blocks
// inside it, and a cell that spans others leaves them empty.
func canonical(clean *html.Node, meter *budget.Meter) *html.Node {
	root := htmltree.Element(atom.Div)
	b := blocks{scribe: &scribe{meter: meter}, dst: root}
	b.children(clean, span{})
	b.flush()
	htmltree.Outline(root)
	return root
}

// blocks appends blocks to dst, gathering the running text between them.
type blocks struct {
	*scribe
	dst   *html.Node
	depth int    // lists and quotes around dst
	mark  string // what the text of dst begins with, an item that Markdown cannot count
}

// maxDepth is how deep lists and quotes nest. What nests deeper, by mistake or
// malice, stands at this depth: every level indents all lines of the ones inside.
const maxDepth = 20

// flush ends the paragraph that the gathered text makes.
func (b *blocks) flush() {
	if b.mark != "" && len(b.run) > 0 && b.dst.FirstChild == nil {
		b.run = slices.Insert(b.run, 0, span{text: b.mark})
		b.mark = ""
	}
	for line := range paragraphs(b.run) {
		text := b.written(line, true)
		if text == "" {
			continue
		}
		if htmltree.IsElement(b.dst, atom.Li) && b.dst.FirstChild == nil {
			text = bareTask(text)
		}
		b.dst.AppendChild(running(text))
	}
	b.run = b.run[:0]
}

// bareTask takes the escapes off the box of a task, which has text on its line.
func bareTask(text string) string {
	for _, box := range []string{"[ ] ", "[x] "} {
		if rest, ok := strings.CutPrefix(text, `\[`+box[1:2]+`\] `); ok && !strings.HasPrefix(rest, " \n") {
			return box + rest
		}
	}
	return text
}

// children adds what stands inside n; as is the way its text is marked.
func (b *blocks) children(n *html.Node, as span) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.node(child, as)
	}
}

func (b *blocks) node(n *html.Node, as span) {
	b.meter.Spend(1 + len(n.Data)/16)
	if n.Type == html.TextNode {
		as.text = raised(n)
		b.run = append(b.run, as)
		return
	}
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		b.heading(n, as)
	case atom.Ul, atom.Ol:
		b.list(n)
	case atom.Blockquote:
		b.flush()
		if b.depth < maxDepth {
			b.nested(htmltree.Element(atom.Blockquote), n)
		} else {
			b.children(n, as)
			b.flush()
		}
	case atom.Pre:
		b.code(n)
	case atom.Table:
		b.table(n)
	case atom.Hr:
		b.flush()
		b.dst.AppendChild(htmltree.Element(atom.Hr))
	case atom.Dt, atom.Summary:
		b.flush()
		as.strong = true
		b.children(n, as)
		b.flush()
	default:
		if as.inline(n, &b.run) {
			return
		}
		if htmltree.IsBlockName(n.DataAtom) {
			b.flush()
			b.children(n, as)
			b.flush()
			return
		}
		b.children(n, as.within(n))
	}
}

// nested adds block, holding n's content, unless that is empty.
func (b *blocks) nested(block, n *html.Node) {
	inner := blocks{scribe: b.scribe, dst: block, depth: b.depth + 1}
	inner.children(n, span{})
	inner.flush()
	if block.FirstChild != nil {
		b.dst.AppendChild(block)
	}
}

func (b *blocks) heading(n *html.Node, as span) {
	b.flush()
	text := b.oneLine(n, as)
	if text == "" {
		return
	}
	if strings.HasSuffix(text, "#") && !strings.HasSuffix(text, `\#`) {
		text = strings.TrimSuffix(text, "#") + `\#` // else it would close the heading
	}
	heading := htmltree.Element(n.DataAtom)
	heading.AppendChild(running(text))
	b.dst.AppendChild(heading)
}

// list adds a list. Two of a kind that follow each other are one in Markdown.
func (b *blocks) list(n *html.Node) {
	b.flush()
	if b.depth == maxDepth {
		for item := n.FirstChild; item != nil; item = item.NextSibling {
			b.children(item, span{})
			b.flush()
		}
		return
	}
	if n.DataAtom == atom.Ol && b.depth < maxDepth-1 {
		if counts := countsOf(n); !counts.runOn(b.dst.LastChild) {
			b.counted(n, counts)
			return
		}
	}
	list := b.dst.LastChild
	if list == nil || !htmltree.IsElement(list, n.DataAtom) {
		list = htmltree.Element(n.DataAtom)
		if n.DataAtom == atom.Ol {
			if start := startOf(n); start != 1 && start >= 0 && start < 1e6 {
				list.Attr = []html.Attribute{{Key: "start", Val: strconv.Itoa(start)}}
			}
		}
	}
	items := blocks{scribe: b.scribe, dst: list, depth: b.depth}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.ElementNode {
			items.nested(htmltree.Element(atom.Li), child)
		}
	}
	if list.FirstChild != nil && list.Parent == nil {
		b.dst.AppendChild(list)
	}
}

var plainCode = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ", "\f", " ")
})

// code adds a block of code without what its rendering may vary: tabs, the ends
// of lines, and blank lines around it.
func (b *blocks) code(n *html.Node) {
	b.flush()
	var out strings.Builder
	for d := range htmltree.Below(n) {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		} else if d.DataAtom == atom.Br {
			out.WriteByte('\n')
		}
	}
	lines := strings.Split(plainCode().Replace(out.String()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \u00a0")
	}
	body := strings.Trim(strings.Join(lines, "\n"), "\n")
	if htmltree.IsBlank(body) {
		return
	}
	code := htmltree.Element(atom.Code)
	if inner := n.FirstChild; inner != nil && htmltree.IsElement(inner, atom.Code) {
		code.Attr = htmltree.Kept(inner, "class")
	}
	code.AppendChild(htmltree.Text(body))
	pre := htmltree.Element(atom.Pre)
	pre.AppendChild(code)
	b.dst.AppendChild(pre)
}

// table adds a table, every row as wide as the widest. Its first row is the
// header if it has header cells only; otherwise the header is empty. A table of
// one column or row, or with blocks that Markdown's cells cannot hold, only
// sets them beside each other, and is left for the blocks.
func (b *blocks) table(n *html.Node) {
	b.flush()
	var grid [][]*html.Node
	var header bool
	if !htmltree.HoldsBlocks(n) {
		grid, header = gridOf(n, b.meter)
	}
	if len(grid) == 0 || len(grid[0]) < 2 || len(grid) == 1 && !header {
		b.cells(n)
		return
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if htmltree.IsElement(child, atom.Caption) {
			b.node(child, span{})
		}
	}
	table, head, body := htmltree.Element(atom.Table), htmltree.Element(atom.Thead), htmltree.Element(atom.Tbody)
	table.AppendChild(head)
	table.AppendChild(body)
	if !header {
		head.AppendChild(b.row(make([]*html.Node, len(grid[0])), atom.Th))
	} else {
		head.AppendChild(b.row(grid[0], atom.Th))
		grid = grid[1:]
	}
	for _, cells := range grid {
		body.AppendChild(b.row(cells, atom.Td))
	}
	b.dst.AppendChild(table)
}

// cells adds the content of a layout table's cells.
func (b *blocks) cells(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if htmltree.IsElement(child, atom.Td, atom.Th, atom.Caption) {
			b.flush()
			b.children(child, span{})
			b.flush()
		} else if child.Type == html.ElementNode {
			b.cells(child)
		}
	}
}

func (b *blocks) row(cells []*html.Node, name atom.Atom) *html.Node {
	row := htmltree.Element(atom.Tr)
	for _, cell := range cells {
		td := htmltree.Element(name)
		if cell != nil {
			td.AppendChild(running(b.oneLine(cell, span{})))
		}
		row.AppendChild(td)
	}
	return row
}

// What spans may blow a table up to.
const (
	maxCells   = 1 << 16
	maxColumns = 200
)

// gridOf lays a table's cells out in rows of one length, with nil where another
// cell spans or nothing is, and tells whether its first row is a header. Rows
// that show nothing are left out, and so are columns at the right.
func gridOf(n *html.Node, meter *budget.Meter) (grid [][]*html.Node, header bool) {
	type place struct{ row, column int }
	taken := map[place]bool{}
	width, row := 0, 0
	for tr := range htmltree.Below(n) {
		if !htmltree.IsElement(tr, atom.Tr) {
			continue
		}
		var cells []*html.Node
		headers := true
		for cell := tr.FirstChild; cell != nil; cell = cell.NextSibling {
			if !htmltree.IsElement(cell, atom.Td, atom.Th) {
				continue
			}
			for taken[place{row, len(cells)}] {
				cells = append(cells, nil)
			}
			column := len(cells)
			across, down := htmltree.SpanOf(cell, "colspan"), htmltree.SpanOf(cell, "rowspan")
			cells = append(cells, cell)
			for range min(across, maxColumns-column) - 1 {
				cells = append(cells, nil)
			}
			for r := 1; r < down && len(taken) < maxCells; r++ {
				for c := range across {
					taken[place{row + r, column + c}] = true
				}
			}
			headers = headers && cell.DataAtom == atom.Th
		}
		row++
		last := len(cells)
		for last > 0 && (cells[last-1] == nil || !htmltree.Shows(cells[last-1])) {
			last--
		}
		if last == 0 {
			continue
		}
		if len(grid) == 0 {
			header = headers
		}
		grid = append(grid, cells[:last])
		width = max(width, last)
	}
	if len(grid)*width > budget.Cells {
		budget.Refuse("a table of more than %d cells, those included that are not there", budget.Cells)
	}
	meter.Spend(len(grid) * width)
	for i := range grid {
		for len(grid[i]) < width {
			grid[i] = append(grid[i], nil)
		}
	}
	return grid, header
}

// oneLine returns the text of n, blocks and lines a space apart, as it stands in headings
// and cells. The text before it has been flushed.
func (b *blocks) oneLine(n *html.Node, as span) string {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.flat(child, as)
	}
	if htmltree.IsElement(n, atom.Td, atom.Th) {
		tableText(b.run)
	}
	text := b.written(b.run, false)
	b.run = b.run[:0]
	return text
}

// raised returns n's text; numbers above or below the line in the characters for
// them, without which 10<sup>6</sup> were 106.
func raised(n *html.Node) string {
	var signs string
	switch {
	case n.Parent == nil:
		return n.Data
	case n.Parent.DataAtom == atom.Sup:
		signs = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
	case n.Parent.DataAtom == atom.Sub:
		signs = "₀₁₂₃₄₅₆₇₈₉₊₋"
	default:
		return n.Data
	}
	to := []rune(signs)
	var out strings.Builder
	for _, r := range strings.ReplaceAll(n.Data, "−", "-") {
		at := strings.IndexRune("0123456789+-", r)
		if at < 0 {
			return n.Data
		}
		out.WriteRune(to[at])
	}
	return out.String()
}

// flat adds n's text to the running text.
func (b *blocks) flat(n *html.Node, as span) {
	if n.Type == html.TextNode {
		as.text = raised(n)
		b.run = append(b.run, as)
		return
	}
	if n.DataAtom == atom.Br || htmltree.IsBlockName(n.DataAtom) {
		b.run = append(b.run, span{text: " "})
	} else if as.inline(n, &b.run) {
		return
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.flat(child, as.within(n))
	}
	if htmltree.IsBlockName(n.DataAtom) {
		b.run = append(b.run, span{text: " "})
	}
}
