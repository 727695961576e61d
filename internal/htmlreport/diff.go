package htmlreport

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// step is a piece of the difference between two texts, in the form that the page's script reads: a list that begins with
// the kind of the step.
type step []any

// The kinds of steps.
const (
	stays   = 0 // text: lines that are in both
	skipped = 1 // number: how many lines that are in both are not shown
	changes = 2 // pieces of lines that were changed: a string is in both, [old, new] was replaced
	goes    = 3 // text: lines that were removed
	comes   = 4 // text: lines that were added
	cut     = 5 // number: how many lines at the end are not shown
)

const (
	contextLines = 3
	// maxTokens is how many words of two lines are compared one by one.
	maxTokens = 6000
	// maxShown limits how many bytes of the texts of one page are shown.
	maxShown = 48 << 10
)

// difference compares two texts line by line, and replaced lines word by word. An empty text means that there is none.
func difference(before, after string) []step {
	switch {
	case before == after:
		return nil
	case before == "":
		return bounded([]step{{comes, after}})
	case after == "":
		return bounded([]step{{goes, before}})
	}
	old, now := linesOf(before), linesOf(after)
	var steps []step
	at := 0 // the lines of old that are done
	for i, d := range lcs.DiffLines(old, now) {
		steps = append(steps, sameLines(old[at:d.Start], i == 0, false)...)
		steps = append(steps, replaced(old[d.Start:d.End], now[d.ReplStart:d.ReplEnd])...)
		at = d.End
	}
	return bounded(append(steps, sameLines(old[at:], at == 0, true)...))
}

func linesOf(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return lines
}

// sameLines returns lines that are in both texts. Only those next to a change are shown.
func sameLines(lines []string, first, last bool) (steps []step) {
	head, tail := min(contextLines, len(lines)), min(contextLines, len(lines))
	if first {
		head = 0
	}
	if last {
		tail = 0
	}
	between := len(lines) - head - tail
	if between <= 1 {
		return text(stays, lines)
	}
	steps = append(text(stays, lines[:head]), step{skipped, between})
	return append(steps, text(stays, lines[len(lines)-tail:])...)
}

func text(kind int, lines []string) []step {
	if len(lines) == 0 {
		return nil
	}
	return []step{{kind, strings.Join(lines, "\n")}}
}

// maxPairs bounds, in pairs of bytes, the lines that are compared by words to find which stands in place of which.
const maxPairs = 1 << 26

// replaced shows lines and those in their place: word by word where a line stands in place of one
// that is much like it, in their order.
func replaced(old, now []string) (steps []step) {
	alone := len(old) == 1 && len(now) == 1
	if length(old)*length(now) > maxPairs && !alone {
		return append(text(goes, old), text(comes, now)...)
	}
	shownOld, shownNow := 0, 0
	for i, line := range old {
		if strings.TrimSpace(line) == "" {
			continue
		}
		best, at := []any(nil), -1
		most := 0
		for j := shownNow; j < len(now); j++ {
			pieces, stay := wordByWord(line, now[j])
			enough := max(len(line), len(now[j])) / 2
			if alone {
				enough = enough * 2 / 3 // there is no other
			}
			if stay > most && stay >= enough {
				best, at, most = pieces, j, stay
			}
		}
		if at < 0 {
			continue
		}
		steps = append(append(steps, text(goes, old[shownOld:i])...), text(comes, now[shownNow:at])...)
		steps = append(steps, step{changes, best})
		shownOld, shownNow = i+1, at+1
	}
	return append(append(steps, text(goes, old[shownOld:])...), text(comes, now[shownNow:])...)
}

func length(lines []string) (n int) {
	for _, line := range lines {
		n += len(line) + 1
	}
	return n
}

// wordByWord compares two lines word by word, and says how many bytes stay; nil where they are too long for that.
func wordByWord(a, b string) (pieces []any, stay int) {
	old, now := tokens(a), tokens(b)
	if len(old) == 0 || len(now) == 0 || len(old)+len(now) > maxTokens {
		return nil, 0
	}
	at := 0
	var gone, come strings.Builder
	flush := func() {
		if gone.Len()+come.Len() > 0 {
			pieces = append(pieces, []string{gone.String(), come.String()})
			gone.Reset()
			come.Reset()
		}
	}
	keep := func(words []string) {
		same := strings.Join(words, "")
		isBlank := same != "" && strings.TrimSpace(same) == "" && !strings.Contains(same, "\n")
		if gone.Len()+come.Len() > 0 && isBlank {
			gone.WriteString(same) // two changes with only a space between them are shown as one
			come.WriteString(same)
			return
		}
		if same != "" {
			flush()
			pieces = append(pieces, same)
			stay += len(same)
		}
	}
	for _, d := range lcs.DiffLines(old, now) {
		keep(old[at:d.Start])
		gone.WriteString(strings.Join(old[d.Start:d.End], ""))
		come.WriteString(strings.Join(now[d.ReplStart:d.ReplEnd], ""))
		at = d.End
	}
	keep(old[at:])
	flush()
	return pieces, stay
}

// tokens splits a text into words and what stands between them.
func tokens(text string) (list []string) {
	class := func(r rune) int {
		switch {
		case r == '\n':
			return 0
		case unicode.IsSpace(r):
			return 1
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r), r == '_':
			return 2
		}
		return 3
	}
	start, last := 0, -1
	for i, r := range text {
		c := class(r)
		if i > start && (c != last || c == 0 || c == 3 || unicode.Is(unicode.Han, r)) {
			list = append(list, text[start:i])
			start = i
		}
		last = c
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

// bounded cuts off the steps that exceed maxShown.
func bounded(steps []step) []step {
	room := maxShown
	for i, s := range steps {
		whole, ok := s[1].(string)
		if !ok {
			for _, piece := range piecesOf(s) {
				room -= len(piece)
			}
			if room < 0 {
				return append(steps[:i:i], step{cut, linesIn(steps[i:])})
			}
			continue
		}
		if room -= len(whole); room >= 0 {
			continue
		}
		end := len(whole) + room
		for end > 0 && !utf8.RuneStart(whole[end]) {
			end--
		}
		rest := 1 + strings.Count(whole[end:], "\n") + linesIn(steps[i+1:])
		return append(steps[:i:i], step{s[0], whole[:end]}, step{cut, rest})
	}
	return steps
}

func linesIn(steps []step) (n int) {
	for _, s := range steps {
		if whole, ok := s[1].(string); ok {
			n += 1 + strings.Count(whole, "\n")
		} else if more, ok := s[1].(int); ok {
			n += more
		}
		for _, piece := range piecesOf(s) {
			n += strings.Count(piece, "\n")
		}
	}
	return n
}

// piecesOf returns all texts of a step that compares word by word.
func piecesOf(s step) (list []string) {
	pieces, _ := s[1].([]any)
	for _, p := range pieces {
		switch p := p.(type) {
		case string:
			list = append(list, p)
		case []string:
			list = append(list, p...)
		}
	}
	return list
}
