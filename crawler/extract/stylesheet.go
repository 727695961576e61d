package extract

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sheets are the rules of a page's own style elements that bear on whether text is
// seen. Style sheets of other addresses are not fetched.
type sheets struct {
	rules  []*rule
	alone  bool // the page refers to no other style sheets
	hiding bool // one of the rules hides, or sets a colour

	papers []*rule               // those of rules that set a background
	inks   map[*html.Node]string // the colour of text that rules set, where it is as light as a page may be
}

// rule is one selector with what it declares.
type rule struct {
	look     look
	selector string // one of the list, without pseudo-elements
	when     bool   // holds in some windows only
	order    int
	compiled cascadia.Sel // see matches
	broken   bool
}

// maxSheets is how much of a page's style sheets is read, in bytes. Those of a
// page's own are far shorter; what is longer is a framework's.
const maxSheets = 512 << 10

// sheetsOf reads the style elements below root.
func sheetsOf(root *html.Node) *sheets {
	s := &sheets{alone: true}
	length := 0
	for n := range below(root) {
		switch {
		case n.DataAtom == atom.Link && hasWord(attr(n, "rel"), "stylesheet"):
			s.alone = false
		case n.DataAtom == atom.Style && n.FirstChild != nil && n.Namespace == "":
			media := strings.ToLower(strings.TrimSpace(attr(n, "media")))
			if length += len(n.FirstChild.Data); length <= maxSheets && !isPrint(media) {
				s.read(n.FirstChild.Data, media != "" && media != "all" && media != "screen")
			}
		}
	}
	return s
}

func isPrint(media string) bool { return media == "print" || strings.HasPrefix(media, "only print") }

// read adds the rules of a sheet; when tells that they hold in some windows only.
func (s *sheets) read(sheet string, when bool) {
	parser := css.NewParser(parse.NewInputString(sheet), false)
	var selectors []string
	var blocks []bool // of the at-rules around: whether what stands inside holds in some windows only
	var skip int      // how many of them are for no window at all
	var current look
	inRule, seen := false, false
	for {
		grammar, _, data := parser.Next()
		switch grammar {
		case css.ErrorGrammar:
			if !parser.HasParseError() {
				return
			}
		case css.AtRuleGrammar:
			if string(data) == "@import" {
				s.alone = false
			}
		case css.BeginAtRuleGrammar:
			blocks = append(blocks, when)
			prelude := strings.ToLower(strings.TrimSpace(joinedTokens(parser.Values())))
			switch at := string(data); {
			case skip > 0, at == "@layer":
			case at == "@media" && (prelude == "screen" || prelude == "all"):
			case at == "@media" && isPrint(prelude), at != "@media" && at != "@supports" && at != "@container":
				skip = len(blocks)
			default:
				when = true
			}
		case css.EndAtRuleGrammar:
			if len(blocks) == 0 {
				continue
			}
			if skip == len(blocks) {
				skip = 0
			}
			when = blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
		case css.QualifiedRuleGrammar:
			selectors = append(selectors, joinedTokens(parser.Values()))
		case css.BeginRulesetGrammar:
			selectors = append(selectors, joinedTokens(parser.Values()))
			current, inRule, seen = look{}, true, false
		case css.DeclarationGrammar:
			if inRule && skip == 0 {
				current.declare(bytes.ToLower(data), parser.Values())
				seen = true
			}
		case css.EndRulesetGrammar:
			if inRule && seen && skip == 0 && current.says != [properties]string{} {
				s.add(selectors, current, when)
			}
			selectors, inRule = nil, false
		}
	}
}

func (s *sheets) add(selectors []string, l look, when bool) {
	_, hides := l.hides()
	s.hiding = s.hiding || hides || l.says[color] != ""
	for _, selector := range alternatives(selectors) {
		if !strings.Contains(selector, "::") && !strings.Contains(selector, ":before") && !strings.Contains(selector, ":after") {
			s.rules = append(s.rules, &rule{look: l, selector: strings.TrimSpace(selector), when: when, order: len(s.rules)})
		}
	}
}

// alternatives parts lists of selectors at the commas that stand outside of
// parentheses.
func alternatives(lists []string) []string {
	var all []string
	for _, list := range lists {
		depth, start := 0, 0
		for i := range len(list) {
			switch list[i] {
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

// hidden returns the elements below root that the rules hide. That is not for
// those that another rule shows, at once or in a state that a reader's click or
// a script brings about: they are seen, sooner or later.
func (s *sheets) hidden(root *html.Node) map[*html.Node]bool {
	var names *nameIndex
	if s.hiding {
		names = namesBelow(root)
		s.rules = slices.DeleteFunc(s.rules, func(r *rule) bool { return !names.haveAll(r.selector) })
	}
	for _, r := range s.rules {
		if r.look.says[background] != "" || r.look.says[backgroundImage] != "" {
			s.papers = append(s.papers, r)
		}
	}
	if !s.hiding {
		return nil
	}
	hidden := map[*html.Node]bool{}
	s.inks = map[*html.Node]string{}
	for _, r := range s.rules {
		by, hides := r.look.hides()
		if said := r.look.says[color]; !hides && s.alone && !r.when && isLight(said) {
			for _, n := range names.candidates(r.last()) {
				if r.matches(n) && !s.shows(n, r, color) {
					s.inks[n] = said
				}
			}
		}
		if !hides || r.when || strings.Contains(r.selector, "no-js") || s.waits(r, by) {
			continue
		}
		for _, n := range names.candidates(r.last()) {
			if !hidden[n] && r.matches(n) && !s.shows(n, r, by) && !isWaiting(n, by) {
				hidden[n] = true
			}
		}
	}
	return hidden
}

// changed is what a selector says of elements that a click or a script changed.
var changed = regexp.MustCompile(`(?i)\.([a-z0-9_-]+[_-])?(active|open|opened|show|shown|showing|visible|expanded|selected|current|toggled|revealed|loaded|animated?|in|in-view)($|[^a-z0-9_-])|` +
	`:(checked|target|hover|focus-within)|\[(open|aria-|data-state|data-open|data-expanded)`)

// waits tells whether what r hides is shown by another rule, or no longer hidden
// by r, in some state.
func (s *sheets) waits(r *rule, by property) bool {
	if isOverlay(r.selector) {
		return false
	}
	if before, inside, ok := strings.Cut(r.selector, ":not("); ok && changed.MatchString(inside) && before != "" {
		return true
	}
	last := r.last()
	if !strings.ContainsAny(last, ".#[") {
		return false
	}
	for _, other := range s.rules {
		if other == r || !other.look.reveals(by) {
			continue
		}
		_, after, ok := strings.Cut(other.last(), last)
		if ok && (after == "" || !isNameByte(after[0])) && changed.MatchString(other.selector) {
			return true
		}
	}
	return false
}

// reveals tells whether a look takes back what another hides by a property.
func (l *look) reveals(by property) bool {
	said := l.says[by]
	if said == "" {
		return by == height && l.says[maxHeight] != "" && !isNothing(l.says[maxHeight], 1)
	}
	other, hides := l.hides()
	return !hides || other != by
}

// shows tells whether another rule wins over r, which hides n by a property.
func (s *sheets) shows(n *html.Node, r *rule, by property) bool {
	for _, other := range s.rules {
		if other == r || other.look.says[by] == "" || !other.look.reveals(by) || !other.matches(n) {
			continue
		}
		if other.when || other.wins(r, by) {
			return true
		}
	}
	return false
}

// wins tells whether what r says of a property stands before what other says.
func (r *rule) wins(other *rule, about property) bool {
	if a, b := r.look.strong[about], other.look.strong[about]; a != b {
		return a
	}
	a, b := r.compiled.Specificity(), other.compiled.Specificity()
	return b.Less(a) || a == b && r.order > other.order
}

// matches tells whether r is about n. Selectors that only a window can judge, such
// as :hover, match nothing.
func (r *rule) matches(n *html.Node) bool {
	if r.compiled == nil && !r.broken {
		compiled, err := cascadia.Parse(r.selector)
		r.compiled, r.broken = compiled, err != nil
	}
	return !r.broken && r.compiled.Match(n)
}

// last returns the part of the selector that is about the element itself.
func (r *rule) last() string {
	depth := 0
	for i := len(r.selector) - 1; i >= 0; i-- {
		switch r.selector[i] {
		case ')', ']':
			depth++
		case '(', '[':
			depth--
		case ' ', '>', '+', '~':
			if depth == 0 {
				return r.selector[i+1:]
			}
		}
	}
	return r.selector
}

// nameIndex is a page's elements by their names: "p", ".class" and "#id".
type nameIndex struct {
	byName map[string][]*html.Node
	all    []*html.Node
}

func namesBelow(root *html.Node) *nameIndex {
	index := &nameIndex{byName: map[string][]*html.Node{}}
	body := root
	for n := range below(root) {
		if n.DataAtom == atom.Body {
			body = n
			break
		}
	}
	for n := range below(body) {
		if n.Type != html.ElementNode {
			continue
		}
		index.all = append(index.all, n)
		index.byName[n.Data] = append(index.byName[n.Data], n)
		for _, a := range n.Attr {
			switch a.Key {
			case "class":
				for class := range strings.FieldsSeq(a.Val) {
					index.byName["."+class] = append(index.byName["."+class], n)
				}
			case "id":
				index.byName["#"+a.Val] = append(index.byName["#"+a.Val], n)
			}
		}
	}
	return index
}

// haveAll tells whether the page has the classes and IDs that a selector demands.
// Of a framework's sheet, a page uses little. What only a state adds, such as
// .open, is not there yet.
func (x *nameIndex) haveAll(selector string) bool {
	if strings.ContainsAny(selector, `\([`) {
		return true
	}
	for i := 0; i < len(selector); i++ {
		if selector[i] != '.' && selector[i] != '#' {
			continue
		}
		end := i + 1
		for end < len(selector) && isNameByte(selector[end]) {
			end++
		}
		if name := selector[i:end]; x.byName[name] == nil && !changed.MatchString(name) {
			return false
		}
	}
	return true
}

// candidates returns the elements that a compound selector may be about.
func (x *nameIndex) candidates(compound string) []*html.Node {
	name := compound
	for i := 1; i < len(name); i++ {
		if !isNameByte(name[i]) {
			name = name[:i]
			break
		}
	}
	switch {
	case name == "" || name[0] == '*' || name[0] == '[' || name[0] == ':' || strings.Contains(compound, `\`):
		return x.all
	case name[0] != '.' && name[0] != '#':
		name = strings.ToLower(name)
	}
	return x.byName[name]
}

func isNameByte(b byte) bool {
	return b == '-' || b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}
