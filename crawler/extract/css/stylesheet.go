// Package css tells what of a page its own style sheets and style attributes hide: which
// elements are not displayed, are moved off the page, are clear or too small to read, or
// have the colour of what lies beneath them.
//
// Rules are read as CSS 2.1 and Selectors 4 have them, as far as they bear on that. The work
// that it takes to match them is counted by a [budget.Meter].
package css

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Styles are the rules of a page's own style elements that bear on whether text is
// seen. Style sheets of other addresses are not fetched.
type Styles struct {
	meter  *budget.Meter
	rules  []rule
	alone  bool // the page refers to no other style sheets
	hiding bool // one of the rules hides, or sets a colour

	looks    map[*html.Node]Look // by lookOf
	pictures map[*html.Node]bool // by hasPicture

	names *nameIndex

	papers []rule                // those of rules that set a background
	inks   map[*html.Node]string // the colour of text that rules set, where it is as light as a page may be
}

// rule is a rule where it stands in a page.
type rule struct {
	*declared
	order int
	when  bool // holds in some windows only
}

// maxSheets is how much of a page's style sheets is read, in bytes. Those of a
// page's own are far shorter; what is longer is a framework's.
const maxSheets = 512 << 10

// Read reads the style elements below root.
func Read(root *html.Node, meter *budget.Meter) *Styles {
	s := &Styles{alone: true, meter: meter, looks: map[*html.Node]Look{}, pictures: map[*html.Node]bool{}}
	length := 0
	for n := range htmltree.Below(root) {
		switch {
		case n.DataAtom == atom.Link && htmltree.HasWord(htmltree.Attr(n, "rel"), "stylesheet"):
			s.alone = false
		case n.DataAtom == atom.Style && n.FirstChild != nil && n.Namespace == "":
			media := strings.ToLower(strings.TrimSpace(htmltree.Attr(n, "media")))
			if length += len(n.FirstChild.Data); length <= maxSheets && !isPrint(media) {
				s.add(knownSheets.read(n.FirstChild.Data), media != "" && media != "all" && media != "screen")
			}
		}
	}
	return s
}

func isPrint(media string) bool { return media == "print" || strings.HasPrefix(media, "only print") }

// add adds the rules of a sheet; when tells that they hold in some windows only.
func (s *Styles) add(own *sheet, when bool) {
	s.alone = s.alone && !own.imports
	s.hiding = s.hiding || own.hiding
	s.rules = slices.Grow(s.rules, len(own.rules))
	for _, r := range own.rules {
		s.rules = append(s.rules, rule{r, len(s.rules), when || r.when})
	}
}

// Hidden returns the elements below root that the rules hide. That is not for
// those that another rule shows, at once or in a state that a reader's click or
// a script brings about: they are seen, sooner or later.
func (s *Styles) Hidden(root *html.Node) map[*html.Node]bool {
	var names *nameIndex
	if s.hiding {
		names = s.namesBelow(root)
		s.rules = slices.DeleteFunc(s.rules, func(r rule) bool { return !names.haveAll(r.needs) })
	}
	for _, r := range s.rules {
		if r.look.Says[background] != "" || r.look.Says[backgroundImage] != "" {
			s.papers = append(s.papers, r)
		}
	}
	if !s.hiding {
		return nil
	}
	hidden := map[*html.Node]bool{}
	s.inks = map[*html.Node]string{}
	for _, r := range s.rules {
		s.meter.Spend(1)
		if r.light && s.alone && !r.when {
			for _, n := range names.candidates(r.last, s.meter) {
				if r.matches(n, s.meter) && !s.shows(n, r, color) {
					s.inks[n] = r.look.Says[color]
				}
			}
		}
		if !r.hides || r.when || strings.Contains(r.selector, "no-js") || s.waits(r) {
			continue
		}
		for _, n := range names.candidates(r.last, s.meter) {
			if !hidden[n] && r.matches(n, s.meter) && !s.shows(n, r, r.by) && !IsWaiting(n, r.by) {
				hidden[n] = true
			}
		}
	}
	return hidden
}

// waits tells whether what r hides is shown by another rule, or no longer hidden
// by r, in some state.
func (s *Styles) waits(r rule) bool {
	if IsOverlay(r.selector) {
		return false
	}
	if before, inside, ok := strings.Cut(r.selector, ":not("); ok && changed.MatchString(inside) && before != "" {
		return true
	}
	if !strings.ContainsAny(r.last, ".#[") {
		return false
	}
	s.meter.Spend(len(s.rules))
	for _, other := range s.rules {
		if other.declared == r.declared || !other.reveals(r.by) {
			continue
		}
		_, after, ok := strings.Cut(other.last, r.last)
		if ok && (after == "" || !isNameByte(after[0])) && changed.MatchString(other.selector) {
			return true
		}
	}
	return false
}

// shows tells whether another rule wins over r, which hides n by a property.
func (s *Styles) shows(n *html.Node, r rule, by Property) bool {
	s.meter.Spend(1 + len(s.rules)/4)
	for _, other := range s.rules {
		if other.declared == r.declared || other.look.Says[by] == "" || !other.reveals(by) || !other.matches(n, s.meter) {
			continue
		}
		if other.when || other.wins(r, by) {
			return true
		}
	}
	return false
}

// wins tells whether what r says of a property stands before what other says.
func (r rule) wins(other rule, about Property) bool {
	if a, b := r.look.strong[about], other.look.strong[about]; a != b {
		return a
	}
	a, b := r.compiled().specificity, other.compiled().specificity
	return b.Less(a) || a == b && r.order > other.order
}

// nameIndex is a page's elements by their names.
type nameIndex struct {
	all     []*html.Node
	ids     map[string]bool
	called  map[string][]*html.Node // by class attributes as they are written, of which there are few
	classes map[string][]string     // by classes, the attributes that have them
}

func (s *Styles) namesBelow(root *html.Node) *nameIndex {
	if s.names == nil {
		s.names = namesBelow(root)
	}
	return s.names
}

func namesBelow(root *html.Node) *nameIndex {
	body := root
	for n := range htmltree.Below(root) {
		if n.DataAtom == atom.Body {
			body = n
			break
		}
	}
	x := &nameIndex{called: map[string][]*html.Node{}, classes: map[string][]string{}}
	for n := range htmltree.Below(body) {
		if n.Type != html.ElementNode {
			continue
		}
		x.all = append(x.all, n)
		for _, a := range n.Attr {
			if a.Key == "class" {
				x.called[a.Val] = append(x.called[a.Val], n)
			}
		}
	}
	for attribute := range x.called {
		for class := range strings.FieldsSeq(attribute) {
			x.classes[class] = append(x.classes[class], attribute)
		}
	}
	return x
}

// haveAll tells whether the page has the classes and IDs that a rule needs. Of a
// framework's sheet, a page uses little.
func (x *nameIndex) haveAll(needs []string) bool {
	for _, name := range needs {
		if name[0] == '.' && x.classes[name[1:]] == nil || name[0] == '#' && !x.hasID(name[1:]) {
			return false
		}
	}
	return true
}

func (x *nameIndex) hasID(id string) bool {
	if x.ids == nil {
		x.ids = map[string]bool{}
		for _, n := range x.all {
			if htmltree.HasAttr(n, "id") {
				x.ids[htmltree.Attr(n, "id")] = true
			}
		}
	}
	return x.ids[id]
}

// candidates returns the elements that a compound selector may be about, in any order.
func (x *nameIndex) candidates(compound string, m *budget.Meter) (found []*html.Node) {
	name := compound
	for i := 1; i < len(name); i++ {
		if !isNameByte(name[i]) {
			name = name[:i]
			break
		}
	}
	switch {
	case name == "" || name[0] == '*' || name[0] == '[' || name[0] == ':' || strings.Contains(compound, `\`):
		m.Spend(len(x.all))
		return x.all
	case name[0] == '.':
		for _, attribute := range x.classes[name[1:]] {
			found = append(found, x.called[attribute]...)
		}
		return found
	}
	tag := strings.ToLower(name)
	m.Spend(len(x.all) / 4)
	for _, n := range x.all {
		if n.Data == tag || name[0] == '#' && htmltree.Attr(n, "id") == name[1:] {
			found = append(found, n)
		}
	}
	return found
}

func isNameByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}
