// Package css tells what of a page its own style sheets and style attributes hide: which
// elements are not displayed, are moved off the page, are clear or too small to read, or
// have the colour of what lies beneath them.
//
// Rules are read as CSS 2.1 and Selectors 4 have them, as far as they bear on that. The work
// that it takes to match them is counted by a [budget.Meter].
package css

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Styles are the rules of a page's style sheets that bear on whether text is seen.
type Styles struct {
	// Shown reports whether something on the page may show what is hidden by a property. Defaults to yes.
	Shown func(n *html.Node, by Property) bool

	*cascade
	meter *budget.Meter
	root  *html.Node

	under    map[*html.Node]bool      // what a sibling covers
	clashing map[*rule]bool           // with the colours that attributes of this page say
	paths    map[*html.Node]*path     // on which elements stand
	alike    map[*html.Node]bool      // by isAlike
	more     map[*html.Node][]*rule   // by also
	looks    map[*html.Node]*computed // of elements that look otherwise than others on their paths
	inline   map[string]*Look         // by style attributes, many of which are the same
	classes  map[string]classes       // by class attributes
	pictures map[*html.Node]bool      // by hasPicture
	names    map[string]bool          // by has
	rest     []byte                   // see pathOf
}

// maxSheets is how much of a page's style sheets is read, in bytes. Those of a
// page's own are far shorter; what is longer is a framework's.
const maxSheets = 1 << 20

// Linked knows the style sheets that pages refer to.
type Linked interface {
	// Sheet returns the text of the sheet at an address, and whether it is known.
	Sheet(address *url.URL) (text string, known bool)
}

// reader reads the style sheets of a page in their order.
type reader struct {
	memory *Memory
	linked Linked
	sheets []placedSheet
	alone  bool // none is unknown
	length int
	depth  int
	count  int
}

// maxImports bounds how deep sheets import one another, and maxLinked how many a page has.
const (
	maxImports = 4
	maxLinked  = 40
)

// Read reads the style sheets of the page below root, whose addresses are relative to base. A nil
// linked knows none of other addresses, and a nil memory keeps nothing for other pages.
func Read(root *html.Node, base *url.URL, linked Linked, memory *Memory, meter *budget.Meter) *Styles {
	if memory == nil {
		memory = &Memory{}
	}
	s := &Styles{
		meter: meter, root: root, paths: map[*html.Node]*path{}, alike: map[*html.Node]bool{}, more: map[*html.Node][]*rule{}, looks: map[*html.Node]*computed{}, inline: map[string]*Look{},
		classes: map[string]classes{}, pictures: map[*html.Node]bool{}, names: map[string]bool{},
	}
	r := &reader{memory: memory, linked: linked, alone: true}
	var said palette // by attributes
	inline := false  // a style attribute may make a cover
	for n := range htmltree.Below(root) {
		switch {
		case n.DataAtom == atom.Link && htmltree.HasWord(strings.ToLower(htmltree.Attr(n, "rel")), "stylesheet"):
			if htmltree.HasAttr(n, "disabled") || htmltree.HasWord(strings.ToLower(htmltree.Attr(n, "rel")), "alternate") {
				continue
			}
			r.link(base, htmltree.Attr(n, "href"), mediaHolds(htmltree.Attr(n, "media")))
		case n.DataAtom == atom.Style && n.FirstChild != nil && n.Namespace == "":
			r.text(base, n.FirstChild.Data, mediaHolds(htmltree.Attr(n, "media")))
		}
		for i := range n.Attr {
			switch a := &n.Attr[i]; a.Key {
			case "style":
				s.addColours(a.Val, &said)
				inline = inline || strings.Contains(a.Val, "absolute")
			case "bgcolor":
				if paper, ok := colourOf(a.Val); ok {
					said.addPaper(paper)
				}
			}
		}
	}
	s.cascade = memory.cascade(r.sheets, r.alone)
	defer func() { s.under = s.underCovers(inline) }()
	if len(said.inks)+len(said.papers) > 0 {
		s.clashing = s.clashesWith(said)
	}
	return s
}

// clashesWith returns the rules whose colours may be unseen with those that the page says by attributes.
func (c *cascade) clashesWith(said palette) map[*rule]bool {
	clashing := map[*rule]bool{}
	for _, r := range c.rules {
		if r.clashes(said) {
			clashing[r] = true
		}
	}
	return clashing
}

// link adds the sheet at an address, if it is known.
func (r *reader) link(base *url.URL, href string, when truth) {
	if when == never {
		return
	}
	if r.count++; r.linked != nil && base != nil && r.count <= maxLinked && r.depth <= maxImports {
		if address, err := base.Parse(strings.TrimSpace(href)); err == nil {
			if text, known := r.linked.Sheet(address); known {
				r.depth++
				r.text(address, text, when)
				r.depth--
				return
			}
		}
	}
	r.alone = false
}

// text adds the rules of a sheet after those of the sheets that it imports.
func (r *reader) text(base *url.URL, text string, when truth) {
	if r.length += len(text); r.length > maxSheets || when == never {
		r.alone = r.alone && when == never
		return
	}
	own := r.memory.sheet(text)
	for _, other := range own.imports {
		r.link(base, other.address, when.and(other.when))
	}
	r.sheets = append(r.sheets, placedSheet{own, when})
}

// addColours adds the colours that a style attribute says.
func (s *Styles) addColours(styled string, to *palette) {
	styled = strings.ToLower(styled)
	if !strings.Contains(styled, "color") && !strings.Contains(styled, "background") {
		return
	}
	own := s.Inline(styled)
	if ink, ok := colourOf(own.Says[color]); ok {
		to.addInk(ink)
	}
	if paper, ok := own.paper(); ok {
		to.addPaper(paper)
	}
}

// Inline is [InlineLook], read once for all elements that are styled the same.
func (s *Styles) Inline(style string) *Look {
	look, ok := s.inline[style]
	if !ok {
		own := InlineLook(style)
		look = &own
		s.inline[style] = look
	}
	return look
}

// Judge returns what the rules, its style and its attributes say of n: how it is set, and whether it is
// not seen, and by which property.
func (s *Styles) Judge(n *html.Node) (as Setting, by Property, hidden bool) {
	if s.under[n] {
		return 0, covered, true
	}
	if !s.isAsked(n) {
		return 0, 0, false
	}
	p := s.pathOf(n)
	as = s.settingOn(p, n)
	if styled := htmltree.Attr(n, "style"); styled != "" {
		as = s.Inline(styled).Over(n, as)
	}
	if !s.mayBeHidden(p) {
		return as, 0, false
	}
	for _, way := range s.hidingOf(n, p) {
		if way.by == color && (isBlank(n) || !s.paintsOver(n, s.lookOf(n))) || s.waits(n, way) || s.isWaiting(n, way.by) {
			continue
		}
		return as, way.by, true
	}
	return as, 0, false
}

// hidesBy reports whether a property hides n, with what is around it.
func (s *Styles) hidesBy(n *html.Node, c *computed, p Property) bool {
	if n.DataAtom == atom.Hr && p != Display && p != Visibility {
		return false
	}
	grows := htmltree.IsElement(n, atom.Td, atom.Th) // whatever its size is said to be
	switch p {
	case opacity:
		return c.Says[transform] == "" && !c.moves && s.opacityOf(n) <= 0.03
	case fontSize:
		return s.sizeOf(n, 0) <= 1
	case color:
		return s.paintsOver(n, c)
	case blend:
		return s.blendsAway(n, c.Says[blend])
	case width, maxWidth, height, maxHeight:
		return !grows && c.hidesBy(p)
	}
	return c.hidesBy(p)
}

// isBlank reports whether n has no letter to be painted, but may have blanks.
func isBlank(n *html.Node) bool {
	for d := range htmltree.Below(n) {
		if d.Type == html.TextNode && !htmltree.IsBlank(d.Data) {
			return false
		}
	}
	return true
}

func (s *Styles) shown(n *html.Node, by Property) bool { return s.Shown == nil || s.Shown(n, by) }

// opacityOf returns how much of n is seen through all that is around it.
func (s *Styles) opacityOf(n *html.Node) float64 {
	seen := 1.0
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		if c := s.lookOf(p); c.Says[opacity] != "" && c.Says[Display] != "contents" && !c.unsure[opacity] && (p == n || !c.moves) {
			seen *= share(c.Says[opacity])
		}
	}
	return seen
}

// sizeOf returns the size of n's letters in pixels.
func (s *Styles) sizeOf(n *html.Node, depth int) float64 {
	const usual = 16
	if n == nil || n.Type != html.ElementNode || depth > 200 {
		return usual
	}
	c := s.lookOf(n)
	said := c.Says[fontSize]
	number, unit, ok := lengthOf(said)
	if !ok || c.unsure[fontSize] {
		return s.sizeOf(n.Parent, depth+1)
	}
	switch unit {
	case "em":
		return number * s.sizeOf(n.Parent, depth+1)
	case "%":
		return number / 100 * s.sizeOf(n.Parent, depth+1)
	}
	if px, known := pixels(said); known {
		return px
	}
	return usual
}

// TakesBack reports whether n, inside of what is hidden by a property that is handed down, says for
// itself that it is seen.
func (s *Styles) TakesBack(n *html.Node, by Property) bool {
	if by == covered && n.Type == html.ElementNode {
		return s.lookOf(n).Says[position] != "" // it may lie above
	}
	if !by.isHandedDown() || n.Type != html.ElementNode {
		return false
	}
	c := s.lookOf(n)
	if by == color && (c.Says[background] != "" || c.Says[backgroundImage] != "") || c.unsure[by] {
		return true
	}
	if c.Says[by] == "" {
		return false
	}
	return !s.hidesBy(n, c, by)
}

// wins reports whether what r says of a property stands before what other says.
func (r *rule) wins(other *rule, about Property) bool {
	a, b := r.look.strong[about], other.look.strong[about]
	switch {
	case a != b:
		return a
	case r.rank != other.rank:
		return r.rank > other.rank != a // of important rules, those of earlier layers count
	}
	mine, its := r.compiled().specificity, other.compiled().specificity
	return its.Less(mine) || mine == its && r.order > other.order
}

// hasAll reports whether the page has the classes and IDs that a rule needs.
func (s *Styles) hasAll(needs []string) bool {
	return !slices.ContainsFunc(needs, func(name string) bool { return !s.has(name) })
}

// has reports whether the page has a class or an ID, such as ".note". Few are asked for.
func (s *Styles) has(name string) bool {
	has, known := s.names[name]
	if known {
		return has
	}
	key := "class"
	if name[0] == '#' {
		key = "id"
	}
	for n := range htmltree.Below(s.root) {
		s.meter.Spend(1)
		value := htmltree.Attr(n, key)
		if value == name[1:] || key == "class" && strings.Contains(value, name[1:]) && slices.Contains(strings.Fields(value), name[1:]) {
			has = true
			break
		}
	}
	s.names[name] = has
	return has
}

func isNameByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}
