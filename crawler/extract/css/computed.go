package css

import (
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

// compute returns how n looks, which stands on a path and which the rules are about.
func (s *Styles) compute(n *html.Node, on *path, rules []*rule) *computed {
	c := &computed{}
	c.hint(n)
	c.merge(rules)
	if styled := htmltree.Attr(n, "style"); styled != "" {
		own := s.Inline(styled)
		c.moves = c.moves || own.moves
		for p := range properties {
			if own.Says[p] != "" && (!c.strong[p] || own.strong[p]) {
				c.Says[p], c.from[p], c.unsure[p] = own.Says[p], nil, false
			}
		}
	}
	c.rest(s.frames)
	for p := range properties {
		if strings.Contains(c.Says[p], "var(") {
			c.Says[p] = resolve(c.Says[p], 0, func(name string) (string, bool) { return s.variable(n, on, name) })
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

// merge adds what rules say that match.
func (c *computed) merge(rules []*rule) {
	for _, r := range rules {
		c.moves = c.moves || r.look.moves
		for _, p := range r.says {
			value := r.look.Says[p]
			switch {
			case p == covered && value == "some":
				c.unsure[covered] = true
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

// resolve puts in the values of variables. What is not known comes out as unknown.
func resolve(value string, depth int, variable func(name string) (value string, ok bool)) string {
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
		said, ok := variable(strings.TrimSpace(name))
		switch {
		case ok && said == several:
			return several
		case ok && said != unknown:
			said = resolve(said, depth+1, variable)
		case !ok && has:
			said = resolve(strings.TrimSpace(fallback), depth+1, variable)
		default:
			return unknown
		}
		value = value[:at] + said + value[end:]
		depth++
	}
}

// resolveAlone puts in the only values that rules give to variables.
func (c *cascade) resolveAlone(value string) string {
	return resolve(value, 0, func(name string) (value string, ok bool) {
		for _, r := range c.vars[name] {
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
	})
}

// variable returns the value of a custom property for n, which stands on a path.
func (s *Styles) variable(n *html.Node, on *path, name string) (value string, ok bool) {
	rules := s.vars[name]
	for ; on.up != nil; n, on = n.Parent, on.up {
		var from *rule
		for _, r := range rules {
			compiled := r.compiled()
			if compiled == nil || compiled.open && n == on.node || !compiled.match(n, s.meter) {
				continue // n may be of no page, and stand beside nothing
			}
			if r.when {
				return unknown, true
			}
			if from == nil || r.wins(from, properties-1) {
				from = r
			}
		}
		if styled := htmltree.Attr(n, "style"); strings.Contains(styled, "--") {
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
