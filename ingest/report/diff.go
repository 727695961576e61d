package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// How much of the unchanged text is shown around a change.
const (
	contextLines = 2
	contextWords = 6
)

// difference prints what changed between two Markdown texts, line by line. Of a long line that
// changed a little, it prints only the words around the change.
func difference(p *printer, before, after string, most int) {
	var note string
	switch {
	case before == "":
		note = "the text sent before is not known"
	case before == after:
		return // the title or the availability changed, which is said already
	case slices.Equal(strings.Fields(clean(before)), strings.Fields(clean(after))):
		note = "the texts differ in white space or invisible characters only"
	}
	if note != "" {
		p.paragraph(4, 4, span{dim, note})
		return
	}
	var rows []row
	for _, line := range compare(splitLines(before), splitLines(after)) {
		rows = append(rows, line.layout(p)...)
	}
	p.blank()
	if len(rows) > most {
		p.write(rows[:most])
		p.paragraph(6, 6, span{dim, fmt.Sprintf("… and %d more lines of this difference", len(rows)-most)})
	} else {
		p.write(rows)
	}
	p.blank()
}

func splitLines(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return lines
}

// diffLine is one line of a difference.
type diffLine struct {
	kind  byte // '-', '+', ' ', or '.' for lines that are left out
	words []word
	depth int // indentation in Markdown, in columns
}

type word struct {
	text    string
	changed bool
}

// compare returns the lines that differ, with some lines around them.
func compare(before, after []string) []diffLine {
	var lines []diffLine
	shown := 0 // number of lines of before that are done
	for i, d := range lcs.DiffLines(before, after) {
		from := max(shown, d.Start-contextLines)
		if i > 0 {
			upTo := min(shown+contextLines, d.Start)
			lines = append(lines, same(before[shown:upTo])...)
			from = max(upTo, from)
			shown = upTo
		}
		if from > shown {
			lines = append(lines, diffLine{kind: '.'})
		}
		lines = append(lines, same(before[from:d.Start])...)
		lines = append(lines, replaced(before[d.Start:d.End], after[d.ReplStart:d.ReplEnd])...)
		shown = d.End
	}
	rest := before[shown:]
	lines = append(lines, same(rest[:min(contextLines, len(rest))])...)
	if len(rest) > contextLines {
		lines = append(lines, diffLine{kind: '.'})
	}
	return lines
}

func same(lines []string) []diffLine {
	var same []diffLine
	for _, line := range lines {
		same = append(same, whole(' ', line))
	}
	return same
}

// replaced returns old lines and the new ones in their place. Where there are as many of both,
// it marks the words that differ.
func replaced(old, new []string) []diffLine {
	var gone, come []diffLine
	for i := range max(len(old), len(new)) {
		switch {
		case i >= len(old):
			come = append(come, whole('+', new[i]))
		case i >= len(new):
			gone = append(gone, whole('-', old[i]))
		default:
			g, c := whole('-', old[i]), whole('+', new[i])
			if len(old) == len(new) {
				mark(&g, &c)
			}
			gone, come = append(gone, g), append(come, c)
		}
	}
	return append(gone, come...)
}

func whole(kind byte, line string) diffLine {
	line = strings.ReplaceAll(line, "\t", "    ")
	l := diffLine{kind: kind, depth: min(12, len(line)-len(strings.TrimLeft(line, " ")))}
	for _, w := range strings.Fields(clean(line)) {
		l.words = append(l.words, word{text: w})
	}
	return l
}

// mark marks the words that differ between two lines, if at least a third of the longer one is
// the same.
func mark(a, b *diffLine) {
	texts := func(words []word) []string {
		var ts []string
		for _, w := range words {
			ts = append(ts, w.text)
		}
		return ts
	}
	diffs := lcs.DiffLines(texts(a.words), texts(b.words))
	stays := len(a.words)
	for _, d := range diffs {
		stays -= d.End - d.Start
	}
	if 3*stays < max(len(a.words), len(b.words)) {
		return
	}
	for _, d := range diffs {
		for i := d.Start; i < d.End; i++ {
			a.words[i].changed = true
		}
		for i := d.ReplStart; i < d.ReplEnd; i++ {
			b.words[i].changed = true
		}
	}
	a.shorten(diffs, func(d lcs.Diff) (int, int) { return d.Start, d.End })
	b.shorten(diffs, func(d lcs.Diff) (int, int) { return d.ReplStart, d.ReplEnd })
}

// shorten leaves out the words that are far from every change. ends returns where a change is
// in this line.
func (l *diffLine) shorten(diffs []lcs.Diff, ends func(lcs.Diff) (int, int)) {
	near := make([]bool, len(l.words))
	for _, d := range diffs {
		from, to := ends(d)
		for i := max(0, from-contextWords); i < min(len(near), to+contextWords); i++ {
			near[i] = true
		}
	}
	if len(l.words) < 4*contextWords || !slices.Contains(near, true) {
		return
	}
	var words []word
	for i, w := range l.words {
		switch {
		case near[i]:
			words = append(words, w)
		case i == 0 || near[i-1]:
			words = append(words, word{text: "…"})
		}
	}
	l.words = words
}

// layout breaks a line into rows. An unchanged line is cut to one row.
func (l diffLine) layout(p *printer) []row {
	const indent = 4
	if l.kind == '.' {
		return []row{{indent, []span{{dim, "⋯"}}}}
	}
	base, strong := dim, dim
	switch l.kind {
	case '-':
		base, strong = red, boldRed
	case '+':
		base, strong = green, boldGreen
	}
	var spans []span
	for _, w := range l.words {
		s := base
		if w.changed {
			s = strong
		}
		spans = append(spans, span{s, w.text})
	}
	text := indent + 2 + l.depth
	rows := p.layout(text, text, spans)
	if l.kind == ' ' && len(rows) > 1 {
		last := &rows[0].spans[len(rows[0].spans)-1]
		last.text = cut(last.text, p.width-text-1) + "…"
		rows = rows[:1]
	}
	if len(rows) == 0 {
		rows = []row{{}}
	}
	for i := range rows {
		if l.kind != ' ' {
			rows[i].spans = append([]span{{base, string(l.kind) + strings.Repeat(" ", l.depth)}}, rows[i].spans...)
			rows[i].indent = indent
		}
	}
	return rows
}
