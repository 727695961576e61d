package screen

import (
	_ "embed" // the rules
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	toml "github.com/pelletier/go-toml/v2"
)

// gitleaksFile are the rules of gitleaks, see LICENSE.gitleaks. "make rules" renews them.
//
//go:generate go run ./rules -into . -write v8.30.1
//go:embed gitleaks.toml
var gitleaksFile []byte

// gitleaks is the part of gitleaks' rule file that is about text rather than
// about files and commits. See docs/adr/0005.
type gitleaks struct {
	Allowlist gitleaksAllowlist
	Rules     []struct {
		ID          string
		Regex       string
		Path        string
		SecretGroup int
		Entropy     float64
		Keywords    []string
		Allowlists  []gitleaksAllowlist
	}
}

type gitleaksAllowlist struct {
	Paths       []string
	Regexes     []string
	RegexTarget string
	StopWords   []string
	Condition   string
}

// credentialRule tells one sort of credential.
type credentialRule struct {
	*keyword.Pattern
	group   int     // of the expression, that is the secret; 0: the first that matched
	entropy float64 // that a secret has at least, in bits a character
	allowed []allowed
	is      func(secret string) bool // tells a secret from what the expression takes for one; nil for any
}

// allowed is what a rule's match is let pass by.
type allowed struct {
	whole    bool // the expressions are about the match, not only the secret in it
	patterns func() []*regexp.Regexp
	words    []string
}

// credentialRules are all rules on credentials, with the index of their keywords and
// behind them those of labels and of promptPatterns, so that one pass over a text is for all.
type credentialRules struct {
	rules     []credentialRule
	labels    int // where the patterns of labels begin among those of keywords
	manifests int // where that of manifests stands
	turned    int // where that of words backwards stands
	marks     int // where those of prompts begin
	keywords  keyword.Set
	global    allowed
}

// ruleset reads the rules once, when the first page is screened.
var ruleset = sync.OnceValue(func() *credentialRules {
	var file gitleaks
	if err := toml.Unmarshal(gitleaksFile, &file); err != nil {
		panic(fmt.Sprintf("read the rules of gitleaks: %v", err)) // it is compiled in, and the tests read it
	}
	set := &credentialRules{global: newAllowed(file.Allowlist)}
	for _, r := range file.Rules {
		if r.Regex == "" || r.Path != "" || len(r.Keywords) == 0 || replaced(r.ID) {
			continue
		}
		rule := credentialRule{
			Pattern: keyword.New(r.ID, r.Regex, lowerAll(r.Keywords)...),
			group:   r.SecretGroup,
			entropy: r.Entropy,
		}
		for _, a := range r.Allowlists {
			if len(a.Paths) == 0 {
				rule.allowed = append(rule.allowed, newAllowed(a))
			}
		}
		set.rules = append(set.rules, rule)
	}
	set.rules = append(set.rules, ownRules()...)
	var patterns []*keyword.Pattern
	for _, r := range set.rules {
		patterns = append(patterns, r.Pattern)
	}
	set.labels = len(patterns)
	patterns = append(patterns, labelPatterns()...)
	set.manifests = len(patterns)
	patterns = append(patterns, &keyword.Pattern{Word: true, Keywords: kubernetesSecret()})
	set.turned = len(patterns)
	patterns = append(patterns, &keyword.Pattern{Word: true, Keywords: turnedWords()})
	set.marks = len(patterns)
	set.keywords = keyword.NewSet(append(patterns, promptPatterns()...))
	return set
})

// aroundKeywords is what the rules of the program itself find in a text around their
// keywords.
type aroundKeywords struct {
	credentials, marks []match
	turned             []span // where words of orders stand in lines that are turned
}

// around tries the rules on a text, when the first scanner asks for them.
func (t *text) around() *aroundKeywords {
	if t.tried != nil {
		return t.tried
	}
	t.tried = &aroundKeywords{}
	set := ruleset()
	credential := func(rule string, at span) {
		t.tried.credentials = append(t.tried.credentials, match{rule: rule, kind: Credential, start: at.start, end: at.end})
	}
	set.keywords.Around(t.plain, t.meter, func(i int, groups []int) {
		switch {
		case i >= set.marks:
			id := set.keywords.Patterns[i].ID
			t.tried.marks = append(t.tried.marks, match{rule: id, kind: Injection, start: groups[0], end: groups[1]})
		case i == set.turned:
			t.tried.turned = append(t.tried.turned, span{groups[0], groups[1]})
		case i == set.manifests:
			t.inSecret(groups[0], credential)
		case i >= set.labels:
			kind := labelKind(i - set.labels)
			t.labelled(kind, groups[0], groups[1], func(at span) { credential(kind.rule(), at) })
		default:
			rule := &set.rules[i]
			if at := rule.secret(groups); set.counts(rule, t.plain[groups[0]:groups[1]], t.plain[at.start:at.end]) {
				credential(rule.ID, at)
			}
		}
	})
	t.wideLabels(func(kind labelKind, start, end int) {
		t.labelled(kind, start, end, func(at span) { credential(kind.rule(), at) })
	})
	t.besideAddress(func(at span) { credential(passwordLabel.rule(), at) })
	t.secretRuns(credential)
	return t.tried
}

func newAllowed(a gitleaksAllowlist) allowed {
	return allowed{
		whole: a.RegexTarget == "match" || a.RegexTarget == "line",
		words: lowerAll(a.StopWords),
		patterns: sync.OnceValue(func() []*regexp.Regexp {
			var compiled []*regexp.Regexp
			for _, source := range a.Regexes {
				compiled = append(compiled, regexp.MustCompile(source))
			}
			return compiled
		}),
	}
}

func (a allowed) passes(match, secret string) bool {
	lower := strings.ToLower(secret)
	for _, word := range a.words {
		if strings.Contains(lower, word) {
			return true
		}
	}
	target := secret
	if a.whole {
		target = match
	}
	for _, re := range a.patterns() {
		if re.MatchString(target) {
			return true
		}
	}
	return false
}

func lowerAll(words []string) []string {
	lower := make([]string, len(words))
	for i, word := range words {
		lower[i] = strings.ToLower(word)
	}
	return lower
}
