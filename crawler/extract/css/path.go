package css

import (
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// path is where elements stand, as far as most selectors can tell: the name, class, ID and style of
// an element, what selectors say of its other attributes, and the same of the elements around it.
// What stands beside it and in it is not a part of that. Elements on the same path look the same,
// unless a rule looks at more, such as :first-child.
type path struct {
	up   *path      // nil for that of the document
	node *html.Node // an element with these names, without neighbours
	in   map[step]*path
	cost int // of finding out what follows

	odd     bool    // an element on it may be hidden
	setting Setting // of the elements on it
	sets    []*rule // that set some of them, in their order; nil where all are set the same

	matched atomic.Pointer[matched]
	hiding  atomic.Pointer[hidings]
}

// step is what an element adds to the path of the one around it.
type step struct{ name, class, id, style, rest string }

// matched is what the rules say of elements on a path.
type matched struct {
	rules  []*rule   // that match
	maybe  []*rule   // that match some of them
	look   *computed // where none of these does
	varies bool      // look has variables, which may be set by what is around
	cost   int
}

// hidings are the ways in which elements on a path may be hidden, pictures aside.
type hidings struct {
	ways []hiding
	cost int
}

// maxInside bounds how many different elements are told apart within one, for other pages.
const maxInside = 500

// pathOf returns the path on which an element of the page stands.
func (s *Styles) pathOf(n *html.Node) *path {
	if n == nil || n.Type != html.ElementNode {
		return s.top
	}
	if p, ok := s.paths[n]; ok {
		return p
	}
	up := s.pathOf(n.Parent)
	at := step{name: n.Data}
	rest := s.rest[:0]
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class":
			at.class = s.classesIn(a.Val).known
		case "id":
			if s.mentioned["#"+a.Val] {
				at.id = a.Val
			}
		case "style":
			at.style = a.Val
		case "bgcolor", "color", "text", "background":
			rest = append(append(append(rest, a.Key...), a.Val...), 0)
		case "href":
			if n.DataAtom == atom.A {
				rest = append(rest, 'h')
			}
		}
		for j, condition := range s.conditions[a.Key] {
			if condition.Match(n) {
				rest = append(append(rest, a.Key...), byte(j), byte(j>>8))
			}
		}
	}
	s.rest = rest
	s.mu.RLock()
	p := up.in[step{at.name, at.class, at.id, at.style, string(rest)}]
	s.mu.RUnlock()
	if p == nil {
		at.rest = string(rest)
		p = s.newPath(up, n)
		s.share(up, at, p)
	}
	s.meter.Spend(1 + p.cost)
	if n.FirstChild != nil && (n.FirstChild != n.LastChild || n.FirstChild.Type == html.ElementNode) {
		s.paths[n] = p // which others stand below
	}
	return p
}

// classes are those of an attribute.
type classes struct {
	known string // those that rules mention
	asked bool   // rules ask for one of them
}

func (s *Styles) classesIn(attribute string) classes {
	c, ok := s.classes[attribute]
	if !ok {
		var known []string
		for class := range strings.FieldsSeq(attribute) {
			if s.mentioned["."+class] {
				known = append(known, class)
			}
			c.asked = c.asked || s.asking["."+class] != nil
		}
		c.known = strings.Join(known, " ")
		s.classes[attribute] = c
	}
	return c
}

// isAsked reports whether a rule, a style or an attribute may say something that matters of n.
func (s *Styles) isAsked(n *html.Node) bool {
	if s.asking[""] != nil || len(s.clashing) > 0 || s.asking[n.Data] != nil || n.DataAtom == atom.Font {
		return true
	}
	for i := range n.Attr {
		switch a := &n.Attr[i]; {
		case a.Key == "style", a.Key == "class" && s.classesIn(a.Val).asked, a.Key == "id" && s.asking["#"+a.Val] != nil, s.asking["["+a.Key] != nil:
			return true
		}
	}
	return false
}

// share keeps a path for other pages, unless there are too many.
func (s *Styles) share(up *path, at step, p *path) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(up.in) >= maxInside {
		return
	}
	if up.in == nil {
		up.in = map[step]*path{}
	}
	up.in[at] = p
	if s.memory != nil {
		s.memory.size.Add(pathSize)
	}
}

// newPath finds out what is to be known of the elements on a path, of which n is one.
func (s *Styles) newPath(up *path, n *html.Node) *path {
	copied := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace, Parent: up.node}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "style", "bgcolor", "color", "text", "background", "href":
		default:
			if s.conditions[a.Key] == nil {
				continue
			}
		}
		copied.Attr = append(copied.Attr, a)
	}
	p := &path{up: up, node: copied}
	before := s.meter.Spent()
	sets := false
	each(s.asking, copied, func(rules []*rule) {
		s.meter.Spend(len(rules))
		for _, r := range rules {
			if compiled := r.compiled(); compiled != nil && compiled.mayMatch(copied, s.meter) {
				p.odd = p.odd || r.odd || r.faded && s.isUpon(p, r.ink)
				sets = sets || r.sets != 0 && r.sets&settingsOf(copied) != 0
			}
		}
	})
	if sets {
		p.setBy(s.rulesFor(p))
	}
	if style := htmltree.Attr(n, "style"); style != "" {
		own := s.Inline(style)
		odd, varies := own.isOdd()
		p.odd = p.odd || odd || varies || own.Says[blend] != "" || s.restsOdd(own) || own.Says[color] != "" || own.Says[background] != "" || own.Says[backgroundImage] != ""
	}
	p.odd = p.odd || n.DataAtom == atom.Font
	p.cost = int(s.meter.Spent() - before)
	return p
}

// setBy settles how rules set the elements.
func (p *path) setBy(m *matched) {
	sets := slices.DeleteFunc(slices.Concat(m.rules, m.maybe), func(r *rule) bool { return r.when || !r.look.isSet() })
	slices.SortFunc(sets, func(a, b *rule) int { return a.order - b.order })
	if slices.ContainsFunc(m.maybe, func(r *rule) bool { return slices.Contains(sets, r) }) {
		p.sets = sets
	} else {
		p.setting = settingOf(p.node, sets)
	}
}

// mayHave reports whether one of the rules that match, or may match, is of a kind.
func (m *matched) mayHave(is func(*rule) bool) bool {
	return slices.ContainsFunc(m.rules, is) || slices.ContainsFunc(m.maybe, is)
}

// isUpon reports whether an element on a path, or what it stands in, may have the colour of its text as
// its background.
func (s *Styles) isUpon(p *path, ink colour) bool {
	like := func(r *rule) bool { return r.isGround() && ink.like(r.paper) }
	for ; p.up != nil; p = p.up {
		if s.rulesFor(p).mayHave(like) {
			return true
		}
	}
	return false
}

// rulesFor returns what the rules say of elements on a path.
func (s *Styles) rulesFor(p *path) *matched {
	if p.up == nil {
		return &matched{}
	}
	m := p.matched.Load()
	if m == nil {
		m = s.match(p)
		p.matched.Store(m)
	}
	s.meter.Spend(m.cost)
	return m
}

func (s *Styles) match(p *path) *matched {
	m := &matched{}
	before := s.meter.Spent()
	each(s.byKey, p.node, func(rules []*rule) {
		s.meter.Spend(len(rules))
		for _, r := range rules {
			switch compiled := r.compiled(); {
			case compiled == nil || !compiled.mayMatch(p.node, s.meter):
			case compiled.open:
				m.maybe = append(m.maybe, r)
			default:
				m.rules = append(m.rules, r)
				m.varies = m.varies || r.varies
			}
		}
	})
	m.varies = m.varies || strings.Contains(htmltree.Attr(p.node, "style"), "var(")
	m.look = s.compute(p.node, p, m.rules)
	m.cost = int(s.meter.Spent() - before)
	return m
}

// also returns the rules that match n and not all elements on its path.
func (s *Styles) also(n *html.Node, m *matched) (rules []*rule) {
	if len(m.maybe) == 0 || s.alike[n] {
		return nil
	}
	rules, ok := s.more[n]
	if !ok {
		for _, r := range m.maybe {
			if r.matches(n, s.meter) {
				rules = append(rules, r)
			}
		}
		s.more[n] = rules
	}
	return rules
}

// isAlike reports whether n looks as all on its path do, but for those that some rules match only.
func (s *Styles) isAlike(n *html.Node, p *path) bool {
	if p.up == nil {
		return true
	}
	alike, ok := s.alike[n]
	if !ok {
		alike = len(s.also(n, s.rulesFor(p))) == 0 && s.isAlike(n.Parent, p.up)
		s.alike[n] = alike
	}
	return alike
}

// lookOf returns how n looks, as far as rules, its style and its attributes say. What it has of the
// elements around it is not in that.
func (s *Styles) lookOf(n *html.Node) *computed {
	p := s.pathOf(n)
	m := s.rulesFor(p)
	also := s.also(n, m)
	if len(also) == 0 && (!m.varies || s.isAlike(n, p)) {
		return m.look
	}
	c, ok := s.looks[n]
	if !ok {
		c = s.compute(n, p, slices.Concat(m.rules, also))
		s.looks[n] = c
	}
	return c
}

// hidingOf returns the ways in which n, on a path, may be hidden, pictures aside.
func (s *Styles) hidingOf(n *html.Node, p *path) []hiding {
	if !s.isAlike(n, p) {
		return s.waysToHide(n)
	}
	known := p.hiding.Load()
	if known == nil {
		for q := p; q.up != nil; q = q.up {
			s.paths[q.node], s.alike[q.node] = q, true
		}
		before := s.meter.Spent()
		known = &hidings{ways: s.waysToHide(p.node)}
		known.cost = int(s.meter.Spent() - before)
		p.hiding.Store(known)
	}
	s.meter.Spend(known.cost)
	return known.ways
}

// mayBeHidden reports whether elements on a path have to be looked at.
func (s *Styles) mayBeHidden(p *path) bool {
	return p.odd || len(s.clashing) > 0 && s.rulesFor(p).mayHave(func(r *rule) bool { return s.clashing[r] })
}
