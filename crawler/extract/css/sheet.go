package css

import (
	"bytes"
	"regexp"
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
	rules   []*declared
	imports bool // it refers to another one
	hiding  bool // one of the rules hides, or sets a colour
}

// declared is one selector with what a sheet declares for it.
type declared struct {
	look     *Look
	selector string   // one of the list, without pseudo-elements
	last     string   // the part of it that is about the element itself
	needs    []string // the classes and IDs that an element and those around it must have
	when     bool     // holds in some windows only
	compiled func() *pageSelector

	by    Property // it hides by
	hides bool
	light bool // it does not hide, but its text is as light as a page may be
}

// sheetMemory is style sheets that were read, by their texts: the pages of a site have
// few of them, each on many pages.
type sheetMemory struct {
	mu    sync.Mutex
	known map[string]*sheet
	size  int
}

//nolint:gochecknoglobals // a cache: what a text says of style does not depend on who reads it
var knownSheets sheetMemory

// maxKnown is how much of sheets is kept, in bytes more or less. Where each page has
// sheets of its own, nothing is gained by keeping more.
const maxKnown = 4 << 20

func (m *sheetMemory) read(text string) *sheet {
	m.mu.Lock()
	s, ok := m.known[text]
	m.mu.Unlock()
	if ok {
		return s
	}
	s = readSheet(text)
	const each = 512 // takes a rule
	size := len(text) + each*len(s.rules)
	if size > maxKnown {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += size; m.known == nil || m.size > maxKnown {
		m.known, m.size = map[string]*sheet{}, size
	}
	m.known[text] = s
	return s
}

// readSheet reads a text of CSS.
func readSheet(text string) *sheet {
	s := &sheet{}
	parser := css.NewParser(parse.NewInputString(text), false)
	var selectors []string
	var blocks []bool // of the at-rules around: whether what stands inside holds in some windows only
	var skip int      // how many of them are for no window at all
	var current Look
	when, inRule, seen := false, false, false
	for {
		grammar, _, data := parser.Next()
		switch grammar {
		case css.ErrorGrammar:
			if !parser.HasParseError() {
				return s
			}
		case css.AtRuleGrammar:
			if string(data) == "@import" {
				s.imports = true
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
			current, inRule, seen = Look{}, true, false
		case css.DeclarationGrammar:
			if inRule && skip == 0 {
				current.declare(bytes.ToLower(data), parser.Values())
				seen = true
			}
		case css.EndRulesetGrammar:
			if inRule && seen && skip == 0 && current.Says != [properties]string{} {
				s.add(selectors, current, when)
			}
			selectors, inRule = nil, false
		}
	}
}

func (s *sheet) add(selectors []string, l Look, when bool) {
	_, hides := l.Hides()
	s.hiding = s.hiding || hides || l.Says[color] != ""
	for _, selector := range alternatives(selectors) {
		if !strings.Contains(selector, "::") && !strings.Contains(selector, ":before") && !strings.Contains(selector, ":after") {
			s.rules = append(s.rules, newDeclared(strings.TrimSpace(selector), &l, when))
		}
	}
}

func newDeclared(selector string, l *Look, when bool) *declared {
	by, hides := l.Hides()
	return &declared{
		look: l, selector: selector, last: preset.LastCompound(selector), needs: needsOf(selector), when: when,
		by: by, hides: hides, light: !hides && isLight(l.Says[color]),
		compiled: sync.OnceValue(func() *pageSelector { return compileSelector(selector) }),
	}
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
		if name := selector[i:end]; !changed.MatchString(name) {
			needs = append(needs, name)
		}
	}
	return needs
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
