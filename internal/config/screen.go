package config

import (
	"regexp"
	"strings"
)

// Screen says what to look for on pages before they are sent, and what to do about it: hold, redact,
// copilot_only, warn or off.
type Screen struct {
	Credentials  string
	Codes        string // about codes that are meant for people
	Injections   string // about orders to a model
	Redactions   string // about text that a file contains but does not show
	Personal     Personal
	Markers      []string // words that mark internal pages
	MarkerAction string
	Rules        []ScreenRule
	Allow        []Allowance
}

// Personal says what to do about personal data.
type Personal struct{ Emails, Phones, Cards, IBANs string }

// ScreenRule is a rule of the user's own.
type ScreenRule struct{ ID, Regex, Action string }

// Allowance allows what a rule finds on some pages.
type Allowance struct {
	Page   string // pattern of their path
	Rule   string // ID of the rule, or "*"
	Reason string
}

// Lint says which pages are hard to answer from.
type Lint struct {
	ThinWords int // a page with fewer words is thin
	LongWords int // a page with more words is long
	StaleDays int // a page that is older is stale; 0 for none
}

func (d *decoder) screen(c *Screen) fields {
	*c = Screen{
		Credentials: "hold", Codes: "warn", Injections: "hold", Redactions: "hold", MarkerAction: "hold",
		Personal: Personal{Emails: "off", Phones: "off", Cards: "off", IBANs: "off"},
	}
	return fields{
		{"credentials", d.screening(&c.Credentials)},
		{"codes", d.screening(&c.Codes)},
		{"injections", d.oneOf(&c.Injections, "hold", "copilot_only", "warn", "off")},
		{"redactions", d.oneOf(&c.Redactions, "hold", "copilot_only", "warn", "off")},
		{"personal", d.section(d.personal(&c.Personal))},
		{"markers", list(d, &c.Markers, d.marker)},
		{"marker_action", d.screening(&c.MarkerAction)},
		{"rules", list(d, &c.Rules, d.screenRule)},
		{"allow", list(d, &c.Allow, d.allowance)},
	}
}

func (d *decoder) screening(to *string) value {
	return d.oneOf(to, "hold", "redact", "copilot_only", "warn", "off")
}

func (d *decoder) personal(p *Personal) fields {
	return fields{
		{"emails", d.screening(&p.Emails)},
		{"phones", d.screening(&p.Phones)},
		{"cards", d.screening(&p.Cards)},
		{"ibans", d.screening(&p.IBANs)},
	}
}

func (d *decoder) marker(to *string) value {
	return d.checked(to, `words such as "internal only"`, func(text string) string {
		if strings.TrimSpace(text) == "" {
			return "is empty"
		}
		return ""
	})
}

func (d *decoder) screenRule(r *ScreenRule) value {
	r.Action = "hold"
	keys := fields{
		{"id", required(d.text(&r.ID), "id: ticket-number")},
		{"regex", required(d.expression(&r.Regex), `regex: 'OPS-[0-9]+'`)},
		{"action", d.screening(&r.Action)},
	}
	return value{inside: keys, read: func(e entry) { d.mapping(e, keys) }}
}

// expression is a regular expression that does not match the empty text.
func (d *decoder) expression(to *string) value {
	return d.checked(to, "a regular expression (RE2)", func(text string) string {
		re, err := regexp.Compile(text)
		switch {
		case err != nil:
			return notRegexp(err)
		case re.MatchString(""):
			return "matches every text, since it matches nothing at all too"
		}
		return ""
	})
}

func (d *decoder) allowance(a *Allowance) value {
	keys := fields{
		{"page", required(d.pattern(&a.Page), `page: "/articles/keys"`)},
		{"rule", required(d.text(&a.Rule), `rule: private-key, as the report names it, or "*"`)},
		{"reason", required(d.text(&a.Reason), "reason: the key is of a test server that is gone")},
	}
	return value{inside: keys, read: func(e entry) { d.mapping(e, keys) }}
}

func (d *decoder) lint(c *Lint) fields {
	*c = Lint{ThinWords: 20, LongWords: 10_000, StaleDays: 730}
	return fields{
		{"thin_words", d.whole(&c.ThinWords, 0, 1_000_000)},
		{"long_words", d.whole(&c.LongWords, 1, 100_000_000)},
		{"stale_days", d.whole(&c.StaleDays, 0, 100_000)},
	}
}
