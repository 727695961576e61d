package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// lines are the lines of the file in the form for mistakes. Every value is hidden until the decoder has
// read it as the value of a harmless key.
type lines struct {
	text    [][]rune
	scalars []*yaml.Node // keys and values in the order of the file
	shown   map[*yaml.Node]bool
	hidden  map[int][]span // by line from 1; set by settle
	views   map[int]view   // by line; set by display
}

// span is a part of a line, in columns from 1. to is exclusive.
type span struct{ from, to int }

// endOfLine as the end of a span is the end of the line.
const endOfLine = 1 << 30

// newLines splits data into lines as YAML does.
func newLines(data []byte) *lines {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	l := &lines{shown: map[*yaml.Node]bool{}, hidden: map[int][]span{}, views: map[int]view{}}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		l.text = append(l.text, []rune(line))
	}
	return l
}

// hold hides every key and value of the tree except references and words of the schema.
func (l *lines) hold(n *yaml.Node, known func(word string) bool) {
	if n.Kind == yaml.ScalarNode {
		l.scalars = append(l.scalars, n)
		l.shown[n] = onlyReferences.MatchString(n.Value) || known(n.Value)
	}
	for _, child := range n.Content {
		l.hold(child, known)
	}
}

// show makes a value visible, and the items of a list. It does not show the values of keys, which may be
// in the wrong place, nor a URL with a password.
func (l *lines) show(n *yaml.Node) {
	l.shown[n] = !userInfo.MatchString(n.Value)
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			l.show(item)
		}
	}
}

func (l *lines) hide(n *yaml.Node) { l.shown[n] = false }

// settle decides what stays hidden. It is called once, when everything was read.
func (l *lines) settle() {
	for i, n := range l.scalars {
		nothing := n.Value == "" && n.Style == 0 && n.Anchor == ""
		if l.shown[n] || nothing || n.Line < 1 || n.Line > len(l.text) {
			continue
		}
		if to, ok := l.end(n); ok {
			l.conceal(n.Line, span{n.Column, to})
			continue
		}
		// A value over several lines, or with an anchor or tag, is hidden up to the next key or value.
		line, column := len(l.text)+1, 1
		for _, next := range l.scalars[i+1:] {
			if next.Line > n.Line || next.Line == n.Line && next.Column > n.Column {
				line, column = next.Line, next.Column
				break
			}
		}
		for at, from := n.Line, n.Column; at <= line && at <= len(l.text); at, from = at+1, 1 {
			to := len(l.text[at-1]) + 1
			if at == line {
				to = column
			}
			l.concealText(at, span{from, to})
		}
	}
}

// concealText hides a part of a line except indentation and dashes at its beginning.
func (l *lines) concealText(line int, s span) {
	part := l.text[line-1][min(s.from-1, len(l.text[line-1])):min(s.to-1, len(l.text[line-1]))]
	if rest := strings.TrimLeft(string(part), " \t-?[{"); rest != "" {
		l.conceal(line, span{s.to - utf8.RuneCountInString(rest), s.to})
	}
}

func (l *lines) conceal(line int, s span) { l.hidden[line] = append(l.hidden[line], s) }

// end returns the column after a scalar. ok is false unless the scalar clearly ends on its first line.
func (l *lines) end(n *yaml.Node) (column int, ok bool) {
	line := l.text[n.Line-1]
	if n.Column < 1 || n.Column > len(line) {
		return 0, false
	}
	rest := line[n.Column-1:]
	switch n.Style {
	case 0:
		value := []rune(n.Value)
		if len(value) == 0 || len(value) > len(rest) || string(rest[:len(value)]) != n.Value {
			return 0, false
		}
		return n.Column + len(value), true
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		quote := rest[0]
		if quote != '\'' && quote != '"' {
			return 0, false
		}
		for i := 1; i < len(rest); i++ {
			switch {
			case rest[i] == '\\' && quote == '"':
				i++
			case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == quote:
				i++
			case rest[i] == quote:
				return n.Column + i + 1, true
			}
		}
	}
	return 0, false
}

// find returns the column of text within the scalar n, or the column of n where text is not visible
// there.
func (l *lines) find(n *yaml.Node, text string) int {
	if n.Line >= 1 && n.Line <= len(l.text) && n.Column >= 1 && n.Column <= len(l.text[n.Line-1]) {
		line := l.text[n.Line-1][n.Column-1:]
		rest := string(line[:min(len(line), 1000)])
		if i := strings.Index(rest, text); i >= 0 {
			return n.Column + utf8.RuneCountInString(rest[:i])
		}
	}
	return n.Column
}

// view is a line in the form for mistakes. carets has the new place of each column.
type view struct {
	text   []rune
	carets []int
}

// display returns a line with the hidden parts replaced, cut to the part around the column, and the place
// of the column in it.
func (l *lines) display(line, column int) (text string, caret int) {
	v, ok := l.views[line]
	if !ok {
		v = l.view(line)
		l.views[line] = v
	}
	return window(v.text, v.carets[min(column, len(v.carets))-1])
}

func (l *lines) view(line int) view {
	const veil = "[hidden]"
	hidden := l.hidden[line]
	slices.SortFunc(hidden, func(a, b span) int { return a.from - b.from })
	var v view
	until := 0 // column where the hidden part ends
	for i, r := range l.text[line-1] {
		column := i + 1
		veiled := column < until
		for len(hidden) > 0 && hidden[0].from <= column {
			until, hidden = max(until, hidden[0].to), hidden[1:]
		}
		switch {
		case veiled:
			v.carets = append(v.carets, v.carets[len(v.carets)-1])
			continue
		case column < until:
			v.carets = append(v.carets, len(v.text)+1)
			v.text = append(v.text, []rune(veil)...)
			continue
		case r != '\t' && !unicode.IsPrint(r):
			r = '·' // a terminal might obey it
		}
		v.carets = append(v.carets, len(v.text)+1)
		v.text = append(v.text, r)
	}
	v.carets = append(v.carets, len(v.text)+1) // the end of the line
	return v
}

// window cuts a long line to the part around the caret.
func window(text []rune, caret int) (string, int) {
	const width, before = 110, 60
	from := 0
	if len(text) > width && caret > before {
		from = caret - before
	}
	to := min(len(text), from+width)
	shown := slices.Clone(text[from:to])
	if from > 0 {
		shown[0] = '…'
	}
	if to < len(text) {
		shown[len(shown)-1] = '…'
	}
	return string(shown), caret - from
}

var (
	userInfo       = regexp.MustCompile(`//[^/]*@`)
	onlyReferences = regexp.MustCompile(`^(\$\{[A-Za-z_][A-Za-z0-9_]*\})+$`)

	keyPattern  = regexp.MustCompile(`["']?([A-Za-z_][\w-]*)["']?[ \t]*:(?:[ \t]|$)`)
	wordPattern = regexp.MustCompile(`\$\{\w+\}|[^\s{}\[\],"'|>&*!%@#` + "`" + `]+`)
)

// concealWords hides parts of a line of a file that is not valid YAML. It hides every word that is neither
// a known key nor part of the value of a harmless key. After the first hidden word only known keys are
// shown.
func (l *lines) concealWords(line int, known func(key string) bool, harmless func(key string) bool) {
	if len(l.text[line-1]) > 2000 {
		l.conceal(line, span{1, endOfLine})
		return
	}
	text := string(l.text[line-1])
	column := func(at int) int { return utf8.RuneCountInString(text[:at]) + 1 }
	suspect := false
	conceal := func(from, to int) {
		for _, word := range wordPattern.FindAllStringIndex(text[from:to], -1) {
			if got := text[from+word[0] : from+word[1]]; !strings.HasPrefix(got, "${") && got != "-" {
				l.conceal(line, span{column(from + word[0]), column(from + word[1])})
				suspect = true
			}
		}
	}
	from, shown := 0, false
	for _, m := range keyPattern.FindAllStringSubmatchIndex(text, -1) {
		key := text[m[2]:m[3]]
		if shown && !known(key) && !strings.ContainsAny(text[from:m[0]], "{}[],") {
			continue // a harmless value with a colon
		}
		if !shown {
			conceal(from, m[0])
		}
		if !known(key) {
			conceal(m[2], m[3])
		}
		from, shown = m[1], harmless(key) && !suspect
	}
	if !shown || strings.Contains(text[from:], "@") { // a URL may contain a password
		conceal(from, len(text))
	}
}
