package office

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// grid is what a sheet shows.
type grid struct {
	rows   map[int]map[int]string // by row and column, from 0
	hidden map[int]bool           // rows
	closed map[int]bool           // hidden columns
	merged map[int][]area         // by their first row
	links  map[cell]string        // link targets of cells
}

// cell is a position on a sheet, from 0.
type cell struct{ row, column int }

// area is the range of a merged cell.
type area struct {
	cell
	rows, columns int // that it covers
}

// maxColumns is how many columns a sheet has at most (Excel's own limit).
const maxColumns = 16384

func newGrid() *grid {
	return &grid{rows: make(map[int]map[int]string), hidden: make(map[int]bool), closed: make(map[int]bool),
		merged: make(map[int][]area), links: make(map[cell]string)}
}

func (g *grid) set(at cell, said string) {
	if g.rows[at.row] == nil {
		g.rows[at.row] = make(map[int]string)
	}
	g.rows[at.row][at.column] = said
}

// cellAt parses a reference such as B7.
func cellAt(reference string) (row, column int, ok bool) {
	digits := strings.TrimLeft(reference, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	for _, letter := range reference[:len(reference)-len(digits)] {
		if column = column*26 + int(letter-'A') + 1; column > maxColumns {
			return 0, 0, false
		}
	}
	row, err := strconv.Atoi(digits)
	return row - 1, column - 1, err == nil && row > 0 && column > 0
}

// merge records a merged cell by its reference, such as A1:B2.
func (g *grid) merge(reference string) {
	from, to, _ := strings.Cut(reference, ":")
	top, left, ok := cellAt(from)
	bottom, right, complete := cellAt(to)
	if ok && complete && bottom >= top && right >= left {
		g.merged[top] = append(g.merged[top], area{cell{top, left}, min(bottom-top+1, maxSpan), min(right-left+1, maxSpan)})
	}
}

// write writes the tables of a sheet, which blank rows separate.
func (g *grid) write(section *html.Node, r *sheetReader) error {
	var block []int
	used := slices.Sorted(maps.Keys(g.rows))
	for i, row := range used {
		block = append(block, row)
		if i+1 == len(used) || g.isParted(row, used[i+1]) {
			if err := g.block(section, r, block); err != nil {
				return err
			}
			block = nil
		}
	}
	return nil
}

// isParted reports whether a visible blank row separates two rows with text.
func (g *grid) isParted(row, next int) bool {
	const looked = 1000 // rows; more cannot all be hidden one by one
	for between := row + 1; between < min(next, row+looked); between++ {
		if !g.hidden[between] {
			return !g.isCovered(row, between)
		}
	}
	return next-row > looked
}

// isCovered reports whether a merged cell reaches from a row to another one below it.
func (g *grid) isCovered(row, other int) bool {
	return slices.ContainsFunc(g.merged[row], func(a area) bool { return a.row+a.rows > other })
}

// block writes adjacent rows as a table, or as lines if they have one column.
func (g *grid) block(section *html.Node, r *sheetReader, rows []int) error {
	left, right := g.edges(rows)
	if right-left == 1 {
		for _, row := range rows {
			r.meter.Make(1)
			section.AppendChild(draft.Element(atom.P, g.content(cell{row, left})...))
		}
		return nil
	}
	table := draft.Element(atom.Table)
	header := len(rows) > 1 && g.isHeader(rows[0], left, right)
	covered := make(map[cell]bool)
	for i, row := range rows {
		tag := atom.Td
		if header && i == 0 {
			tag = atom.Th
		}
		spans := make(map[int]area)
		for _, a := range g.merged[row] {
			spans[a.column] = a
		}
		if err := r.count(right - left - len(g.rows[row])); err != nil {
			return err
		}
		r.meter.Make(right - left)
		tr := draft.Element(atom.Tr)
		for column := left; column < right; column++ {
			at := cell{row, column}
			if g.closed[column] || covered[at] {
				continue
			}
			td := draft.Element(tag, g.content(at)...)
			if a, ok := spans[column]; ok {
				td = g.covering(td, a, rows[i:], right, covered)
			}
			tr.AppendChild(td)
		}
		table.AppendChild(tr)
	}
	section.AppendChild(table)
	return nil
}

// spanning makes a cell span the visible cells that it is merged with.
func (g *grid) covering(td *html.Node, a area, rows []int, right int, covered map[cell]bool) *html.Node {
	columns, high := 0, 0
	for column := a.column; column < min(a.column+a.columns, right); column++ {
		if !g.closed[column] {
			columns++
		}
	}
	for _, row := range rows {
		if row >= a.row+a.rows {
			break
		}
		high++
		for column := a.column; column < min(a.column+a.columns, right); column++ {
			covered[cell{row, column}] = true
		}
	}
	return spanning(td, columns, high)
}

// edges returns the first and last columns that rows use.
func (g *grid) edges(rows []int) (left, right int) {
	left = maxColumns
	for _, row := range rows {
		for column := range g.rows[row] {
			left, right = min(left, column), max(right, column+1)
		}
	}
	return left, right
}

// isHeader reports whether a row names the columns: all of its visible cells contain words.
func (g *grid) isHeader(row, left, right int) bool {
	for column := left; column < right; column++ {
		under := slices.ContainsFunc(g.merged[row], func(a area) bool {
			return column > a.column && column < a.column+a.columns
		})
		if !g.closed[column] && !under && !strings.ContainsFunc(g.rows[row][column], unicode.IsLetter) {
			return false
		}
	}
	return true
}

// content returns the text of a cell, line by line, as a link if it is one.
func (g *grid) content(at cell) []*html.Node {
	var nodes []*html.Node
	for line := range strings.Lines(g.rows[at.row][at.column]) {
		if len(nodes) > 0 {
			nodes = append(nodes, draft.Element(atom.Br))
		}
		nodes = append(nodes, htmltree.Text(strings.TrimRight(line, "\r\n")))
	}
	if target := g.links[at]; target != "" && nodes != nil {
		return []*html.Node{draft.With(draft.Element(atom.A, nodes...), "href", target)}
	}
	return nodes
}
