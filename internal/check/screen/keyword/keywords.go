package keyword

import (
	"regexp"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// Pattern is an expression that is only tried where one of its keywords stands.
type Pattern struct {
	ID       string
	Keywords []string                    // in lower case; every match has one of them
	After    func(following string) bool // what a keyword and what follows it are like in every match; nil for anything
	Word     bool                        // the keyword is all there is to find, and there is no expression
	compiled func() expression
}

// expression is a compiled pattern.
type expression struct {
	*regexp.Regexp
	leads  bool // matches begin with the keyword, and the expression is tried there only
	reach  int  // how long a match may be, in bytes
	before func(preceding string) bool
}

// New returns a pattern whose source is compiled when it is first needed.
func New(id, source string, keywords ...string) *Pattern {
	return &Pattern{ID: id, Keywords: keywords, compiled: sync.OnceValue(func() expression {
		return compile(source, keywords)
	})}
}

// Leading returns a pattern whose matches begin with a keyword, where before,
// which may be nil, accepts the text that precedes it.
func Leading(id string, before func(preceding string) bool, source string, keywords ...string) *Pattern {
	return &Pattern{ID: id, Keywords: keywords, compiled: sync.OnceValue(func() expression {
		e := compile(source, nil)
		e.Regexp, e.leads, e.before = regexp.MustCompile(`\A(?:`+source+`)`), true, before
		return e
	})}
}

// Expression returns the expression, and whether its matches begin with a keyword.
func (p *Pattern) Expression() (compiled *regexp.Regexp, leads bool) {
	e := p.compiled()
	return e.Regexp, e.leads
}

// around tries the pattern on the text around a keyword and calls found with the
// indexes of each match and its groups. Text before done was tried already; it
// returns up to where it was now.
func (p *Pattern) around(plain string, meter *budget.Meter, start, end, done int, found func(groups []int)) int {
	meter.Spend(1)
	if p.Word {
		found([]int{start, end})
		return done
	}
	if start < done || p.After != nil && !p.After(plain[start:]) {
		return done
	}
	e := p.compiled()
	if e.leads {
		if e.before != nil && !e.before(plain[max(0, start-MaxReach):start]) {
			return done
		}
		groups := e.lead(plain[start:min(len(plain), start+e.reach)], meter)
		if groups == nil {
			return done
		}
		found(moved(groups, start))
		return groups[1]
	}
	from, to := max(done, start-min(e.reach, 256), 0), min(len(plain), end+e.reach)
	for from < to {
		meter.Spend(1 + to - from)
		groups := e.FindStringSubmatchIndex(plain[from:to])
		if groups == nil {
			break
		}
		groups = moved(groups, from)
		found(groups)
		from = max(groups[1], from+1)
		done = from
	}
	return done
}

// PerTry is the least work that trying an expression is counted as: it takes about a microsecond to begin.
const PerTry = 16

// lead matches text from its beginning on. Most text is told from a match by its first letters, so what counts is how
// far the expression read, and not how far it might have.
func (e expression) lead(text string, meter *budget.Meter) (groups []int) {
	unread := strings.NewReader(text)
	groups = e.FindReaderSubmatchIndex(unread)
	meter.Spend(PerTry + 2*(len(text)-unread.Len()))
	return groups
}

func moved(groups []int, by int) []int {
	for i := range groups {
		if groups[i] >= 0 {
			groups[i] += by
		}
	}
	return groups
}

// Set is patterns whose keywords are found in one pass.
type Set struct {
	Patterns  []*Pattern
	automaton *Automaton
	users     [][]int // of each keyword: the patterns that have it
}

// NewSet returns a set of patterns.
func NewSet(patterns []*Pattern) Set {
	var words []string
	users := map[string][]int{}
	for i, p := range patterns {
		for _, word := range p.Keywords {
			if users[word] == nil {
				words = append(words, word)
			}
			users[word] = append(users[word], i)
		}
	}
	k := Set{Patterns: patterns, automaton: NewAutomaton(words)}
	for _, word := range words {
		k.users = append(k.users, users[word])
	}
	return k
}

// Around tries each pattern around its keywords in plain, and calls found with the
// indexes of each match and its groups.
func (k Set) Around(plain string, meter *budget.Meter, found func(pattern int, groups []int)) {
	var done map[int]int // up to where each pattern was tried
	EachWord(k.automaton, plain, func(word, start, end int) {
		for _, i := range k.users[word] {
			before := done[i]
			tried := k.Patterns[i].around(plain, meter, start, end, before, func(groups []int) { found(i, groups) })
			if tried == before {
				continue
			}
			if done == nil {
				done = make(map[int]int)
			}
			done[i] = tried
		}
	})
}
