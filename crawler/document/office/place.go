package office

import (
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// place is where blocks are written, with what the next one may continue.
type place struct {
	node   *html.Node
	lists  []openList
	code   *html.Node // the open block of code
	ground wordColour // colour behind the text
	room   int        // remaining height in twentieths of a point; 0 if it is not fixed
	cell   bool       // a table cell, in which code is not a block
}

// openList is a list that the next item may belong to.
type openList struct {
	level int
	id    string
	node  *html.Node
	item  *html.Node
}

// block adds a block that is neither in a list nor code.
func (p *place) block(n *html.Node) {
	p.lists, p.code = nil, nil
	p.node.AppendChild(n)
}

func (p *place) codeLine(line string) {
	if p.cell {
		p.block(draft.Element(atom.P, draft.Element(atom.Code, htmltree.Text(line))))
		return
	}
	if p.code == nil {
		code := draft.Element(atom.Code, htmltree.Text(line))
		p.block(draft.Element(atom.Pre, code))
		p.code = code
		return
	}
	p.code.AppendChild(htmltree.Text("\n" + line))
}

// item adds an item to the open list with this ID and level, or begins one with newList.
func (p *place) item(level int, id string, newList func() *html.Node, line *html.Node) {
	depth := len(p.lists)
	for depth > 0 && p.lists[depth-1].level > level {
		depth--
	}
	if depth > 0 && p.lists[depth-1].level == level && p.lists[depth-1].id != id {
		depth--
	}
	p.lists, p.code = p.lists[:depth], nil
	if depth == 0 || p.lists[depth-1].level < level {
		list := newList()
		if depth > 0 {
			p.lists[depth-1].item.AppendChild(list)
		} else {
			p.node.AppendChild(list)
		}
		p.lists = append(p.lists, openList{level: level, id: id, node: list})
	}
	list := &p.lists[len(p.lists)-1]
	list.item = draft.Element(atom.Li, line)
	list.node.AppendChild(list.item)
}

// listFrom returns an empty list. A numbered one begins with start. kind is HTML's type attribute, or "" for
// decimal numbers.
func listFrom(tag atom.Atom, kind string, start int) *html.Node {
	list := draft.Element(tag)
	if tag != atom.Ol {
		return list
	}
	if start > 1 {
		list = draft.With(list, "start", strconv.Itoa(start))
	}
	if kind != "" {
		list = draft.With(list, "type", kind)
	}
	return list
}

// maxSpan bounds the rows and columns that a cell is taken to cover.
const maxSpan = 1000

// spanning makes a cell cover several columns and rows; one of a number below two stays as it is.
func spanning(cell *html.Node, columns, rows int) *html.Node {
	if columns > 1 {
		cell = draft.With(cell, "colspan", strconv.Itoa(min(columns, maxSpan)))
	}
	if rows > 1 {
		cell = draft.With(cell, "rowspan", strconv.Itoa(min(rows, maxSpan)))
	}
	return cell
}
