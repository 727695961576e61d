// Package split cuts a long text into parts that can each be found and understood alone.
package split

import (
	"fmt"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Rules says where a long text is cut into parts. The zero value cuts nothing.
type Rules struct {
	Over int // bytes of clean HTML above which a text is cut; 0 for never
	At   int // cuts at headings down to this level, 1 to 6, however short the text; 0 for none
	// Kept reports whether there was a part with an anchor before. Where there was,
	// a text is cut down to half of Over, so that one which is about as long as that
	// is not cut and joined by turns. nil: there was none.
	Kept func(anchor string) bool
}

// Part is one of the parts that a text is cut into.
type Part struct {
	// Anchor tells it from the other parts of its text: the ID of its heading, where the
	// page has it once, or else what its heading says; "" for the first part.
	Anchor   string
	Path     []string // the headings that it stands below, outermost first, its own the last
	HTML     string   // clean
	Markdown string   // canonical
}

// Parts cuts the HTML of an article into parts, one after another in document
// order; nil means that it stays whole. The error is a *[budget.Exceeded] where there would
// be more than one page may have. meter is told of the work, and may be nil.
//
// A text that is too long is cut at all of its headings of the first level that it
// has, a section of it that is still too long at those of the next, and so on: what
// becomes of a section depends on it alone. Text before the first heading is the first
// part, together with the first section where it says nothing. Where no headings
// are left, a text is cut between its blocks, a table between its rows and code
// between its lines, at places that depend on what is said there, so that most edits
// move none of them. What cannot be cut stays as long as it is.
func Parts(clean string, by Rules, meter *budget.Meter) ([]Part, error) {
	if by.At == 0 && (by.Over == 0 || len(clean) <= by.Over/2) {
		return nil, nil
	}
	meter.Spend(len(clean) / budget.BytesPerStep)
	body, err := cleanhtml.Parse(clean)
	if err != nil {
		return nil, err
	}
	htmltree.WrapLoose(body)
	c := cutter{Rules: by, meter: meter, names: namesOf(body), sizes: make(map[*html.Node]int)}
	sections := c.section(section{blocks: childrenOf(body)}, 0)
	if len(sections) < 2 {
		return nil, nil
	}
	if len(sections) > budget.Parts {
		return nil, &budget.Exceeded{Detail: fmt.Sprintf("more than %d parts", budget.Parts)}
	}
	parts := make([]Part, len(sections))
	for i, s := range sections {
		root := htmltree.Element(atom.Div)
		meter.Spend(perPart)
		for _, block := range s.blocks {
			root.AppendChild(htmltree.Detached(block))
		}
		parts[i] = Part{Anchor: s.anchor, Path: s.path}
		if parts[i].Markdown, err = markdown.Write(root, meter); err != nil {
			return nil, err
		}
		if parts[i].HTML, err = cleanhtml.Render(root); err != nil {
			return nil, fmt.Errorf("render a section: %w", err)
		}
	}
	return parts, nil
}

// perPart is the work that a part takes beside that on its text.
const perPart = 1000

// section is a run of blocks, which a heading may begin.
type section struct {
	anchor string
	path   []string
	blocks []*html.Node
}

// cutter cuts one text.
type cutter struct {
	Rules
	meter *budget.Meter
	names *names
	sizes map[*html.Node]int // of blocks
}

// section cuts one at its headings below a level, as far as it has to be cut.
func (c *cutter) section(s section, level int) []section {
	size := c.size(s.blocks)
	for level++; level <= 6; level++ {
		all := c.at(s, level)
		if len(all) < 2 {
			continue
		}
		if level > c.At && !c.tooLong(size, all[1:]) {
			return []section{s}
		}
		var parts []section
		for _, inner := range all {
			parts = append(parts, c.section(inner, level)...)
		}
		return parts
	}
	if chunks := c.chunks(s); c.tooLong(size, chunks[1:]) {
		return chunks
	}
	return []section{s}
}

// tooLong reports whether a text of a size is to be cut, the first part off the others.
func (c *cutter) tooLong(size int, others []section) bool {
	if c.Over == 0 || size <= c.Over/2 {
		return false
	}
	if size > c.Over {
		return true
	}
	for _, s := range others {
		if c.Kept != nil && c.Kept(s.anchor) {
			return true
		}
	}
	return false
}

// at cuts a section at its headings of one level. What comes before them is the first
// one's where it says nothing but headings.
func (c *cutter) at(s section, level int) []section {
	cut := []section{{anchor: s.anchor, path: s.path}}
	var above []*html.Node // the headings of higher levels that a block stands below
	saying := false        // what was read so far, more than headings
	for i, block := range s.blocks {
		c.meter.Spend(1 + len(above))
		if !htmltree.IsHeading(block.DataAtom) {
			saying = true
		} else if own := i == 0 && s.anchor != ""; levelOf(block) < level && !own {
			for len(above) > 0 && levelOf(above[len(above)-1]) >= levelOf(block) {
				above = above[:len(above)-1]
			}
			above = append(above, block)
		} else if levelOf(block) == level && (saying || len(cut) > 1) {
			path := slices.Clone(s.path)
			for _, heading := range append(above, block) {
				path = append(path, htmltree.TextOf(heading))
			}
			cut = append(cut, section{anchor: c.names.of[block], path: path})
		}
		last := &cut[len(cut)-1]
		last.blocks = append(last.blocks, block)
	}
	return cut
}

func levelOf(heading *html.Node) int { return int(heading.Data[1] - '0') }

// size is how many bytes of HTML blocks are.
func (c *cutter) size(blocks []*html.Node) (n int) {
	c.meter.Spend(len(blocks))
	for _, block := range blocks {
		if _, known := c.sizes[block]; !known {
			c.sizes[block] = sizeOf(block)
		}
		n += c.sizes[block]
	}
	return n
}

// sizeOf is how many bytes of HTML a block is, with the end of its line.
func sizeOf(block *html.Node) int {
	size := counter(1)
	_ = html.Render(&size, block) // to nowhere, which cannot fail
	return int(size)
}

// counter counts the bytes that are written to it.
type counter int

func (c *counter) Write(p []byte) (int, error)       { *c += counter(len(p)); return len(p), nil }
func (c *counter) WriteString(s string) (int, error) { *c += counter(len(s)); return len(s), nil }
func (c *counter) WriteByte(byte) error              { *c++; return nil }

func childrenOf(n *html.Node) (list []*html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		list = append(list, child)
	}
	return list
}
