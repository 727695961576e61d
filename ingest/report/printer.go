package report

import (
	"bufio"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// style is the SGR parameter of an ANSI escape.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	magenta style = "35"

	boldRed   style = "1;4;31"
	boldGreen style = "1;4;32"
)

// span is text in one style. The spans of a paragraph are separated by a space.
type span struct {
	style style
	text  string
}

// printer lays text out in columns. It cleans all text, so that the only escapes it writes are
// its own.
type printer struct {
	w     *bufio.Writer // keeps its first error
	width int
	color bool
	// config is the file that commands to copy name with --config, or "".
	config string

	begun, gap bool // begun: something was written; gap: a blank line is due before the next row
}

// blank separates what follows by one empty line, however often it is called.
func (p *printer) blank() { p.gap = p.begun }

// command returns a command line in the form to copy.
func (p *printer) command(line string) string { return Command(line, p.config) }

// sentence returns a text with its commands in the form to copy.
func (p *printer) sentence(text string) string { return Sentence(text, p.config) }

func (p *printer) heading(text string) { p.paragraph(2, 4, span{bold, text}) }

// more says how many items of a list are left out.
func (p *printer) more(n int) {
	if n > 0 {
		p.paragraph(4, 4, span{dim, fmt.Sprintf("… and %d more; --json shows all", n)})
	}
}

// field prints a labelled paragraph.
func (p *printer) field(label string, text ...span) {
	const column = 11
	label = clean(label)
	rows := p.layout(column, column, text)
	if len(rows) > 0 {
		padded := label + strings.Repeat(" ", column-2-len(label)-1)
		rows[0].indent = 2
		rows[0].spans = append([]span{{dim, padded}}, rows[0].spans...)
	}
	p.write(rows)
}

// title prints the first line of an item, cut to one row.
func (p *printer) title(symbol span, text string) {
	rows := p.layout(4, 4, []span{{bold, text}})
	if len(rows) == 0 {
		return
	}
	first := rows[0]
	if len(rows) > 1 {
		last := &first.spans[len(first.spans)-1]
		last.text = cut(last.text, p.width-5) + "…"
	}
	first.indent = 2
	first.spans = append([]span{symbol}, first.spans...)
	p.write([]row{first})
}

// reasonAndURL prints both on one row where they fit. It never cuts a URL, so that people can
// open it.
func (p *printer) reasonAndURL(reason, url string) {
	oneRow := []span{{plain, reason}, {dim, "·"}, {dim, url}}
	if rows := p.layout(4, 4, oneRow); len(rows) == 1 {
		p.write(rows)
		return
	}
	p.paragraph(4, 4, span{plain, reason})
	p.paragraph(4, 4, span{dim, url})
}

// paragraph prints spans, wrapped. Rows after the first are indented by hang.
func (p *printer) paragraph(indent, hang int, spans ...span) {
	p.write(p.layout(indent, hang, spans))
}

// row is a line of output.
type row struct {
	indent int
	spans  []span
}

// layout breaks spans at spaces into rows that fit the width. It breaks a word that is wider
// than a row, unless the word is a URL.
func (p *printer) layout(indent, hang int, spans []span) []row {
	var rows []row
	current, column := row{indent: indent}, indent
	place := func(s style, word string, w int) {
		spaced := len(current.spans) > 0
		if spaced {
			if last := &current.spans[len(current.spans)-1]; last.style == s {
				last.text += " " + word
			} else {
				current.spans = append(current.spans, span{s, word})
			}
			column++
		} else {
			current.spans = append(current.spans, span{s, word})
		}
		column += w
	}
	wrap := func() {
		rows = append(rows, current)
		current, column = row{indent: hang}, hang
	}
	for _, s := range spans {
		for _, word := range strings.Fields(clean(s.text)) {
			w := columns(word)
			if len(current.spans) > 0 && column+1+w > p.width {
				wrap()
			}
			for column+w > p.width && !strings.Contains(word, "://") {
				head := cut(word, p.width-column)
				if head == "" || head == word {
					break
				}
				place(s.style, head, columns(head))
				wrap()
				word = word[len(head):]
				w = columns(word)
			}
			place(s.style, word, w)
		}
	}
	if len(current.spans) > 0 {
		rows = append(rows, current)
	}
	return rows
}

func (p *printer) write(rows []row) {
	if p.gap && len(rows) > 0 {
		_ = p.w.WriteByte('\n')
		p.gap = false
	}
	for _, r := range rows {
		p.begun = true
		_, _ = p.w.WriteString(strings.Repeat(" ", r.indent))
		for i, s := range r.spans {
			if i > 0 {
				_ = p.w.WriteByte(' ')
			}
			if p.color && s.style != plain {
				_, _ = fmt.Fprintf(p.w, "\x1b[%sm%s\x1b[0m", s.style, s.text)
			} else {
				_, _ = p.w.WriteString(s.text)
			}
		}
		_ = p.w.WriteByte('\n')
	}
}

// clean removes what could control a terminal or deceive a reader: control characters, and
// characters that are invisible or change the direction of text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, text)
}

// cut returns the beginning of text that fits into the given number of columns.
func cut(text string, fit int) string {
	for i, r := range text {
		if fit -= columns(string(r)); fit < 0 {
			return text[:i]
		}
	}
	return text
}

// columns returns how many columns of a terminal clean text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.In(r, unicode.Mn, unicode.Me) {
				n++
			}
		}
	}
	return n
}
