package pdf

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// table writes the rows at the beginning that form a table: two or more rows whose segments stand below one
// another. It returns how many rows these are.
func (w *writer) table(rows []row) int {
	if len(rows[0].segments) < 2 || rows[0].all(isMono) {
		return 0
	}
	n, several := 0, 0
	var columns []span
	for _, r := range rows {
		if n > 0 && (r.above == 0 || r.above > 3.5*r.size()) {
			break
		}
		wider := merged(columns, r)
		if !w.belongs(r, columns, wider) {
			break
		}
		if len(r.segments) > 1 {
			columns = wider
			several++
		}
		n++
	}
	for n > 0 && len(rows[n-1].segments) == 1 && fitting(columns, rows[n-1].segments[0]) == 0 {
		n-- // the text after the table
	}
	if several < 2 || len(columns) < 2 {
		return 0
	}
	w.end()
	w.lists = nil
	w.writeTable(rows[:n], columns)
	return n
}

// belongs reports whether a row may be part of a table with these columns, or with wider ones if the row has
// several cells.
func (w *writer) belongs(r row, columns, wider []span) bool {
	if len(r.segments) > 1 {
		return len(wider) >= max(2, len(columns)) && apart(wider, r)
	}
	if len(columns) == 0 || fitting(columns, r.segments[0]) < 0 {
		return false
	}
	return r.above <= 2.2*r.size() && !isLarge(r.size(), w.body)
}

// span is the horizontal extent of a column.
type span struct{ x0, x1 float64 }

// merged returns the columns that also include the segments of a row.
func merged(columns []span, r row) []span {
	all := slices.Clone(columns)
	for _, s := range r.segments {
		all = append(all, span{s.x0, s.x1})
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.x0, b.x0) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.x0 <= out[n-1].x1 {
			out[n-1].x1 = max(out[n-1].x1, s.x1)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// fitting returns the column of a segment, or -1 if it is in none or several.
func fitting(columns []span, s segment) int {
	found := -1
	for i, c := range columns {
		if s.x0 < c.x1 && s.x1 > c.x0 {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// apart reports whether each segment of a row has its own column.
func apart(columns []span, r row) bool {
	seen := make(map[int]bool)
	for _, s := range r.segments {
		i := fitting(columns, s)
		if i < 0 || seen[i] {
			return false
		}
		seen[i] = true
	}
	return true
}

func (w *writer) writeTable(rows []row, columns []span) {
	type cells [][]piece
	var lines []cells
	header := rows[0].all(isBold) && !rows[len(rows)-1].all(isBold)
	for i, r := range rows {
		// The row may continue cells of the row before.
		rest := i > 0 && r.above < 1.45*r.size() && fitting(columns, r.segments[0]) > 0
		if !rest {
			lines = append(lines, make(cells, len(columns)))
		}
		line := lines[len(lines)-1]
		for _, s := range r.segments {
			at := fitting(columns, s)
			if at < 0 {
				continue
			}
			pieces := slices.Clone(s.pieces)
			if n := len(line[at]); n > 0 && !w.mend(&line[at][n-1], pieces) {
				line[at][n-1].text += " "
			}
			line[at] = append(line[at], pieces...)
		}
	}
	table := draft.Element(atom.Table)
	for i, line := range lines {
		tr := draft.Element(atom.Tr)
		for _, pieces := range line {
			if header && i == 0 {
				tr.AppendChild(draft.Element(atom.Th, htmltree.Text(strings.TrimSpace(piecesText(pieces)))))
			} else {
				tr.AppendChild(draft.Element(atom.Td, inline(pieces)...))
			}
		}
		table.AppendChild(tr)
	}
	w.root.AppendChild(table)
}
