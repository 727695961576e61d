package office

import (
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// footnotes numbers the footnotes and endnotes of a document, in the order in which the text refers to them.
type footnotes struct {
	inOrder []*xmlNode
	numbers map[*xmlNode]int
}

// maxNotes is how many notes are written. They may refer to each other.
const maxNotes = 10_000

// mark returns the reference to a note for the text.
func (f *footnotes) mark(note *xmlNode) *html.Node {
	if f.numbers == nil {
		f.numbers = make(map[*xmlNode]int)
	}
	if f.numbers[note] == 0 {
		if len(f.inOrder) < maxNotes {
			f.inOrder = append(f.inOrder, note)
		}
		f.numbers[note] = len(f.inOrder)
	}
	return draft.Element(atom.Sup, htmltree.Text("["+strconv.Itoa(f.numbers[note])+"]"))
}

// write adds the notes to the end of an article. into writes the content of one.
func (f *footnotes) write(article *html.Node, into func(item *html.Node, note *xmlNode)) {
	if len(f.inOrder) == 0 {
		return
	}
	article.AppendChild(draft.Element(atom.Hr))
	list := draft.Element(atom.Ol)
	for i := 0; i < len(f.inOrder); i++ { // a note may refer to another one
		item := draft.Element(atom.Li)
		into(item, f.inOrder[i])
		list.AppendChild(item)
	}
	article.AppendChild(list)
}
