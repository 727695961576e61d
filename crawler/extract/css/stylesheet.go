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

	meter  *budget.Meter
	rules  []*rule
	alone  bool // no style sheet of the page is unknown
	layers map[string]int

	byKey   map[string][]*rule // the rules by what their last compound demands: ".class", "#id", "tag" or ""
	vars    map[string][]*rule // the rules that set a custom property
	suspect map[*html.Node]bool
	inks    []colour
	papers  []colour
	styled  []colour                // papers that attributes say
	grounds map[*html.Node][]colour // papers that rules give to elements, of those that some text is coloured like

	looks    map[*html.Node]*computed
	inline   map[string]*Look    // by style attributes, many of which are the same
	pictures map[*html.Node]bool // by hasPicture
	names    *nameIndex
}

// rule is a rule where it stands in a page.
type rule struct {
	*declared
	order int
	when  bool // holds in some windows only
	rank  int  // of its layer; those outside of layers come last
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
	*Styles
	root   *html.Node
	linked Linked
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
// linked knows none of other addresses.
func Read(root *html.Node, base *url.URL, linked Linked, meter *budget.Meter) *Styles {
	s := &Styles{alone: true, meter: meter, looks: map[*html.Node]*computed{}, inline: map[string]*Look{}, pictures: map[*html.Node]bool{}, layers: map[string]int{}}
	r := &reader{Styles: s, root: root, linked: linked}
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
	}
	return s
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
	own := knownSheets.read(text)
	for _, other := range own.imports {
		r.link(base, other.address, when.and(other.when))
	}
	for _, layer := range own.layers {
		if _, known := r.layers[layer]; !known {
			r.layers[layer] = len(r.layers)
		}
	}
	used := own.usedBy(r.namesBelow(r.root))
	r.meter.Spend(len(used) / 4)
	r.rules = slices.Grow(r.rules, len(used))
	placed := make([]rule, len(used))
	for i, at := range used {
		d := own.rules[at]
		rank := 1 << 20
		if d.layer != "" {
			rank = r.layers[d.layer]
		}
		placed[i] = rule{d, len(r.rules), when == sometimes || d.when, rank}
		r.rules = append(r.rules, &placed[i])
	}
}

// Match finds the elements below root that rules may hide. It is called once, before [Styles.Hides].
func (s *Styles) Match(root *html.Node) {
	if len(s.rules) == 0 {
		return
	}
	names := s.namesBelow(root)
	s.rules = slices.DeleteFunc(s.rules, func(r *rule) bool { return !names.haveAll(r.needs) })
	s.byKey, s.vars, s.suspect = map[string][]*rule{}, map[string][]*rule{}, map[*html.Node]bool{}
	for _, r := range s.rules {
		key := keyOf(r.last)
		s.byKey[key] = append(s.byKey[key], r)
		for _, v := range r.look.own {
			if known := s.vars[v.name]; len(known) == 0 || known[len(known)-1] != r {
				s.vars[v.name] = append(known, r)
			}
		}
	}
	s.collectColours()
	s.collectGrounds(names)
	for _, r := range s.rules {
		s.meter.Spend(1)
		odd, faded := s.isOdd(r)
		if r.when || r.noScript || !odd && !faded {
			continue
		}
		for _, n := range names.candidates(r.last, s.meter) {
			if !s.suspect[n] && (odd || s.isUpon(n, r.ink)) && r.matches(n, s.meter) {
				s.suspect[n] = true
			}
		}
	}
}

// collectColours gathers the colours of text and of backgrounds in the page.
func (s *Styles) collectColours() {
	s.inks, s.papers = append(s.inks, colour{3: 255}), append(s.papers, white())
	for _, r := range s.rules {
		if ink := r.ink; r.hasInk && !slices.Contains(s.inks, ink) {
			s.inks = append(s.inks, ink)
		}
		if paper := r.paper; r.hasPaper && !slices.Contains(s.papers, paper) {
			s.papers = append(s.papers, paper)
		}
	}
}

// collectGrounds finds the elements whose background some text may vanish on.
func (s *Styles) collectGrounds(names *nameIndex) {
	s.grounds = map[*html.Node][]colour{}
	for _, r := range s.rules {
		if !r.hasPaper || r.paper.like(white()) || !slices.ContainsFunc(s.inks, func(ink colour) bool { return ink.like(r.paper) }) {
			continue
		}
		for _, n := range slices.Concat(names.around, names.candidates(r.last, s.meter)) {
			if r.matches(n, s.meter) {
				s.grounds[n] = append(s.grounds[n], r.paper)
			}
		}
	}
}

// isUpon reports whether n, or what it stands in, may have the colour of its text as its background.
func (s *Styles) isUpon(n *html.Node, ink colour) bool {
	for p := n; p != nil; p = p.Parent {
		s.meter.Spend(1)
		if papers := s.grounds[p]; papers != nil && slices.ContainsFunc(papers, ink.like) {
			return true
		}
	}
	return false
}

// isOdd reports whether what a rule matches has to be looked at; faded, whether it has to where it
// stands upon the colour of its text.
func (s *Styles) isOdd(r *rule) (odd, faded bool) {
	if r.odd {
		return true, false
	}
	l := r.look
	ink, hasInk, paper, hasPaper := r.ink, r.hasInk, r.paper, r.hasPaper
	if r.varies {
		replaced := *l
		for p := range properties {
			if strings.Contains(l.Says[p], "var(") {
				replaced.Says[p] = s.resolve(nil, l.Says[p], 0)
			}
		}
		if odd, _ := replaced.isOdd(); odd {
			return true, false
		}
		if slices.Contains(replaced.Says[:], several) {
			return true, false
		}
		ink, hasInk = colourOf(replaced.Says[color])
		paper, hasPaper = replaced.paper()
	}
	// Many pages have black text on white and white text on something: that is looked at where both
	// may meet.
	if like := hasInk && slices.ContainsFunc(s.papers, ink.like); like {
		if r.varies || ink.like(white()) || slices.ContainsFunc(s.styled, ink.like) {
			return true, false
		}
		faded = true
	}
	return hasPaper && !paper.clear() && !paper.like(white()) && slices.ContainsFunc(s.inks, func(ink colour) bool { return ink.like(paper) }), faded
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

// Hides reports whether n is not seen, by what the rules say and what its style attribute says, which
// is styled; and by which property.
func (s *Styles) Hides(n *html.Node, styled string) (by Property, hidden bool) {
	if !s.suspect[n] && styled == "" && n.DataAtom != atom.Font {
		return 0, false
	}
	if !s.suspect[n] && n.DataAtom != atom.Font {
		own := s.Inline(styled)
		if odd, varies := own.isOdd(); !odd && !varies && own.Says[color] == "" && own.Says[background] == "" && own.Says[backgroundImage] == "" {
			return 0, false
		}
	}
	c := s.lookOf(n)
	for p := range properties {
		if c.Says[p] == "" && (p != color || c.Says[background] == "") || c.unsure[p] || !s.hidesBy(n, c, p) || p == color && isBlank(n) {
			continue
		}
		if from := c.from[p]; from != nil && s.waits(from, n, p) || s.isWaiting(n, p) {
			continue
		}
		return p, true
	}
	return 0, false
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
		if c := s.lookOf(p); c.Says[opacity] != "" && !c.unsure[opacity] && (p == n || !c.moves) {
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

// waits tells whether what r hides is shown by another rule, or no longer hidden
// by r, in some state.
func (s *Styles) waits(r *rule, n *html.Node, by Property) bool {
	if IsOverlay(r.selector) {
		return false
	}
	if before, inside, ok := strings.Cut(r.selector, ":not("); ok && changed.MatchString(inside) && before != "" {
		return true
	}
	if strings.Contains(r.selector, ":checked") { // a click on what is checked, or is not, shows it
		return true
	}
	s.meter.Spend(len(s.rules))
	for _, other := range s.rules {
		if other.declared == r.declared || !other.reveals(by) {
			continue
		}
		if !changed.MatchString(other.selector) || !operatedByReader.MatchString(other.selector) && !s.shown(n, by) {
			continue
		}
		if _, after, ok := strings.Cut(other.last, r.last); ok && strings.ContainsAny(r.last, ".#[") && (after == "" || !isNameByte(after[0])) {
			return true
		}
		if calm := other.calm(); calm != nil && calm.match(n, s.meter) {
			return true
		}
	}
	return false
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

// nameIndex is a page's elements by their names.
type nameIndex struct {
	around  []*html.Node // the body, and the document's element
	all     []*html.Node
	ids     map[string][]*html.Node
	tags    map[string][]*html.Node
	called  map[string][]*html.Node // by class attributes as they are written, of which there are few
	classes map[string][]string     // by classes, the attributes that have them
}

func (s *Styles) namesBelow(root *html.Node) *nameIndex {
	if s.names == nil {
		s.names = s.indexBelow(root)
	}
	return s.names
}

func (s *Styles) indexBelow(root *html.Node) *nameIndex {
	body := root
	for n := range htmltree.Below(root) {
		if n.DataAtom == atom.Body {
			body = n
			break
		}
	}
	x := &nameIndex{around: []*html.Node{body}, called: map[string][]*html.Node{}, classes: map[string][]string{}}
	if body.Parent != nil {
		x.around = append(x.around, body.Parent)
	}
	for n := range htmltree.Below(body) {
		if n.Type != html.ElementNode {
			continue
		}
		x.all = append(x.all, n)
		for _, a := range n.Attr {
			switch a.Key {
			case "class":
				x.called[a.Val] = append(x.called[a.Val], n)
			case "style":
				s.addColours(a.Val)
			case "bgcolor":
				if paper, ok := colourOf(a.Val); ok {
					s.papers, s.styled = append(s.papers, paper), append(s.styled, paper)
				}
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

// addColours gathers those of a style attribute.
func (s *Styles) addColours(styled string) {
	styled = strings.ToLower(styled)
	if !strings.Contains(styled, "color") && !strings.Contains(styled, "background") {
		return
	}
	own := s.Inline(styled)
	if ink, ok := colourOf(own.Says[color]); ok && !slices.Contains(s.inks, ink) {
		s.inks = append(s.inks, ink)
	}
	if paper, ok := own.paper(); ok && !slices.Contains(s.styled, paper) {
		s.papers, s.styled = append(s.papers, paper), append(s.styled, paper)
	}
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

func (x *nameIndex) hasID(id string) bool { return x.withIDs()[id] != nil }

// withIDs returns the elements by their IDs.
func (x *nameIndex) withIDs() map[string][]*html.Node {
	if x.ids == nil {
		x.ids = map[string][]*html.Node{}
		for _, n := range x.all {
			if id := htmltree.Attr(n, "id"); id != "" {
				x.ids[id] = append(x.ids[id], n)
			}
		}
	}
	return x.ids
}

// withTag returns the elements of a name.
func (x *nameIndex) withTag(name string) []*html.Node {
	if x.tags == nil {
		x.tags = map[string][]*html.Node{}
		for _, n := range x.all {
			x.tags[n.Data] = append(x.tags[n.Data], n)
		}
	}
	return x.tags[name]
}

// candidates returns the elements that a compound selector may be about, in any order.
func (x *nameIndex) candidates(compound string, m *budget.Meter) (found []*html.Node) {
	name := keyOf(compound)
	switch {
	case name == "":
		m.Spend(len(x.all))
		return x.all
	case name[0] == '.':
		for _, attribute := range x.classes[name[1:]] {
			found = append(found, x.called[attribute]...)
		}
		return found
	}
	found = x.withTag(name)
	if name[0] == '#' {
		found = x.withIDs()[name[1:]]
	}
	m.Spend(1 + len(found)/4)
	return found
}

func isNameByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}

// keyOf returns what a compound demands of an element first: ".class", "#id" or a tag in lower case;
// "" for what may be about any.
func keyOf(compound string) string {
	if compound == "" || strings.IndexByte("*[:&", compound[0]) >= 0 || strings.IndexByte(compound, '\\') >= 0 {
		return ""
	}
	for i := 1; i < len(compound); i++ {
		if !isNameByte(compound[i]) {
			compound = compound[:i]
			break
		}
	}
	if compound[0] != '.' && compound[0] != '#' {
		return strings.ToLower(compound)
	}
	return compound
}
