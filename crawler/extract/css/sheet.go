package css

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// sheet is what one text of CSS says of whether text is seen. The pages that have it
// share it, and none changes it.
type sheet struct {
	text    string
	rules   []*declared
	imports []imported // the others that it refers to
	layers  []string   // in the order in which they are named
	frames  map[string]*frames
	pseudo  []pseudoRule // while it is read
}

// declared is one selector with what a sheet declares for it.
type declared struct {
	look     *Look
	says     []Property // what look says something of
	noScript bool       // it holds where scripts are switched off
	selector string     // one of the list, without pseudo-elements
	last     string     // the part of it that is about the element itself
	needs    []string   // the classes and IDs that an element and those around it must have
	when     bool       // holds in some windows only
	layer    string     // "" for none
	compiled func() *pageSelector
	calm     func() *pageSelector // as compiled, whatever the state of the elements is

	by    Property // it hides by
	hides bool

	odd, varies      bool    // see [Look.isOdd]
	sets             Setting // look says so
	ink, paper       colour
	hasInk, hasPaper bool
}

// readSheet reads a text of CSS.
func readSheet(text string) *sheet {
	s := &sheet{text: text, frames: readFrames(text)}
	if strings.Contains(text, "@container") || strings.Contains(text, "@scope") {
		text = strings.NewReplacer("@container", "@media container", "@scope", "@media scope").Replace(text) // which the parser knows
	}
	for _, v := range initialValues(text) {
		s.add([]string{":root"}, Look{own: []variable{v}}, block{layer: initialLayer})
	}
	parser := css.NewParser(parse.NewInputString(text), false)
	var selectors, list []string // of the rule, and of the one that begins
	var blocks []block           // the at-rules around
	var rules []open             // the rules around
	now := block{}
	var current Look
	inRule, seen := false, false
	for {
		grammar, _, data := parser.Next()
		switch grammar {
		case css.ErrorGrammar:
			if !parser.HasParseError() {
				s.addCovers(s.pseudo)
				s.pseudo = nil
				return s
			}
		case css.AtRuleGrammar:
			switch prelude := strings.TrimSpace(joinedTokens(parser.Values())); string(data) {
			case "@import":
				s.imports = append(s.imports, importOf(prelude))
			case "@layer":
				for name := range strings.SplitSeq(prelude, ",") {
					s.layers = append(s.layers, strings.TrimSpace(name))
				}
			}
		case css.BeginAtRuleGrammar:
			blocks = append(blocks, now)
			prelude := strings.TrimSpace(joinedTokens(parser.Values()))
			now = now.within(string(data), prelude)
			if string(data) == "@layer" {
				if now.layer == "" {
					now.layer = anonymous(len(s.layers))
				}
				s.layers = append(s.layers, now.layer)
			}
		case css.EndAtRuleGrammar:
			if len(blocks) > 0 {
				now, blocks = blocks[len(blocks)-1], blocks[:len(blocks)-1]
			}
		case css.QualifiedRuleGrammar:
			list = append(list, joinedTokens(parser.Values()))
		case css.BeginRulesetGrammar:
			own := alternatives(append(list, joinedTokens(parser.Values())))
			list = nil
			if inRule {
				rules = append(rules, open{selectors, current, seen})
				own = nested(rules[len(rules)-1].selectors, own)
			}
			selectors, current, inRule, seen = own, Look{}, true, false
		case css.DeclarationGrammar, css.CustomPropertyGrammar:
			if inRule && now.holds != never {
				current.declare(bytes.ToLower(data), parser.Values())
				seen = true
			}
		case css.EndRulesetGrammar:
			if inRule && seen && now.holds != never && (current.matters() || len(current.own) > 0 || current.Says[zIndex] != "" && slices.ContainsFunc(selectors, isPseudoElement)) {
				s.add(selectors, current, now)
			}
			selectors, inRule = nil, false
			if len(rules) > 0 {
				around := rules[len(rules)-1]
				rules = rules[:len(rules)-1]
				selectors, current, inRule, seen = around.selectors, around.look, true, around.seen
			}
		}
	}
}

// open is a rule around another one.
type open struct {
	selectors []string
	look      Look
	seen      bool
}

// nested returns the selectors of a rule that stands inside of another one, see CSS Nesting 1.
func nested(around, own []string) (all []string) {
	for _, outer := range around {
		for _, inner := range own {
			inner, outer = strings.TrimSpace(inner), strings.TrimSpace(outer)
			if strings.Contains(inner, "&") {
				all = append(all, strings.ReplaceAll(inner, "&", outer))
			} else {
				all = append(all, outer+" "+inner)
			}
			if len(all) > maxNested {
				return all
			}
		}
	}
	return all
}

// maxNested bounds how many selectors a rule has by what is around it.
const maxNested = 500

func (s *sheet) add(selectors []string, l Look, in block) {
	said := declaredAs(&l, in)
	for _, selector := range selectors {
		selector = strings.TrimSpace(selector)
		if in.scope != "" {
			if scoped := strings.ReplaceAll(selector, ":scope", in.scope); scoped != selector {
				selector = scoped
			} else {
				selector = in.scope + " " + selector
			}
		}
		if in.limit != "" && !strings.Contains(selector, ":") {
			selector += ":" + outside + "(" + in.limit + "):" + outside + "(" + in.limit + " *)"
		}
		if base, name, pseudo := cutPseudoElement(selector); pseudo {
			// What stands before or after the text may be painted behind it.
			if base != "" && (l.Says[background] != "" || l.Says[backgroundImage] != "") {
				behind := Look{}
				behind.Says[background] = unknown
				s.rules = append(s.rules, declaredAs(&behind, block{holds: sometimes}).of(base))
			}
			if base != "" && (name == "before" || name == "after" || name == "") {
				s.pseudo = append(s.pseudo, pseudoRule{base, &l, in})
			}
			continue
		}
		s.rules = append(s.rules, said.of(selector))
	}
}

func isPseudoElement(selector string) bool {
	_, _, is := cutPseudoElement(selector)
	return is
}

// cutPseudoElement returns what stands before a pseudo-element in a selector.
func cutPseudoElement(selector string) (base, name string, found bool) {
	for _, colons := range []string{"::", ":before", ":after"} {
		if base, name, found = strings.Cut(selector, colons); found {
			return base, name, true
		}
	}
	return selector, "", false
}

// declaredAs is what a block of declarations says, judged once for all of its selectors.
func declaredAs(l *Look, in block) declared {
	by, hides := l.Hides()
	d := declared{look: l, when: in.holds == sometimes, layer: in.layer, by: by, hides: hides}
	for p := range properties {
		if l.Says[p] != "" {
			d.says = append(d.says, p)
		}
	}
	d.odd, d.varies = l.isOdd()
	d.sets = l.Setting()
	if l.Says[color] != "" {
		d.ink, d.hasInk = colourOf(l.Says[color])
	}
	if l.Says[background] != "" || l.Says[backgroundImage] != "" {
		d.paper, d.hasPaper = l.paper()
		d.hasPaper = d.hasPaper && !d.paper.clear()
	}
	return d
}

// initialLayer is the layer of what variables are before a rule sets them, below all others.
const initialLayer = "#initial"

// initialValues returns what rules of a sheet named @property say that variables are.
func initialValues(text string) (all []variable) {
	for {
		_, rest, ok := strings.Cut(text, "@property")
		if !ok {
			return all
		}
		name, block, ok := strings.Cut(rest, "{")
		if !ok {
			return all
		}
		block, text, _ = strings.Cut(block, "}")
		if _, value, ok := strings.Cut(block, "initial-value:"); ok {
			value, _, _ = strings.Cut(value, ";")
			all = append(all, variable{name: strings.TrimSpace(name), value: strings.ToLower(strings.TrimSpace(value))})
		}
	}
}

// of is d for one selector.
func (d declared) of(selector string) *declared {
	selector = withoutGaps(selector)
	d.selector, d.last, d.needs = selector, preset.LastCompound(selector), needsOf(selector)
	d.noScript = strings.Contains(selector, "no-js")
	d.calm = sync.OnceValue(func() *pageSelector { return compileSelector(withoutState(selector)) })
	d.compiled = sync.OnceValue(func() *pageSelector { return compileSelector(selector) })
	return &d
}

// alternatives parts lists of selectors at the commas that stand outside of
// parentheses and strings.
func alternatives(lists []string) []string {
	var all []string
	for _, list := range lists {
		depth, start := 0, 0
		for i := 0; i < len(list); i++ {
			switch list[i] {
			case '\\':
				i++
			case '"', '\'':
				i = endOfString(list, i)
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			case ',':
				if depth == 0 {
					all = append(all, list[start:i])
					start = i + 1
				}
			}
		}
		all = append(all, list[start:])
	}
	return all
}

func joinedTokens(tokens []css.Token) string {
	var out strings.Builder
	for _, token := range tokens {
		out.Write(token.Data)
	}
	return out.String()
}

// changed is what a selector says of elements that a click or a script changed.
var changed = regexp.MustCompile(`(?i)\.([a-z0-9_-]+[_-])?(active|open|opened|show|shown|showing|visible|expanded|selected|current|toggled|revealed|loaded|animated?|in|in-view)($|[^a-z0-9_-])|` +
	`:(checked|target|hover|focus-within)|\[(open|aria-|data-state|data-open|data-expanded)`)

// withoutState is a selector without what it says of states. Where nothing else is said of an element,
// it may be any.
func withoutState(selector string) string {
	calm := changed.ReplaceAllStringFunc(selector, func(state string) string {
		switch last := state[len(state)-1]; {
		case state[0] == '[':
			return "[x-state" // of which the rest is left
		case state[0] == '.' && !isNameByte(last):
			return string(last)
		}
		return ""
	})
	calm = stateLeft.ReplaceAllString(calm, "")
	return lonelyJoint.ReplaceAllString(" "+calm, "$1* $2")
}

var (
	stateLeft   = regexp.MustCompile(`\[x-state[^\]]*\]`)
	lonelyJoint = regexp.MustCompile(`(^ *|[>+~] *)([>+~]|$)`)
)

// operatedByReader is what a selector says of states that need no script.
var operatedByReader = regexp.MustCompile(`:(checked|target|hover|focus-within)|\[open`)

// needsOf returns the classes and IDs that a selector demands, such as ".note". What
// only a state adds, such as ".open", may come yet.
func needsOf(selector string) (needs []string) {
	if strings.ContainsAny(selector, `\([`) {
		return nil
	}
	for i := 0; i < len(selector); i++ {
		if selector[i] != '.' && selector[i] != '#' {
			continue
		}
		end := i + 1
		for end < len(selector) && isNameByte(selector[end]) {
			end++
		}
		if name := selector[i:end]; name[0] == '#' || !isState(name[1:]) {
			needs = append(needs, name)
		}
	}
	return needs
}

// isState reports whether a class is one that [changed] knows. It is asked of each class in a sheet.
func isState(class string) bool {
	last := class
	if at := strings.LastIndexAny(strings.TrimSuffix(class, "-view"), "-_"); at >= 0 {
		last = class[at+1:]
	}
	switch strings.ToLower(last) {
	case "active", "open", "opened", "show", "shown", "showing", "visible", "expanded", "selected", "current", "toggled", "revealed",
		"loaded", "animate", "animated", "in", "in-view":
		return true
	}
	return false
}

// reveals tells whether a rule takes back what another hides by a property.
func (d *declared) reveals(by Property) bool {
	if d.look.Says[by] == "" {
		most := d.look.Says[maxHeight]
		return by == height && most != "" && !isNothing(most, 1)
	}
	return !d.hides || d.by != by
}

// matches tells whether the rule is about n. Selectors that only a window can judge,
// such as :hover, match nothing.
func (d *declared) matches(n *html.Node, m *budget.Meter) bool {
	compiled := d.compiled()
	return compiled != nil && compiled.match(n, m)
}
