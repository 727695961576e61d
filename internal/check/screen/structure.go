package screen

import (
	"slices"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
)

// cell is a cell of a table, by the place of its text.
type cell struct {
	table, row, column int
	heads              bool // names what is beside it or below
	span
}

// structure notes which text of a page stands in code and in the cells of tables.
type structure struct {
	codes, quoted, emphasis elements
	cells                   []cell

	tables int   // that have begun
	open   []row // of the tables that are being read, the innermost last
}

// elements are the places of some elements, the outermost.
type elements struct {
	spans  []span
	start  int // of the one that is being read
	nested int // that are being read; 0 for none
}

// row is where the reading of a table has come to.
type row struct {
	table, row, column int
	cell               int         // index of the cell that is being read; -1 for none
	taken              map[int]int // columns that cells of rows above go on in, with the first row that they do not
}

// see takes the next tag, in front of which a text has so many bytes.
func (s *structure) see(token cleanhtml.Token, at int) {
	begins := token.Kind == html.StartTagToken
	switch token.Tag {
	case atom.Code, atom.Kbd, atom.Samp:
		s.codes.see(begins, at)
		s.quoted.see(begins, at)
	case atom.B, atom.Strong, atom.Em, atom.I, atom.U, atom.Mark:
		s.emphasis.see(begins, at)
	case atom.Pre, atom.Blockquote, atom.Q:
		s.quoted.see(begins, at)
	case atom.Table:
		if begins {
			s.open = append(s.open, row{table: s.tables, row: -1, cell: -1})
			s.tables++
		} else if len(s.open) > 0 {
			s.open = s.open[:len(s.open)-1]
		}
	case atom.Tr, atom.Td, atom.Th:
		if len(s.open) > 0 {
			s.seeCell(&s.open[len(s.open)-1], token, begins, at)
		}
	}
}

// see takes the beginning or the end of one of the elements.
func (e *elements) see(begins bool, at int) {
	switch {
	case begins:
		if e.nested == 0 {
			e.start = at
		}
		e.nested++
	case e.nested > 0:
		e.nested--
		if e.nested == 0 && at > e.start {
			e.spans = append(e.spans, span{e.start, at})
		}
	}
}

func (s *structure) seeCell(in *row, token cleanhtml.Token, begins bool, at int) {
	switch tag := token.Tag; {
	case tag == atom.Tr && begins:
		in.row++
		in.column = 0
	case tag == atom.Tr:
	case begins:
		in.cell = len(s.cells)
		for in.taken[in.column] > in.row {
			in.column++
		}
		s.cells = append(s.cells, cell{in.table, in.row, in.column, tag == atom.Th, span{at, at}})
		in.take(token)
	case in.cell >= 0:
		s.cells[in.cell].end = at
		in.cell = -1
	}
}

// take takes the columns and rows of the cell that begins.
func (in *row) take(token cleanhtml.Token) {
	const most = 100
	columns, rows := 1, 1
	for key, value := range token.Attrs() {
		if n, err := strconv.Atoi(value); err == nil && n > 1 && n <= most {
			switch key {
			case "colspan":
				columns = n
			case "rowspan":
				rows = n
			}
		}
	}
	for range columns {
		if rows > 1 {
			if in.taken == nil {
				in.taken = make(map[int]int)
			}
			in.taken[in.column] = in.row + rows
		}
		in.column++
	}
}

// cellAt returns the index of the cell that a place stands in, the innermost; -1 for none.
func (t *text) cellAt(at int) int {
	after, _ := slices.BinarySearchFunc(t.cells, at+1, func(c cell, at int) int { return c.start - at })
	for i := after - 1; i >= 0 && i >= after-maxNestedCells; i-- {
		if at < t.cells[i].end {
			return i
		}
	}
	return -1
}

// maxNestedCells bounds how many cells that end before a place are passed over to find the one it stands in.
const maxNestedCells = 64

// apartAt reports whether a place begins an element of code or emphasis, and where that ends.
func (t *text) apartAt(at int) (end int, ok bool) {
	for _, elements := range [2][]span{t.codes, t.emphasis} {
		if i, found := slices.BinarySearchFunc(elements, at, func(s span, at int) int { return s.start - at }); found {
			return elements[i].end, true
		}
	}
	return 0, false
}
