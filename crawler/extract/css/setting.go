package css

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Setting is how style sets an element where its name says nothing of that.
type Setting uint16

// The settings. An element has several of them.
const (
	Struck      Setting = 1 << iota // through
	Lines                           // on lines of its own, though its name stands within them
	Apart                           // with a gap between it and its neighbours
	Letters                         // a list whose items are counted by small letters
	Capitals                        // by capitals
	Romans                          // by small Roman numbers
	GreatRomans                     // by great ones
	Parted                          // what stands in it stands apart, as in the cells of a grid
	Broken                          // where the lines of its text end in the source
)

// Has reports whether the element has one of the settings.
func (s Setting) Has(any Setting) bool { return s&any != 0 }

// Setting returns how what looks like that is set.
func (l *Look) Setting() Setting {
	return settingBy(decoration, l.Says[decoration]) | settingBy(listStyle, l.Says[listStyle]) | settingBy(Display, l.Says[Display]) |
		settingBy(whiteSpace, l.Says[whiteSpace])
}

func settingBy(p Property, said string) Setting {
	switch {
	case said == "":
	case p == decoration:
		if strings.Contains(said, "line-through") {
			return Struck
		}
	case p == listStyle:
		for word := range strings.FieldsSeq(said) {
			switch word {
			case "lower-alpha", "lower-latin":
				return Letters
			case "upper-alpha", "upper-latin":
				return Capitals
			case "lower-roman":
				return Romans
			case "upper-roman":
				return GreatRomans
			}
		}
	case p == whiteSpace:
		switch said {
		case "pre", "pre-line", "pre-wrap", "break-spaces":
			return Broken
		}
	case p == Display:
		switch said {
		case "inline-flex", "inline-grid":
			return Parted
		case "flex", "grid":
			return Lines | Parted
		case "block", "table", "table-row", "list-item", "flow-root":
			return Lines
		case "table-cell":
			return Apart
		}
	}
	return 0
}

// settingOn returns how the rules set n, which stands on a path.
func (s *Styles) settingOn(p *path, n *html.Node) Setting {
	if p.sets == nil {
		return p.setting
	}
	return settingOf(n, slices.DeleteFunc(slices.Clone(p.sets), func(r *rule) bool { return !r.matches(n, s.meter) }))
}

// settingOf returns how rules set n, in their order.
func settingOf(n *html.Node, rules []*rule) (as Setting) {
	for _, r := range rules {
		as = r.look.Over(n, as)
	}
	return as
}

// isSet reports whether a look says how elements are set.
func (l *Look) isSet() bool {
	return l.Says[Display] != "" || l.Says[decoration] != "" || l.Says[listStyle] != "" || l.Says[whiteSpace] != ""
}

// Over returns how n is set that was set otherwise before it got this look.
func (l *Look) Over(n *html.Node, before Setting) Setting {
	if l.Says[Display] != "" {
		before &^= Lines | Apart | Parted
	}
	return before | l.Setting()&settingsOf(n)
}

func isInCode(n *html.Node) bool {
	return htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Code, atom.Pre) }) != nil
}

// settingsOf returns the settings that say of n what its name does not.
func settingsOf(n *html.Node) Setting {
	switch n.DataAtom {
	case atom.Pre, atom.Code, atom.Textarea:
		return Struck
	case atom.Ol:
		return Letters | Capitals | Romans | GreatRomans
	case atom.Span, atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.Small, atom.Label, atom.Time, atom.Abbr, atom.Mark, atom.Cite, atom.Font, atom.U:
		if isInCode(n) {
			return Struck // its lines are code all the same
		}
		return Struck | Lines | Apart | Parted | Broken
	}
	return Struck | Parted | Broken
}
