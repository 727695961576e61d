// Package screen looks at a page before it can be sent, for what must not reach
// a bot that talks to the public: credentials, personal data, what is marked as
// internal, and instructions that are meant for a model.
//
//	page ─ text of its title, body, attributes and address ─ rules ─ findings
//	                                                              └─ redact, restrict
//
// What a page says is read from its HTML, since that is what is sent; a secret
// whose letters stand in several elements is still one. Rules are only tried
// around words that they need (see [scanner]), so that a page without any costs
// little more than reading it twice.
//
// A [Finding] never holds what was found, only enough of it to find it again.
package screen

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Config says what to look for, and what to do about it. An action that is ""
// means [Off]; the zero value finds nothing.
type Config struct {
	Credentials Action
	Codes       Action // about what seems to be a code for people: of a door, an alarm or a second factor
	Injections  Action
	Redactions  Action // about text that the page's file has and does not show, which is no part of the page

	Emails, Phones, Cards, IBANs Action

	Markers      []string // words that mark what is internal; those in capitals match only in capitals
	MarkerAction Action

	Rules []Rule
	Allow []Allowance

	// Own knows the secrets that this program itself uses. A page that has one of them
	// is held, whatever is allowed. Defaults to knowing none.
	Own Secrets

	// Markdown writes clean HTML as canonical Markdown. It is needed where
	// something is redacted.
	Markdown func(html string, meter *budget.Meter) (string, error)
}

// Secrets finds secrets in texts, whatever they are written in.
type Secrets interface {
	In(text string) bool
	// Places returns where they stand, as pairs of a beginning and an end.
	Places(text string) [][2]int
}

// Rule is an expression of the user's own.
type Rule struct {
	ID     string
	Regexp *regexp.Regexp
	Action Action
}

// Allowance lets pages have what a rule finds on them.
type Allowance struct {
	Page   urlpattern.Pattern
	Rule   string // ID of a rule, or "*"
	Reason string // for people
}

// Action is what is done about a finding.
type Action string

// The actions.
const (
	Off         Action = "off"
	Warn        Action = "warn"         // the page is sent, and the finding reported
	CopilotOnly Action = "copilot_only" // teammates get answers from the page, customers don't
	Redact      Action = "redact"       // what was found is replaced by [Redacted]
	Hold        Action = "hold"         // the page is not sent
)

func (a Action) on() bool { return a != "" && a != Off }

// Redacted stands where something was taken out.
const Redacted = "[redacted]"

// Screener screens pages. It is safe for use by several goroutines.
type Screener struct {
	config   Config
	scanners []scanner
}

// scanner looks for one kind of thing in a text.
type scanner interface {
	scan(t *text, found func(match))
}

// New returns a screener. The error says that something would be redacted and
// Config.Markdown is missing.
func New(c Config) (*Screener, error) {
	s := &Screener{config: c}
	actions := []Action{c.Credentials, c.Codes, c.Injections, c.Emails, c.Phones, c.Cards, c.IBANs, c.MarkerAction}
	for _, r := range c.Rules {
		actions = append(actions, r.Action)
	}
	if slices.Contains(actions, Redact) && c.Markdown == nil {
		return nil, fmt.Errorf("redacting needs a way to write Markdown")
	}
	if c.Own != nil {
		s.scanners = append(s.scanners, ownSecrets{c.Own})
	}
	if c.Credentials.on() || c.Codes.on() {
		s.scanners = append(s.scanners, credentials{c.Credentials, c.Codes})
	}
	if p := newPersonal(c); p != nil {
		s.scanners = append(s.scanners, p)
	}
	if len(c.Markers) > 0 && c.MarkerAction.on() {
		s.scanners = append(s.scanners, newMarkers(c.Markers, c.MarkerAction))
	}
	for _, r := range c.Rules {
		if r.Action.on() {
			s.scanners = append(s.scanners, custom{r})
		}
	}
	if c.Injections.on() {
		s.scanners = append(s.scanners, injections{c.Injections})
	}
	return s, nil
}

// Page returns the page as it may be sent, and what was found on it. A page with
// a finding whose action is [Hold] must not be sent. The error is of
// Config.Markdown.
//
// What cannot be redacted, since it stands in the page's address or is found
// again afterwards, is held. A secret that holds the page is taken out of its title
// all the same, since that is what reports name the page by.
func (s *Screener) Page(p crawler.Page, meter *budget.Meter) (crawler.Page, []Finding, error) {
	unseen := s.unseen(p)
	if len(s.scanners) == 0 && len(unseen) == 0 {
		return p, nil, nil
	}
	meter.Spend((len(p.HTML) + len(p.Title)) / 4)
	r := read(p)
	matches := s.ownSecretsElsewhere(p, r, s.matches(r, s.allowed(p.URL), meter))
	if len(matches) == 0 && len(unseen) == 0 {
		return p, nil, nil
	}
	findings := slices.Concat(unseen, r.describe(matches))
	screened := p
	if has(findings, CopilotOnly) {
		screened.Availability = crawler.Availability{AICopilot: true}
	}
	screened.Title = showable(p.Title, matches)
	if !has(findings, Redact) {
		return screened, findings, nil
	}
	if err := s.redact(&screened, matches, meter); err != nil {
		return p, findings, fmt.Errorf("redact %s: %w", p.URL, err)
	}
	for i, f := range findings {
		if f.Action == Redact && s.remains(screened, f.Rule, meter) {
			findings[i].Action = Hold
		}
	}
	return screened, findings, nil
}

// unseen are the findings about text that a page's file has and does not show.
func (s *Screener) unseen(p crawler.Page) (findings []Finding) {
	if len(p.Unseen) == 0 || !s.config.Redactions.on() {
		return nil
	}
	allowed := s.allowed(p.URL)
	for _, u := range p.Unseen {
		if !allowed(u.Rule) && !allowed(string(Redaction)) {
			findings = append(findings, Finding{
				Rule: u.Rule, Kind: Redaction, Action: s.config.Redactions, Where: u.Where, Excerpt: plural.Count(u.Letters, "letter"), Count: 1,
			})
		}
	}
	return findings
}

// matches scans all areas of a page. Of matches of one kind that overlap, the
// first found counts.
func (s *Screener) matches(r *reading, allowed func(rule string) bool, meter *budget.Meter) []match {
	var all []match
	for i := range r.areas {
		r.areas[i].meter = meter
		meter.Spend(len(r.areas[i].plain) / 2)
		taken := make(map[Kind][]span) // by what was found, sorted
		add := func(m match) {
			meter.Spend(8)
			m.area = area(i)
			at, _ := slices.BinarySearchFunc(taken[m.kind], m.start+1, func(s span, start int) int { return s.end - start })
			if at < len(taken[m.kind]) && taken[m.kind][at].start < m.end || m.kind != OwnSecret && allowed(m.rule) {
				return
			}
			taken[m.kind] = slices.Insert(taken[m.kind], at, span{m.start, m.end})
			all = append(all, m)
		}
		for _, scan := range s.scanners {
			scan.scan(&r.areas[i], add)
		}
	}
	return all
}

// allowed returns which rules the page at an address is allowed to break.
func (s *Screener) allowed(address string) func(rule string) bool {
	u, err := url.Parse(address)
	if err != nil {
		u = &url.URL{}
	}
	var rules []string
	for _, a := range s.config.Allow {
		if a.Page.Match(u) {
			rules = append(rules, a.Rule)
		}
	}
	return func(rule string) bool { return slices.Contains(rules, rule) || slices.Contains(rules, "*") }
}

// Allows reports whether the page at an address may break a rule.
func (s *Screener) Allows(address, rule string) bool { return s.allowed(address)(rule) }

// remains reports whether a rule still finds something on a page.
func (s *Screener) remains(p crawler.Page, rule string, meter *budget.Meter) bool {
	meter.Spend((len(p.HTML) + len(p.Title)) / 4)
	r := read(p)
	return slices.ContainsFunc(s.matches(r, s.allowed(p.URL), meter), func(m match) bool { return m.rule == rule })
}

func has(findings []Finding, a Action) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Action == a })
}
