package settings

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// NewScreener returns the screener of a source. It also looks for fincrawl's own secrets, unless own
// is nil.
func NewScreener(s config.Source, own *secrets.Set) (*screen.Screener, error) {
	c := screen.Config{
		Credentials:  screen.Action(s.Screen.Credentials),
		Codes:        screen.Action(s.Screen.Codes),
		Injections:   screen.Action(s.Screen.Injections),
		Redactions:   screen.Action(s.Screen.Redactions),
		Emails:       screen.Action(s.Screen.Personal.Emails),
		Phones:       screen.Action(s.Screen.Personal.Phones),
		Cards:        screen.Action(s.Screen.Personal.Cards),
		IBANs:        screen.Action(s.Screen.Personal.IBANs),
		Markers:      s.Screen.Markers,
		MarkerAction: screen.Action(s.Screen.MarkerAction),
		Markdown:     markdown.FromHTML,
	}
	if own != nil {
		c.Own = own
	}
	var mistakes []error
	for _, r := range s.Screen.Rules {
		expression, err := regexp.Compile(r.Regex)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("screen rule %s: %w", r.ID, err))
			continue
		}
		c.Rules = append(c.Rules, screen.Rule{ID: r.ID, Regexp: expression, Action: screen.Action(r.Action)})
	}
	for _, a := range s.Screen.Allow {
		pattern, err := urlpattern.Parse(a.Page)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("pattern %q: %w", a.Page, err))
			continue
		}
		c.Allow = append(c.Allow, screen.Allowance{Page: pattern, Rule: a.Rule, Reason: a.Reason})
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return screen.New(c)
}
