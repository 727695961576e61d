package crawler

import (
	"fmt"
	"net/url"
)

// Judgement is what a source's settings alone make of an address.
type Judgement struct {
	URL    string `json:"url"`    // normalised
	Inside bool   `json:"inside"` // a start address, or on the site and below the path that bound the scope
	// Rules are those that were asked, in their order, each with what it said.
	Rules []Rule `json:"rules"`
	// Outcome is how a crawl settles the address without asking for it; "" where it is fetched.
	Outcome Outcome `json:"outcome,omitempty"`
	Detail  string  `json:"detail,omitempty"` // of the outcome, for people
	Page    bool    `json:"page"`             // include makes a page of it, rather than a listing
}

// Rule is one rule that decides about an address, and what it says to this one.
type Rule struct {
	Name    string  `json:"name"` // its key in sources.yaml, or "robots.txt"
	Verdict Verdict `json:"verdict"`
	Says    string  `json:"says,omitempty"` // the pattern that matched, or why, for people
}

// Verdict is what a rule says to an address.
type Verdict string

// The verdicts.
const (
	Admits  Verdict = "admits"
	Refuses Verdict = "refuses"
	Silent  Verdict = "silent" // doesn't concern the address
)

// explain says of each rule what judge makes of it. What judge says decides.
func (s *scope) explain(u *url.URL) Judgement {
	j := Judgement{URL: u.String(), Page: s.includes(u)}
	j.Outcome, j.Detail = s.judge(u)
	start := s.starts[u.String()]
	j.Inside = start || s.sameSite(u) && s.underPrefix(u)
	rule := func(name string, v Verdict, says string) { j.Rules = append(j.Rules, Rule{name, v, says}) }

	if start {
		rule("start", Admits, "the start address or a seed: always fetched")
	}
	switch {
	case !s.sameSite(u):
		rule("url", Refuses, fmt.Sprintf("another site than %s://%s", s.site.Scheme, s.site.Host))
	case !s.underPrefix(u):
		rule("url", Refuses, "not under "+s.prefix+"/")
	default:
		rule("url", Admits, "under "+s.site.Scheme+"://"+s.site.Host+s.prefix+"/")
	}
	if p, ok := firstMatch(s.rules.Exclude, u); ok {
		rule("exclude", Refuses, p.String())
	} else {
		rule("exclude", Silent, ofPatterns(s.rules.Exclude, "nothing is excluded"))
	}
	if s.isLoginForm(u) {
		rule("auth.form.url", Refuses, "the login form")
	}
	p, follows := firstMatch(s.rules.Follow, u)
	switch {
	case follows:
		rule("follow", Admits, p.String())
	case s.follows(u), s.namesPage(u):
		rule("follow", Silent, ofPatterns(s.rules.Follow, "everything is followed"))
	default:
		rule("follow", Refuses, ofPatterns(s.rules.Follow, ""))
	}
	p, includes := firstMatch(s.rules.Include, u)
	switch {
	case includes:
		rule("include", Admits, p.String())
	case len(s.rules.Include) == 0:
		rule("include", Silent, "everything becomes a page")
	default:
		rule("include", Refuses, ofPatterns(s.rules.Include, "")+": it is read for its links only")
	}
	if s.loggedIn {
		if why := unsafeLink(u); why != "" {
			rule("unsafe links", Refuses, why)
		}
	}
	return j
}

func firstMatch(patterns []Pattern, u *url.URL) (Pattern, bool) {
	for _, p := range patterns {
		if p.Match(u) {
			return p, true
		}
	}
	return Pattern{}, false
}

func ofPatterns(patterns []Pattern, none string) string {
	switch len(patterns) {
	case 0:
		return none
	case 1:
		return patterns[0].String() + " does not match"
	}
	return fmt.Sprintf("none of %d patterns matches", len(patterns))
}
