package scope

import (
	"fmt"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Judgement is what a source's settings alone make of an address.
type Judgement struct {
	URL string `json:"url"` // normalised
	// Inside reports whether it is a start address, or within the site and path that bound the scope.
	Inside bool `json:"inside"`
	// Rules are the rules that were applied, in order, with what each said.
	Rules []Rule `json:"rules"`
	// Outcome is how a crawl settles the address without a request. It is "" if the address is fetched.
	Outcome crawler.Outcome `json:"outcome,omitempty"`
	Detail  string          `json:"detail,omitempty"` // on the outcome, for people
	Page    bool            `json:"page"`             // include makes it a page, and not a listing
}

// Rule is a rule that decides about addresses, with its verdict on this one.
type Rule struct {
	Name    string  `json:"name"` // its key in sources.yaml, or "robots.txt"
	Verdict Verdict `json:"verdict"`
	Says    string  `json:"says,omitempty"` // the pattern that matched, or the reason, for people
}

// Verdict is what a rule says about an address.
type Verdict string

// The verdicts.
const (
	Admits  Verdict = "admits"
	Refuses Verdict = "refuses"
	Silent  Verdict = "silent" // does not apply to the address
)

// Explain returns the verdict of each rule. [Scope.Judge] decides.
func (s *Scope) Explain(u *url.URL) Judgement {
	j := Judgement{URL: u.String(), Page: s.Includes(u)}
	j.Outcome, j.Detail = s.Judge(u)
	start := s.Starts[u.String()]
	j.Inside = start || s.SameSite(u) && s.underPrefix(u)
	rule := func(name string, v Verdict, says string) { j.Rules = append(j.Rules, Rule{name, v, says}) }

	if start {
		rule("start", Admits, "the start address or a seed: always fetched")
	}
	switch {
	case !s.SameSite(u):
		rule("url", Refuses, fmt.Sprintf("another site than %s://%s", s.Site.Scheme, s.Site.Host))
	case !s.underPrefix(u):
		rule("url", Refuses, "not under "+s.prefix+"/")
	default:
		rule("url", Admits, "under "+s.Site.Scheme+"://"+s.Site.Host+s.prefix+"/")
	}
	if p, ok := First(s.Rules.Exclude, u); ok {
		rule("exclude", Refuses, p.String())
	} else {
		rule("exclude", Silent, ofPatterns(s.Rules.Exclude, "nothing is excluded"))
	}
	if s.IsLoginForm(u) {
		rule("auth.form.url", Refuses, "the login form")
	}
	p, follows := First(s.Rules.Follow, u)
	switch {
	case follows:
		rule("follow", Admits, p.String())
	case s.Follows(u), s.namesPage(u):
		rule("follow", Silent, ofPatterns(s.Rules.Follow, "everything is followed"))
	default:
		rule("follow", Refuses, ofPatterns(s.Rules.Follow, ""))
	}
	if p, ok := First(s.Traps, u); ok {
		rule("presets", Refuses, "traps: "+p.String()+"; where it is an article, name it in discover.allow")
	}
	p, includes := First(s.Rules.Include, u)
	switch {
	case includes:
		rule("include", Admits, p.String())
	case len(s.Rules.Include) == 0:
		rule("include", Silent, "everything becomes a page")
	default:
		rule("include", Refuses, ofPatterns(s.Rules.Include, "")+": it is read for its links only")
	}
	if p, ok := First(s.Rules.Allow, u); ok {
		rule("discover.allow", Admits, p.String())
	} else if why := s.MayAct(u); why != "" {
		rule("unsafe links", Refuses, why+"; where it is an article, name it in discover.allow")
	}
	return j
}

// First returns the first of the patterns that matches u.
func First(patterns []urlpattern.Pattern, u *url.URL) (urlpattern.Pattern, bool) {
	for _, p := range patterns {
		if p.Match(u) {
			return p, true
		}
	}
	return urlpattern.Pattern{}, false
}

func ofPatterns(patterns []urlpattern.Pattern, none string) string {
	switch len(patterns) {
	case 0:
		return none
	case 1:
		return patterns[0].String() + " does not match"
	}
	return fmt.Sprintf("none of %d patterns matches", len(patterns))
}
