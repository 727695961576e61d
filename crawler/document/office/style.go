package office

import (
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"golang.org/x/net/html/atom"
)

// wordStyle is a style of paragraphs or runs. Nil is the plain style.
type wordStyle struct {
	name    string
	basedOn *wordStyle
	node    *xmlNode
}

func readStyles(part *xmlNode) map[string]*wordStyle {
	styles := make(map[string]*wordStyle)
	for _, n := range part.all("style") {
		styles[n.attr("styleId")] = &wordStyle{name: strings.ToLower(n.child("name").attr("val")), node: n}
	}
	for _, s := range styles {
		s.basedOn = styles[s.node.child("basedOn").attr("val")]
	}
	return styles
}

// maxBasedOn is how many styles may be based on each other. They may form a circle.
const maxBasedOn = 20

// each calls look for a style and those it is based on, until look returns true.
func (s *wordStyle) each(look func(*wordStyle) bool) {
	for i := 0; s != nil && i < maxBasedOn && !look(s); i++ {
		s = s.basedOn
	}
}

// called returns Word's name of a style, in lower case.
func (s *wordStyle) called() string {
	if s == nil {
		return ""
	}
	return s.name
}

// level returns the heading level of a style, or 0.
func (s *wordStyle) level() (level int) {
	s.each(func(s *wordStyle) bool {
		if name, ok := strings.CutPrefix(s.name, "heading "); ok {
			level, _ = strconv.Atoi(name)
		} else if outline := s.node.child("pPr").child("outlineLvl"); outline != nil {
			level = outline.number("val") + 1
		}
		return level > 0
	})
	if level > 9 {
		return 0
	}
	return level
}

// listed returns the list of a style's paragraphs.
func (s *wordStyle) listed() (numbering *xmlNode) {
	s.each(func(s *wordStyle) bool {
		numbering = s.node.child("pPr").child("numPr")
		return numbering != nil
	})
	return numbering
}

func (s *wordStyle) isCode() (code bool) {
	s.each(func(s *wordStyle) bool {
		code = draft.HasAny(s.name, "code", "preformatted", "macro", "listing", "plain text", "verbatim")
		return code
	})
	return code
}

// look returns the formatting of a style that has a meaning. Bold and italic of headings and quotes have
// none.
func (s *wordStyle) look() look {
	var l look
	s.each(func(s *wordStyle) bool {
		properties := s.node.child("rPr")
		l.hidden = l.hidden || properties.child("vanish").on()
		l.mono = l.mono || isMonoFont(properties.child("rFonts").attr("ascii"))
		return false
	})
	return l
}

// with returns the formatting with the properties of a run applied.
func (l look) with(properties *xmlNode, styles map[string]*wordStyle, theme wordTheme) look {
	if style := styles[properties.child("rStyle").attr("val")]; style != nil {
		for _, p := range style.chain("rPr") {
			l.contrast.apply(p, theme)
		}
		style.each(func(s *wordStyle) bool {
			l.apply(s.node.child("rPr"))
			l.mono = l.mono || draft.HasAny(s.name, "code", "verbatim", "html typewriter", "html keyboard", "html sample")
			return false
		})
	}
	l.apply(properties)
	l.contrast.apply(properties, theme)
	return l
}

func (l *look) apply(p *xmlNode) {
	for name, to := range map[string]*bool{
		"b": &l.bold, "i": &l.italic, "strike": &l.strike, "dstrike": &l.strike, "vanish": &l.hidden, "webHidden": &l.hidden,
	} {
		if n := p.child(name); n != nil {
			*to = n.on()
		}
	}
	if fonts := p.child("rFonts"); fonts.attr("ascii") != "" {
		l.mono = isMonoFont(fonts.attr("ascii"))
	}
	switch p.child("vertAlign").attr("val") {
	case "superscript":
		l.raised = "sup"
	case "subscript":
		l.raised = "sub"
	}
}

func isMonoFont(name string) bool {
	return draft.HasAny(strings.ToLower(name), "courier", "consolas", "menlo", "monaco", "mono", "cascadia",
		"lucida console", "source code", "fira code", "andale")
}

// wordLevel is how the items of one level of a list are numbered.
type wordLevel struct {
	format string
	text   string // with %1 for the number of the first level
	style  string // the style of the level's paragraphs
	legal  bool   // numbers of all levels are decimal
	start  int
}

func (l wordLevel) element() atom.Atom {
	switch l.format {
	case "", "bullet", "none":
		return atom.Ul
	}
	return atom.Ol
}

// htmlType returns the type attribute of a list that is not numbered with decimal numbers.
func (l wordLevel) htmlType() string {
	return map[string]string{"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}[l.format]
}

// readNumbering returns the levels of each list.
func readNumbering(part *xmlNode) map[string]*[9]wordLevel {
	abstract := make(map[string]*[9]wordLevel)
	read := func(levels *[9]wordLevel, nodes []*xmlNode) {
		for _, n := range nodes {
			if i := n.number("ilvl"); i >= 0 && i < len(levels) {
				if format := n.child("numFmt").attr("val"); format != "" {
					levels[i].format = format
				}
				if text := n.child("lvlText"); text != nil {
					levels[i].text = text.attr("val")
				}
				if style := n.child("pStyle"); style != nil {
					levels[i].style = style.attr("val")
				}
				levels[i].legal = levels[i].legal || n.child("isLgl").on()
				if start := n.child("start"); start != nil {
					levels[i].start = start.number("val")
				}
			}
		}
	}
	for _, n := range part.all("abstractNum") {
		levels := new([9]wordLevel)
		read(levels, n.all("lvl"))
		abstract[n.attr("abstractNumId")] = levels
	}
	lists := make(map[string]*[9]wordLevel)
	for _, n := range part.all("num") {
		levels := new([9]wordLevel)
		if known := abstract[n.child("abstractNumId").attr("val")]; known != nil {
			*levels = *known
		}
		for _, change := range n.all("lvlOverride") {
			if i := change.number("ilvl"); i >= 0 && i < len(levels) && change.child("startOverride") != nil {
				levels[i].start = change.child("startOverride").number("val")
			}
			read(levels, change.all("lvl"))
		}
		lists[n.attr("numId")] = levels
	}
	return lists
}
