package screen

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// area is one of the places where a page has text.
type area int

const (
	inTitle area = iota
	inBody
	inAttributes // what links lead to, what stands for images, what abbreviations mean, which language code is in
	inAddress
	areas
)

// reading is what a page says.
type reading struct{ areas [areas]text }

// text is the text of an area. Elements that stand on lines of their own are
// lines; what is inside a line has no gaps where elements begin or end.
type text struct {
	plain    string
	headings []heading
	codes    []span          // what stands in elements of code, sorted
	quoted   []span          // the same, and what is quoted or preformatted
	emphasis []span          // what is set apart in bold or italic letters, sorted
	cells    []cell          // of tables, sorted
	hidden   int             // how often it was encoded in another
	read     *[]run          // its long runs; nil until they were looked for
	subject  *bool           // whether it is about orders to models; nil until it was looked for
	tried    *aroundKeywords // once it was looked for
	meter    *budget.Meter   // is told of what is tried; may be nil
}

// heading stands in the body from one byte to another, and is above what begins
// at start in the area that has it.
type heading struct{ start, from, to int }

func read(p crawler.Page) *reading {
	var r reading
	r.areas[inTitle].plain = p.Title
	r.areas[inAddress].plain = p.URL
	walk(p.HTML, &r, nil)
	return &r
}

// span is a part of an area's text that is taken out.
type span struct{ start, end int }

// edits are the spans to take out, sorted and apart, by area.
type edits [areas][]span

// walk reads the body and the attributes of a page's HTML into r. Where change is
// not nil, it returns the HTML with those spans of the texts replaced.
func walk(source string, r *reading, change *edits) string {
	var body, attributes, out strings.Builder
	body.Grow(len(source))
	attributes.Grow(len(source) / 4)
	var headings, above []heading
	var inside structure
	var piece []byte
	open := -1 // where the heading began that is being read
	for token := range cleanhtml.Tokens(source) {
		raw := token.Raw
		switch {
		case token.Kind == html.TextToken:
			at := body.Len()
			piece = token.Append(piece[:0])
			body.Write(piece)
			if change != nil {
				if edited, ok := edit(body.String()[at:], at, change[inBody]); ok {
					raw = html.EscapeString(edited)
				}
			}
		case breaksLine(token.Tag) && body.Len() > 0:
			body.WriteByte('\n')
		}
		inside.see(token, body.Len())
		if isHeading(token.Tag) {
			if token.Kind == html.StartTagToken {
				open = body.Len()
			} else if open >= 0 {
				to := max(open, body.Len()-1) // without the end of its line
				headings = append(headings, heading{open, open, to})
				above = append(above, heading{attributes.Len(), open, to})
				open = -1
			}
		}
		var attrs []html.Attribute
		changed := false
		for key, value := range token.Attrs() {
			if isShown(key) && value != "" {
				at := attributes.Len()
				attributes.WriteString(value)
				attributes.WriteByte('\n')
				if change != nil {
					if edited, ok := edit(value, at, change[inAttributes]); ok {
						value, changed = edited, true
					}
				}
			}
			if change != nil {
				attrs = append(attrs, html.Attribute{Key: key, Val: value})
			}
		}
		if changed {
			raw = html.Token{Type: token.Kind, DataAtom: token.Tag, Data: token.Name, Attr: attrs}.String()
		}
		if change != nil {
			out.WriteString(raw)
		}
	}
	r.areas[inBody] = text{plain: body.String(), headings: headings, codes: inside.codes.spans, quoted: inside.quoted.spans, emphasis: inside.emphasis.spans, cells: inside.cells}
	r.areas[inAttributes] = text{plain: attributes.String(), headings: above}
	return out.String()
}

// edit replaces the spans that fall into a piece of text, which begins at a
// place in its area; spans are sorted and apart. A span that began in an earlier piece was marked there.
func edit(piece string, at int, spans []span) (edited string, changed bool) {
	var out strings.Builder
	done := 0
	first, _ := slices.BinarySearchFunc(spans, at+1, func(s span, at int) int { return s.end - at })
	for _, s := range spans[first:] {
		if s.start >= at+len(piece) {
			break
		}
		changed = true
		if s.start >= at {
			out.WriteString(piece[done : s.start-at])
			out.WriteString(Redacted)
		}
		done = min(s.end-at, len(piece))
	}
	out.WriteString(piece[done:])
	return out.String(), changed
}

func breaksLine(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Hr, atom.Blockquote, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption,
		atom.Details, atom.Summary, atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Th, atom.Td, atom.Pre,
		atom.Div, atom.Section, atom.Article:
		return true
	}
	return isHeading(tag)
}

func isHeading(tag atom.Atom) bool {
	switch tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// isShown reports whether an attribute's text reaches a model. The class of code names its language.
func isShown(attribute string) bool {
	switch attribute {
	case "alt", "title", "href", "src", "datetime", "id", "class":
		return true
	}
	return false
}
