package keyword

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// MaxReach bounds how far from its keyword an expression without a bound of its
// own is tried.
const MaxReach = 4096

// compile finds out how long the matches of an expression are, and whether they
// begin with one of its keywords. Most rules on secrets do, but for an optional
// part of a name that comes first and tells nothing: it is left out.
func compile(source string, keywords []string) expression {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return expression{Regexp: regexp.MustCompile(source), reach: MaxReach}
	}
	e := expression{reach: min(MaxReach, longest(tree)) + 2}
	rest, afterWord := withoutLead(tree)
	starts, known := beginnings(rest)
	if !known || !allBegin(keywords, starts) {
		e.Regexp = regexp.MustCompile(source)
		return e
	}
	e.Regexp, e.leads = regexp.MustCompile(`\A(?:`+rest.String()+`)`), true
	if afterWord {
		e.before = EndsWord
	}
	return e
}

// EndsWord reports whether a word may begin after the text.
func EndsWord(preceding string) bool {
	return preceding == "" || preceding[len(preceding)-1] != '_' && !IsWord(preceding[len(preceding)-1])
}

// longest returns how long a match of an expression can be, in bytes; for one
// without a bound, more than MaxReach.
func longest(re *syntax.Regexp) int {
	const unbounded = 4 * MaxReach
	switch re.Op {
	case syntax.OpLiteral:
		return len(string(re.Rune))
	case syntax.OpCharClass:
		for _, r := range re.Rune {
			if r > 0x7f && r != 'ſ' && r != '\u212a' { // what s and k fold to
				return 4
			}
		}
		return 1
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 4
	case syntax.OpStar, syntax.OpPlus:
		return unbounded
	case syntax.OpRepeat:
		if re.Max < 0 {
			return unbounded
		}
		return min(unbounded, re.Max*longest(re.Sub[0]))
	case syntax.OpAlternate:
		most := 0
		for _, sub := range re.Sub {
			most = max(most, longest(sub))
		}
		return most
	}
	sum := 0
	for _, sub := range re.Sub {
		sum = min(unbounded, sum+longest(sub))
	}
	return sum
}

// withoutLead returns an expression without what may stand before its first
// letters: an optional run, or the beginning of a word, which it reports.
func withoutLead(re *syntax.Regexp) (rest *syntax.Regexp, afterWord bool) {
	if re.Op != syntax.OpConcat {
		return re, false
	}
	subs := re.Sub
	for len(subs) > 1 {
		switch first := subs[0]; {
		case first.Op == syntax.OpRepeat && first.Min == 0 && first.Flags&syntax.NonGreedy != 0:
		case first.Op == syntax.OpWordBoundary:
			afterWord = true
		default:
			return &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: subs}, afterWord
		}
		subs = subs[1:]
	}
	return subs[0], afterWord
}

// beginnings returns what the matches of an expression begin with, in lower case.
func beginnings(re *syntax.Regexp) (starts []string, known bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}, true
	case syntax.OpCapture, syntax.OpConcat:
		return beginnings(re.Sub[0])
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			more, known := beginnings(sub)
			if !known {
				return nil, false
			}
			starts = append(starts, more...)
		}
		return starts, true
	}
	return nil, false
}

// allBegin reports whether every match that begins with one of starts begins with
// one of the keywords, and the other way round.
func allBegin(keywords, starts []string) bool {
	fits := func(word string, among []string) bool {
		for _, other := range among {
			if strings.HasPrefix(word, other) || strings.HasPrefix(other, word) {
				return true
			}
		}
		return false
	}
	for _, word := range keywords {
		if !fits(word, starts) {
			return false
		}
	}
	for _, start := range starts {
		if !fits(start, keywords) {
			return false
		}
	}
	return len(keywords) > 0
}

// IsWord reports whether a byte is an ASCII letter or a digit.
func IsWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}
