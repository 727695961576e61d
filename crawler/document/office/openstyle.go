package office

import (
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// openStyle is a style of an OpenDocument text. Nil is the plain style.
type openStyle struct {
	name    string // in lower case
	basedOn *openStyle
	node    *xmlNode
}

// maxLevels is how many levels lists have.
const maxLevels = 10

// readStyles reads the styles of a part, including automatic ones.
func (o *openText) readStyles(root *xmlNode) {
	parents := make(map[*openStyle]string)
	for _, section := range root.nodes() {
		switch section.name {
		case "styles", "automatic-styles":
		default:
			continue
		}
		for _, n := range section.children {
			switch n.name {
			case "style":
				family, name := n.attr("family"), n.attr("name")
				shown := n.attr("display-name")
				if shown == "" {
					shown = name
				}
				s := &openStyle{name: strings.ToLower(shown), node: n}
				o.styles[family+" "+name] = s
				parents[s] = family + " " + n.attr("parent-style-name")
			case "list-style":
				o.lists[n.attr("name")] = n
			case "outline-style":
				o.lists[""] = n
			}
		}
	}
	for s, parent := range parents {
		s.basedOn = o.styles[parent]
	}
}

// each calls look for a style and those it is based on, until look returns true.
func (s *openStyle) each(look func(*openStyle) bool) {
	for i := 0; s != nil && i < maxBasedOn && !look(s); i++ {
		s = s.basedOn
	}
}

// called returns the name of the nearest style that a person chose.
func (s *openStyle) called() (name string) {
	s.each(func(s *openStyle) bool {
		name = s.name
		return !isAutomatic(name)
	})
	return name
}

// isAutomatic reports whether a style has a name that programs give to automatic styles: P1, T12.
func isAutomatic(name string) bool {
	letters := strings.TrimRight(name, "0123456789")
	return len(letters) <= 2 && len(letters) < len(name)
}

func (s *openStyle) isCode() (code bool) {
	s.each(func(s *openStyle) bool {
		code = draft.HasAny(s.name, "code", "preformatted", "source text", "listing", "verbatim")
		return code
	})
	return code
}

// look returns the formatting of a paragraph style that has a meaning. Bold and italic of headings and
// quotes have none.
func (s *openStyle) look() (l look) {
	for _, p := range s.chain() {
		l.applyOpenly(p)
	}
	l.bold, l.italic = false, false
	return l
}

// openly returns the formatting with a text style applied.
func (l look) openly(s *openStyle) look {
	for _, p := range s.chain() {
		l.applyOpenly(p)
	}
	l.mono = l.mono || s.isCode() || strings.Contains(s.called(), "teletype")
	return l
}

// chain returns the text properties of a style and of those it is based on, the base first.
func (s *openStyle) chain() (all []*xmlNode) {
	s.each(func(s *openStyle) bool {
		if p := s.node.child("text-properties"); p != nil {
			all = append([]*xmlNode{p}, all...)
		}
		return false
	})
	return all
}

func (l *look) applyOpenly(p *xmlNode) {
	set := func(name string, use func(value string)) {
		if value := p.attr(name); value != "" {
			use(value)
		}
	}
	set("font-weight", func(v string) { l.bold = v == "bold" || len(v) == 3 && v >= "600" })
	set("font-style", func(v string) { l.italic = v == "italic" || v == "oblique" })
	set("text-line-through-style", func(v string) { l.strike = v != "none" })
	set("font-name", func(v string) { l.mono = isMonoFont(v) })
	set("display", func(v string) { l.hidden = v == "none" })
	set("text-position", func(v string) {
		raised, _, _ := strings.Cut(v, " ")
		switch {
		case raised == "0%":
			l.raised = ""
		case raised == "sub" || strings.HasPrefix(raised, "-"):
			l.raised = "sub"
		default:
			l.raised = "sup"
		}
	})
	set("color", func(v string) { l.contrast.text = openColour(v) })
	set("background-color", func(v string) { l.contrast.shade = openColour(v) })
	set("use-window-font-color", func(v string) {
		if isOne(v) {
			l.contrast.text = wordColour{is: automatic}
		}
	})
}

// ground returns the colour behind the text of a paragraph or a cell.
func (s *openStyle) ground() (behind wordColour) {
	s.each(func(s *openStyle) bool {
		for _, name := range []string{"paragraph-properties", "table-cell-properties"} {
			if v := s.node.child(name).attr("background-color"); v != "" && v != "transparent" {
				behind = openColour(v)
			}
		}
		return behind.is != notSaid
	})
	return behind
}

// openColour parses a colour such as #ff0000.
func openColour(v string) wordColour {
	if ink, ok := hexColour(strings.TrimPrefix(v, "#")); ok {
		return wordColour{known, ink}
	}
	return wordColour{}
}

// levelOf returns how the items of a level of a list are numbered.
func (o *openText) levelOf(style string, level int) (as wordLevel) {
	as = wordLevel{format: "bullet"}
	for _, n := range o.lists[style].nodes() {
		if n.number("level") != level+1 {
			continue
		}
		switch n.name {
		case "list-level-style-number", "outline-level-style":
		default:
			return as
		}
		as = wordLevel{format: "none", start: max(n.number("start-value"), 1)}
		formats := map[string]string{
			"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
		}
		if format := formats[n.attr("num-format")]; format != "" {
			as.format = format
			as.text = n.attr("num-prefix") + shownLevels(level, max(n.number("display-levels"), 1)) + n.attr("num-suffix")
		}
	}
	return as
}

// shownLevels returns the number of a level with those of the levels above it, in Word's notation.
func shownLevels(level, shown int) string {
	var parts []string
	for i := max(level-shown+1, 0); i <= level; i++ {
		parts = append(parts, "%"+string(rune('1'+min(i, 8))))
	}
	return strings.Join(parts, ".")
}

// count sets the number of a level of a list to the next or a given one. It returns the number with its
// label, such as "2.1", which is "" if the level has no numbers.
func (o *openText) count(id, style string, level, given int) (number int, label string) {
	level = min(level, maxLevels-1)
	counts := o.counts[id]
	if counts == nil {
		counts = new([maxLevels]int)
		o.counts[id] = counts
	}
	as := o.levelOf(style, level)
	switch {
	case given > 0:
		counts[level] = given
	case counts[level] == 0:
		counts[level] = max(as.start, 1)
	default:
		counts[level]++
	}
	clear(counts[level+1:])
	if as.text == "" {
		return counts[level], ""
	}
	return counts[level], labelOf(as, counts[:], func(at int) wordLevel { return o.levelOf(style, at) })
}
