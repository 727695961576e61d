package css

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// computed is what all rules, an element's style and its attributes say of it.
type computed struct {
	Look
	from   [properties]*rule // the rules that won; nil for the element's own style
	unsure [properties]bool  // a rule that holds in some windows shows it there
}

// unknown is a value that cannot be known.
const unknown = "unknown"

// several is the value of a variable that elements have different ones of.
const several = "several"

// lookOf returns how n looks, as far as rules, its style and its attributes say. What it has of the
// elements around it is not in that.
func (s *Styles) lookOf(n *html.Node) *computed {
	c, ok := s.looks[n]
	if !ok {
		c = s.compute(n)
		s.looks[n] = c
	}
	return c
}

func (s *Styles) compute(n *html.Node) *computed {
	c := &computed{}
	c.hint(n)
	s.merge(n, c, s.byKey[n.Data])
	s.merge(n, c, s.byKey[""])
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				s.merge(n, c, s.byKey["."+class])
			}
		case "id":
			s.merge(n, c, s.byKey["#"+strings.TrimSpace(a.Val)])
		}
	}
	if styled := htmltree.Attr(n, "style"); styled != "" {
		own := s.Inline(styled)
		c.moves = c.moves || own.moves
		for p := range properties {
			if own.Says[p] != "" && (!c.strong[p] || own.strong[p]) {
				c.Says[p], c.from[p], c.unsure[p] = own.Says[p], nil, false
			}
		}
	}
	for p := range properties {
		if strings.Contains(c.Says[p], "var(") {
			c.Says[p] = s.resolve(n, c.Says[p], 0)
		}
		switch c.Says[p] {
		case "inherit", "unset", "initial", "revert", "revert-layer":
			if c.Says[p] == "inherit" && p == background || c.Says[p] == "revert" {
				c.Says[p] = unknown
			} else {
				c.Says[p] = ""
			}
		case "currentcolor":
			if p == color {
				c.Says[p] = ""
			}
		}
	}
	return c
}

// hint takes what HTML's own attributes say, which any rule overrides.
func (c *computed) hint(n *html.Node) {
	for _, a := range n.Attr {
		switch {
		case a.Key == "bgcolor":
			c.Says[background] = a.Val
		case a.Key == "color" && n.DataAtom == atom.Font, a.Key == "text" && n.DataAtom == atom.Body:
			c.Says[color] = a.Val
		case a.Key == "background" && a.Val != "":
			c.Says[backgroundImage] = unknown
		}
	}
	switch n.DataAtom {
	case atom.Mark:
		c.Says[background] = "yellow"
	case atom.Button, atom.Input, atom.Textarea, atom.Select:
		c.Says[background] = unknown
	case atom.A:
		if htmltree.HasAttr(n, "href") {
			c.Says[color] = unknown
		}
	}
}

// merge adds what rules say of n.
func (s *Styles) merge(n *html.Node, c *computed, rules []*rule) {
	s.meter.Spend(len(rules))
	for _, r := range slices.Backward(rules) { // the later ones mostly win
		if r.noScript || !c.mayChange(r) || !r.matches(n, s.meter) {
			continue
		}
		c.moves = c.moves || r.look.moves
		for _, p := range r.says {
			value := r.look.Says[p]
			switch {
			case !r.when:
				if from := c.from[p]; from == nil || r.wins(from, p) {
					c.Says[p], c.from[p], c.strong[p] = value, r, r.look.strong[p]
				}
			case p == background || p == backgroundImage:
				c.unsure[color] = true
			case r.reveals(p):
				c.unsure[p] = true
				if p == maxHeight {
					c.unsure[height] = true
				}
			}
		}
	}
}

// mayChange reports whether a rule, if it matches, says more than those that were merged.
func (c *computed) mayChange(r *rule) bool {
	return r.when || r.look.moves || r.compiled() != nil && slices.ContainsFunc(r.says, func(p Property) bool {
		from := c.from[p]
		return from == nil || r.wins(from, p)
	})
}

// resolve puts in the values of variables: those that n has, or the only ones that the page sets where
// n is nil. What is not known comes out as unknown.
func (s *Styles) resolve(n *html.Node, value string, depth int) string {
	const longest, deepest = 2000, 10
	for {
		at := strings.Index(value, "var(")
		if at < 0 {
			return value
		}
		if depth > deepest || len(value) > longest {
			return unknown
		}
		end := at + endOfBracket(value[at:])
		name, fallback, has := strings.Cut(strings.TrimSuffix(value[at+len("var("):end], ")"), ",")
		said, ok := s.variable(n, strings.TrimSpace(name))
		switch {
		case ok && said == several:
			return several
		case ok && said != unknown:
			said = s.resolve(n, said, depth+1)
		case !ok && has:
			said = s.resolve(n, strings.TrimSpace(fallback), depth+1)
		default:
			return unknown
		}
		value = value[:at] + said + value[end:]
		depth++
	}
}

// variable returns the value of a custom property for n; that of all rules where n is nil.
func (s *Styles) variable(n *html.Node, name string) (value string, ok bool) {
	rules := s.vars[name]
	if n == nil {
		for _, r := range rules {
			said, _ := r.look.variable(name)
			switch {
			case r.when:
				return unknown, true
			case ok && said != value:
				said = several
			}
			value, ok = said, true
		}
		return value, ok
	}
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		var from *rule
		for _, r := range rules {
			if !r.matches(p, s.meter) {
				continue
			}
			if r.when {
				return unknown, true
			}
			if from == nil || r.wins(from, properties-1) {
				from = r
			}
		}
		if styled := htmltree.Attr(p, "style"); strings.Contains(styled, "--") {
			own := s.Inline(styled)
			if value, ok = own.variable(name); ok {
				return value, true
			}
		}
		if from != nil {
			return from.look.variable(name)
		}
	}
	return "", false
}

func (l *Look) variable(name string) (value string, ok bool) {
	for _, v := range l.own {
		if v.name == name {
			value, ok = v.value, true
		}
	}
	return value, ok
}
