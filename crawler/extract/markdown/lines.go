package markdown

import (
	"bytes"
	"strings"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// lines are what blocks are written to, beneath each other and inside each other: each
// line begins with the marks of the quotes and the room of the lists that it stands in.
// Ends of lines are written only between texts, and two of them at most; but those in
// code as they are.
type lines struct {
	out    strings.Builder
	prefix []byte        // of each line
	begun  bool          // the line has its prefix
	filled bool          // something stands in the innermost of what gives lines a prefix
	breaks int           // ends of lines that are due before the next text
	meter  *budget.Meter // may be nil
}

// begin begins what gives its lines a prefix, and its first line a mark in place of it.
func (l *lines) begin(mark, prefix string) {
	l.text(mark)
	l.prefix = append(l.prefix, prefix...)
	l.filled = false
}

// end ends what began with a prefix.
func (l *lines) end(prefix string) {
	l.prefix = l.prefix[:len(l.prefix)-len(prefix)]
	l.filled, l.breaks = true, 0
}

// breakLine ends the line, and leaves one empty if there are two breaks.
func (l *lines) breakLine(breaks int) {
	if l.filled {
		l.breaks = min(l.breaks+breaks, 2)
	}
}

// text writes a part of a line.
func (l *lines) text(s string) {
	for ; l.breaks > 0; l.breaks-- {
		l.endLine()
	}
	l.filled = true
	if s == "" {
		return
	}
	if !l.begun {
		l.meter.Spend(len(l.prefix) / 16)
		l.out.Write(l.prefix)
		l.begun = true
	}
	l.out.WriteString(s)
}

// verbatim writes lines as they are, the empty ones, too.
func (l *lines) verbatim(s string) {
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		l.text(line)
		if more {
			l.meter.Spend(1)
			l.endLine()
		}
	}
}

// endLine ends a line; if it is empty, without spaces.
func (l *lines) endLine() {
	if !l.begun {
		l.out.Write(bytes.TrimRight(l.prefix, " "))
	}
	l.out.WriteByte('\n')
	l.begun = false
}

// WriteString and the other methods are what the converter wants of a [converter.Writer].
func (l *lines) WriteString(s string) (int, error) {
	n := len(s)
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		if line != "" {
			l.text(line)
		}
		if more {
			l.breakLine(1)
		}
	}
	return n, nil
}

func (l *lines) Write(p []byte) (int, error)   { return l.WriteString(string(p)) }
func (l *lines) WriteRune(r rune) (int, error) { return l.WriteString(string(r)) }
func (l *lines) WriteByte(b byte) error        { _, err := l.Write([]byte{b}); return err }
