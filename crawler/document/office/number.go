package office

import (
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// numberingOf returns the list and the level of a paragraph, or "" if it is in no list. If its style names a
// list only, the level is the one that names the style.
func (w *word) numberingOf(properties *xmlNode, style *wordStyle) (id string, level int) {
	listed := properties.child("numPr")
	if listed.child("numId") == nil {
		styled := style.listed()
		if listed = listed.orElse(styled); styled.child("numId") == nil {
			return "", 0
		}
		id = styled.child("numId").attr("val")
	} else {
		id = listed.child("numId").attr("val")
	}
	if id == "0" {
		return "", 0
	}
	if at := listed.child("ilvl"); at != nil {
		return id, min(max(at.number("val"), 0), 8)
	}
	if levels := w.numbering[id]; levels != nil && style != nil {
		for i, l := range levels {
			if l.style != "" && w.styles[l.style] == style {
				return id, i
			}
		}
	}
	return id, 0
}

func (n *xmlNode) orElse(other *xmlNode) *xmlNode {
	if n != nil {
		return n
	}
	return other
}

// count increments the number of a level of a list, and returns the level and all numbers.
func (w *word) count(id string, level int) (as wordLevel, counts *[9]int) {
	if definition := w.numbering[id]; definition != nil {
		as = definition[level]
	}
	counts = w.counts[id]
	if counts == nil {
		counts = new([9]int)
		w.counts[id] = counts
	}
	if counts[level] == 0 {
		counts[level] = max(as.start, 1)
	} else {
		counts[level]++
	}
	for deeper := level + 1; deeper < len(counts); deeper++ {
		counts[deeper] = 0
	}
	return as, counts
}

// label returns the number of a heading or an item as Word shows it, such as "2.1" or "Step 3:".
func (w *word) label(id string, as wordLevel, counts *[9]int) string {
	levels := w.numbering[id]
	return labelOf(as, counts[:], func(at int) wordLevel { return levels[at] })
}

// labelOf writes the numbers of a level, and of those above it, into the text of its label.
func labelOf(as wordLevel, counts []int, levelAt func(int) wordLevel) string {
	if as.format == "bullet" || as.format == "none" || as.text == "" {
		return ""
	}
	var out strings.Builder
	for i := 0; i < len(as.text); i++ {
		if as.text[i] != '%' || i+1 == len(as.text) || as.text[i+1] < '1' || as.text[i+1] > '9' {
			out.WriteByte(as.text[i])
			continue
		}
		i++
		at := int(as.text[i] - '1')
		level := levelAt(at)
		kind := level.htmlType()
		if as.legal {
			kind = ""
		}
		number := counts[at]
		if number == 0 {
			number = max(level.start, 1)
		}
		if level.format == "decimalZero" && number < 10 {
			out.WriteByte('0')
		}
		out.WriteString(htmltree.Numeral(kind, number))
	}
	return draft.OneLine(out.String())
}

// isPlain reports whether HTML numbers the level in the same way: with its own number and at most a point or
// a bracket.
func (l wordLevel) isPlain() bool {
	bare := strings.Trim(l.text, "().: \u00a0")
	return bare == "" || len(bare) == 2 && bare[0] == '%'
}
