package css

import (
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// pageSelector is a CSS selector of a page's own. It matches what cascadia matches, which
// parses it and judges single elements. What goes from element to element is done here,
// since cascadia tries all ways through the combinators and through what :not and :has
// enclose, which may take longer than anybody waits, and cannot be counted.
type pageSelector struct {
	parts       []compound // from left to right
	specificity cascadia.Specificity
	open        bool // whether it matches cannot be told from names alone, see [path]
}

// compound is the part of a selector that is about one element.
type compound struct {
	joint  byte         // what stands before it: ' ', '>', '+' or '~'; 0 for the first
	simple cascadia.Sel // what can be told of the element alone; nil for anything
	scans  bool         // simple looks at the element's siblings, or at what is inside it
	inner  []enclosed

	named cascadia.Sel // what of simple can be told from names and attributes; nil for anything
	open  bool         // there is more to it than that
}

// enclosed is :not, :has or :haschild with the selectors inside.
type enclosed struct {
	name        string
	any         []pageSelector
	step, first int // of what :nth-child(… of …) counts
}

// compileSelector returns nil for what is no selector, or none that can be matched.
func compileSelector(text string) *pageSelector {
	if len(text) > longestSelector || nesting(text) > deepestSelector || strings.Contains(text, ":contains") || strings.Contains(text, ":matches") {
		return nil // the last two are no CSS, and look through all text
	}
	parts, ok := compoundsOf(text)
	if !ok {
		return nil
	}
	s := selectorOf(parts)
	return &s
}

func selectorOf(parts []compound) pageSelector {
	s := pageSelector{parts: parts, specificity: specificityOf(parts)}
	for _, c := range parts {
		s.open = s.open || c.open || c.joint == '+' || c.joint == '~'
	}
	return s
}

// specificityOf follows Selectors 4, section 17: that of the most specific selector counts of those
// that are enclosed, and none of :where().
func specificityOf(parts []compound) (all cascadia.Specificity) {
	for _, c := range parts {
		if c.simple != nil {
			all = all.Add(c.simple.Specificity())
		}
		for _, e := range c.inner {
			var most cascadia.Specificity
			for _, one := range e.any {
				if its := specificityOf(one.parts); most.Less(its) {
					most = its
				}
			}
			if e.name != "where" {
				all = all.Add(most)
			}
		}
	}
	return all
}

// What is longer or deeper was written by nobody.
const (
	longestSelector = 4096 // bytes
	deepestSelector = 10   // parentheses inside one another
)

func nesting(text string) (deepest int) {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
			deepest = max(deepest, depth)
		case ')':
			depth--
		}
	}
	return deepest
}

// compoundsOf parts a selector that cascadia can parse at its combinators.
func compoundsOf(text string) (parts []compound, ok bool) {
	joint := byte(0)
	for text = strings.TrimSpace(text); text != ""; {
		end := endOfCompound(text)
		c, ok := compoundOf(text[:end])
		if !ok {
			return nil, false
		}
		c.joint = joint
		parts = append(parts, c)
		rest := strings.TrimLeft(text[end:], " \t\r\n\f")
		if joint = ' '; rest != "" && strings.IndexByte(">+~", rest[0]) >= 0 {
			joint = rest[0]
			rest = strings.TrimLeft(rest[1:], " \t\r\n\f")
		}
		text = rest
	}
	return parts, len(parts) > 0
}

// endOfCompound returns where the first compound of a selector ends.
func endOfCompound(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '\\':
			i++
		case b == '"' || b == '\'':
			i = endOfString(text, i)
		case b == '(' || b == '[':
			depth++
		case b == ')' || b == ']':
			depth--
		case depth == 0 && strings.IndexByte(" \t\r\n\f>+~", b) >= 0:
			return i
		}
	}
	return len(text)
}

// endOfString returns where the string ends that begins at i.
func endOfString(text string, i int) int {
	quote := text[i]
	for i++; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

// compoundOf takes out of a compound what encloses other selectors.
func compoundOf(text string) (c compound, ok bool) {
	var simple, named strings.Builder
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b == '\\' && i+1 < len(text):
			simple.WriteString(text[i : i+2])
			named.WriteString(text[i : i+2])
			i++
		case b == '[':
			end := i + endOfBracket(text[i:])
			simple.WriteString(text[i:end])
			named.WriteString(text[i:end])
			i = end - 1
		case b == ':':
			name, inside, end := enclosing(text[i:])
			if name == "" {
				end = i + endOfPseudoClass(text[i:])
				simple.WriteString(text[i:end])
				switch pseudo := strings.ToLower(text[i:end]); pseudo {
				case ":root", ":link", ":hover", ":active", ":focus", ":visited", ":target": // the last five match nothing
					named.WriteString(pseudo)
				default:
					c.open = true
				}
				i = end - 1
				continue
			}
			e := enclosed{name: name}
			if isOf := strings.HasPrefix(name, "nth-"); isOf {
				var formula string
				if formula, inside, isOf = strings.Cut(inside, " of "); !isOf || !e.counts(formula) {
					return c, false
				}
			}
			for _, one := range alternatives([]string{inside}) {
				if name == "has" && strings.IndexByte(">+~", (strings.TrimSpace(one) + " ")[0]) >= 0 {
					if one, ok = relative(&e, strings.TrimSpace(one)); !ok {
						return c, false
					}
				}
				parts, ok := compoundsOf(one)
				if !ok && (name == "is" || name == "where") {
					continue // these forgive
				}
				if !ok {
					return c, false
				}
				e.any = append(e.any, selectorOf(parts))
			}
			c.inner = append(c.inner, e)
			c.open = c.open || e.isOpen()
			i += end - 1
		default:
			simple.WriteByte(b)
			named.WriteByte(b)
		}
	}
	var err error
	if rest := simple.String(); rest != "" {
		if c.simple, err = cascadia.Parse(rest); err != nil {
			return c, false
		}
		c.scans = strings.ContainsRune(rest, ':')
	}
	switch rest := named.String(); rest {
	case "":
	case simple.String():
		c.named = c.simple
	default:
		if c.named, err = cascadia.Parse(rest); err != nil {
			c.named = nil
		}
	}
	return c, true
}

// endOfPseudoClass returns where the pseudo-class ends that text begins with.
func endOfPseudoClass(text string) int {
	end := 1
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	if end < len(text) && text[end] == '(' {
		end += endOfBracket(text[end:])
	}
	return end
}

// outside is :not() where a scope ends, which is no state of the element.
const outside = "x-outside"

// relative makes of ":has(> x)" what looks at the children alone, and of the siblings' likewise. It
// reports whether that is possible.
func relative(e *enclosed, one string) (rest string, ok bool) {
	name := map[byte]string{'>': "haschild", '+': "next", '~': "after"}[one[0]]
	if len(e.any) > 0 && e.name != name {
		return "", false
	}
	e.name = name
	parts, ok := compoundsOf(one[1:])
	return one[1:], ok && len(parts) == 1
}

// endOfBracket returns where the bracket ends that text begins with, and what it encloses.
func endOfBracket(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"', '\'':
			i = endOfString(text, i)
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// enclosing returns the name of the pseudo-class that text begins with where it encloses
// selectors, what it encloses, and where it ends; "" for others.
func enclosing(text string) (name, inside string, end int) {
	open := strings.IndexByte(text, '(')
	if open < 0 {
		return "", "", 0
	}
	if name = strings.ToLower(text[1:open]); name == outside {
		name = "not"
	}
	switch name {
	case "nth-child", "nth-last-child":
		if !strings.Contains(text[open:open+endOfBracket(text[open:])], " of ") {
			return "", "", 0
		}
		fallthrough
	case "not", "has", "haschild", "is", "where", "-webkit-any", "-moz-any":
		end = open + endOfBracket(text[open:])
		return name, strings.TrimSuffix(text[open+1:end], ")"), end
	}
	return "", "", 0
}

// verdict is how far the failure of a match goes.
type verdict uint8

const (
	matches     verdict = iota
	fails               // another element may match in its place
	failsBeside         // none of its siblings matches in its place
	failsAbove          // nor does one of the elements around it
)

func (s *pageSelector) match(n *html.Node, m *budget.Meter) bool {
	return s.matchTo(len(s.parts)-1, n, m, false) == matches
}

// mayMatch reports whether the selector matches some element that has the names and attributes of n
// and stands in elements that have those of the elements around n.
func (s *pageSelector) mayMatch(n *html.Node, m *budget.Meter) bool {
	return s.matchTo(len(s.parts)-1, n, m, true) == matches
}

// matchTo matches the parts up to the one at i, which is about n; by names, if all else may be.
func (s *pageSelector) matchTo(i int, n *html.Node, m *budget.Meter, byNames bool) verdict {
	c := &s.parts[i]
	if !c.match(n, m, byNames) {
		return fails
	}
	for byNames && (c.joint == '+' || c.joint == '~') {
		i--
		c = &s.parts[i]
	}
	if i == 0 {
		return matches
	}
	switch c.joint {
	case '>':
		if n.Parent == nil {
			return failsAbove
		}
		return s.matchTo(i-1, n.Parent, m, byNames)
	case '+':
		if n = htmltree.PrevElement(n); n == nil {
			return failsBeside
		}
		return s.matchTo(i-1, n, m, byNames)
	case '~':
		for n = htmltree.PrevElement(n); n != nil; n = htmltree.PrevElement(n) {
			if v := s.matchTo(i-1, n, m, byNames); v != fails {
				return v
			}
		}
		return failsBeside
	}
	for n = n.Parent; n != nil; n = n.Parent {
		if v := s.matchTo(i-1, n, m, byNames); v == matches || v == failsAbove {
			return v
		}
	}
	return failsAbove
}

// match reports whether a compound is about n; by names, whether it may be about what has those of n.
func (c *compound) match(n *html.Node, m *budget.Meter, byNames bool) bool {
	m.Spend(1)
	simple := c.simple
	if byNames {
		simple = c.named
	} else if c.scans && m != nil {
		m.Spend(scannedFor(n))
	}
	if n.Type != html.ElementNode || simple != nil && !simple.Match(n) {
		return false
	}
	for _, e := range c.inner {
		if byNames && e.isOpen() {
			continue
		}
		if !e.match(n, m) {
			return false
		}
	}
	return true
}

// scannedFor counts what a pseudo-class may look at to judge n.
func scannedFor(n *html.Node) int {
	work := 1
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		work++
	}
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		work++
	}
	return work
}

// isOpen reports whether it cannot be told from names alone.
func (e *enclosed) isOpen() bool {
	switch e.name {
	case "not", "is", "where", "-webkit-any", "-moz-any":
		return slices.ContainsFunc(e.any, func(s pageSelector) bool { return s.open })
	}
	return true
}

func (e *enclosed) match(n *html.Node, m *budget.Meter) bool {
	switch e.name {
	case "not":
		return !e.matchAny(n, m)
	case "is", "where", "-webkit-any", "-moz-any":
		return e.matchAny(n, m)
	case "nth-child", "nth-last-child":
		return e.isCounted(n, m)
	case "next", "after":
		for next := n.NextSibling; next != nil; next = next.NextSibling {
			if next.Type != html.ElementNode {
				continue
			}
			if e.matchAny(next, m) {
				return true
			}
			if e.name == "next" {
				return false
			}
		}
		return false
	case "haschild":
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			if e.matchAny(child, m) {
				return true
			}
		}
		return false
	}
	for inside := range htmltree.Below(n) {
		if e.matchAny(inside, m) {
			return true
		}
	}
	return false
}

// counts reads what is counted: "odd", "2n+1", "3".
func (e *enclosed) counts(formula string) bool {
	formula = strings.ToLower(strings.ReplaceAll(formula, " ", ""))
	switch formula {
	case "odd":
		formula = "2n+1"
	case "even":
		formula = "2n"
	}
	step, first, hasStep := strings.Cut(formula, "n")
	if !hasStep {
		step, first = "0", formula
	}
	switch step {
	case "", "+":
		step = "1"
	case "-":
		step = "-1"
	}
	var errs [2]error
	e.step, errs[0] = strconv.Atoi(step)
	if first != "" {
		e.first, errs[1] = strconv.Atoi(first)
	}
	return errs[0] == nil && errs[1] == nil
}

// isCounted reports whether the place of n among those of its siblings that match is one that is counted.
func (e *enclosed) isCounted(n *html.Node, m *budget.Meter) bool {
	if !e.matchAny(n, m) {
		return false
	}
	place := 1
	for other := beside(n, e.name); other != nil; other = beside(other, e.name) {
		if other.Type == html.ElementNode && e.matchAny(other, m) {
			place++
		}
	}
	place -= e.first
	return place == 0 || e.step != 0 && place%e.step == 0 && place/e.step > 0
}

func beside(n *html.Node, counted string) *html.Node {
	if counted == "nth-child" {
		return n.PrevSibling
	}
	return n.NextSibling
}

func (e *enclosed) matchAny(n *html.Node, m *budget.Meter) bool {
	for i := range e.any {
		if e.any[i].match(n, m) {
			return true
		}
	}
	return false
}
