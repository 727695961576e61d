package config

import (
	"fmt"
	"strings"
)

// Mistakes are all mistakes of a file, in the order of its lines.
type Mistakes struct {
	Path string
	List []Mistake
}

// Mistake is one mistake.
type Mistake struct {
	Line, Column int    // from 1; the column counts characters
	Text         string // the line without possible secrets; the part around Column where it is long
	Message      string // what is wrong and how to mend it

	caret int // column in Text, where that differs because something was hidden or cut; 0 for Column
}

// Error lists every mistake as "path:line:column: message", with the line and a caret under the column.
func (m *Mistakes) Error() string {
	var b strings.Builder
	for i, mistake := range m.List {
		if i > 0 {
			b.WriteString("\n\n")
		}
		mistake.write(&b, m.Path)
	}
	if len(m.List) > 1 {
		fmt.Fprintf(&b, "\n\n%d mistakes in %s", len(m.List), m.Path)
	}
	return b.String()
}

func (m Mistake) write(b *strings.Builder, path string) {
	fmt.Fprintf(b, "%s:%d:%d: %s", path, m.Line, m.Column, m.Message)
	if strings.TrimSpace(m.Text) == "" {
		return
	}
	column := m.caret
	if column == 0 {
		column = m.Column
	}
	text := []rune(m.Text)
	column = max(1, min(column, len(text)+1))
	// The line with the caret repeats the tabs, so that it fits any tab width.
	indent := strings.Map(func(r rune) rune {
		if r == '\t' {
			return '\t'
		}
		return ' '
	}, string(text[:column-1]))
	number := fmt.Sprintf("%5d", m.Line)
	fmt.Fprintf(b, "\n%s | %s\n%s | %s^", number, string(text), strings.Repeat(" ", len(number)), indent)
}
