// Package settings translates sources.yaml into the configuration of each package.
package settings

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/availability"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// NewPolicy returns the policy of a source.
func NewPolicy(c *config.Config, s config.Source) ingest.Policy {
	return ingest.Policy{
		ConfirmRuns: s.Deletes.ConfirmRuns,
		MaxCount:    s.Deletes.MaxCount,
		MaxShare:    s.Deletes.MaxShare,
		MaxHTML:     int(c.Intercom.MaxHTML),
		MaxSameText: s.Updates.MaxSameText,
		MaxShrink:   s.Updates.MaxShrink,
	}
}

// CheckSource returns the mistakes of a source that only the packages themselves can find, such as in a file
// of cookies.
func CheckSource(s config.Source) error {
	source, err := NewSource(s)
	if err == nil {
		_, err = auth.New(source.URL, source.Auth)
	}
	if err == nil {
		_, err = NewScreener(s, nil)
	}
	if err == nil {
		_, err = NewSplit(s.Content.Split)
	}
	return err
}

// Splits reports whether the pages of a source may be split.
func Splits(s config.Source) (bool, error) {
	split, err := NewSplit(s.Content.Split)
	return split.Over > 0 || split.At > 0, err
}

// NewSource returns the crawler's configuration of a source.
func NewSource(s config.Source) (web.Source, error) {
	start, err := url.Parse(s.URL)
	if err != nil {
		return web.Source{}, err
	}
	var mistakes []error
	patterns := func(texts []string) []urlpattern.Pattern {
		ps := make([]urlpattern.Pattern, 0, len(texts))
		for _, text := range texts {
			p, err := urlpattern.Parse(text)
			if err != nil {
				mistakes = append(mistakes, fmt.Errorf("pattern %q: %w", text, err))
			}
			ps = append(ps, p)
		}
		return ps
	}
	identity, err := newIdentity(s.Content.ExternalID)
	if err != nil {
		return web.Source{}, err
	}
	presets, err := PresetsOf(s.Content)
	if err != nil {
		return web.Source{}, err
	}
	source := web.Source{
		Name:   s.Name,
		URL:    start,
		Locale: s.Locale,
		Auth:   NewAuth(s.Auth),
		Discover: web.Discover{
			Sitemaps: s.Discover.Sitemaps, Links: s.Discover.Links, Seeds: s.Discover.Seeds,
			MaxDepth: s.Discover.MaxDepth, MaxPages: s.Discover.MaxPages, MaxDuplicates: s.Discover.MaxDuplicates,
			OtherLocales: s.Discover.OtherLocales, Canonical: s.Discover.Canonical,
		},
		Scope: scope.Rules{
			Include: patterns(s.Include),
			Exclude: patterns(s.Exclude),
			Follow:  patterns(s.Follow),
			Allow:   patterns(s.Discover.Allow),
		},
		Query:     scope.Query(s.Query),
		Fetch:     NewFetch(s.Fetch, s.TLS),
		Render:    newRendering(s.Render, patterns),
		Identity:  identity,
		Documents: documentKinds(s.Documents),
		Content: extract.Rules{
			Title: s.Content.Title, Body: s.Content.Body, Remove: s.Content.Remove, Presets: presets,
		},
		Availability: availability.Policy{
			Default: crawler.Availability{AIAgent: s.Availability.AIAgent, AICopilot: s.Availability.AICopilot},
		},
	}
	for _, r := range s.Availability.Rules {
		var match urlpattern.Pattern // matches any URL
		if r.Match != "" {
			match = patterns([]string{r.Match})[0]
		}
		source.Availability.Rules = append(source.Availability.Rules, availability.Rule{
			Match:      match,
			Selector:   r.Selector,
			Meta:       r.Meta,
			Breadcrumb: r.Breadcrumb,
			AIAgent:    r.AIAgent,
			AICopilot:  r.AICopilot,
		})
	}
	return source, errors.Join(mistakes...)
}

func documentKinds(names []string) []document.Kind {
	kinds := make([]document.Kind, len(names))
	for i, name := range names {
		kinds[i] = document.Kind(name)
	}
	return kinds
}

// PresetsOf returns the presets that pages are read by. There are none where the settings say where the
// text is.
func PresetsOf(c config.Content) (*preset.Set, error) {
	all := preset.NewSet(c.Presets)
	switch {
	case c.Body != "", c.Preset == config.PresetNone:
		return preset.None(), nil
	case c.Preset == config.PresetAuto:
		return all, nil
	}
	return all.Only(c.Preset)
}

// NewFetch returns how requests to a source are made.
func NewFetch(f config.Fetch, t config.TLS) fetch.Limits {
	return fetch.Limits{
		Proxy: f.Proxy, Headers: f.Headers, CA: []byte(t.CA.Reveal()),
		Concurrency: f.Concurrency, Rate: f.Rate, Timeout: f.Timeout, MaxBody: f.MaxBody,
		RespectRobots: f.RespectRobots, UserAgent: f.UserAgent,
	}
}

// NewAuth returns the configuration of a source's login.
func NewAuth(a config.Auth) auth.Config {
	c := auth.Config{
		Basic: newBasic(a.Basic), Digest: newBasic(a.Digest), Bearer: a.Bearer.Reveal(),
		Headers: reveal(a.Headers), Cookies: reveal(a.Cookies), CookieFile: a.CookieFile.Reveal(),
		KeepSession: a.KeepSession.Reveal(),
	}
	if p := a.Certificate; p != nil {
		c.Certificate = &auth.Certificate{
			Cert: []byte(p.Cert.Reveal()), Key: []byte(p.Key.Reveal()), CA: []byte(p.CA.Reveal()),
		}
	}
	if o := a.OAuth2; o != nil {
		c.OAuth2 = &auth.OAuth2{
			TokenURL: o.TokenURL, ClientID: o.ClientID.Reveal(), ClientSecret: o.ClientSecret.Reveal(),
			Scopes: o.Scopes, Audience: o.Audience,
		}
	}
	if f := a.Form; f != nil {
		c.Form = &auth.Form{URL: f.URL, Fields: reveal(f.Fields), Form: f.Form, SignOn: f.SignOn, LoggedIn: f.LoggedIn}
		for _, s := range f.Steps {
			c.Form.Steps = append(c.Form.Steps, auth.Step{
				URL: s.URL, Fields: reveal(s.Fields), Form: s.Form, Submit: s.Submit, Optional: s.Optional,
			})
		}
	}
	return c
}

func newBasic(b *config.Basic) *auth.Basic {
	if b == nil {
		return nil
	}
	return &auth.Basic{Username: b.Username.Reveal(), Password: b.Password.Reveal()}
}

func reveal(secrets map[string]config.Secret) map[string]string {
	if secrets == nil {
		return nil
	}
	plain := make(map[string]string, len(secrets))
	for name, s := range secrets {
		plain[name] = s.Reveal()
	}
	return plain
}

// newIdentity translates the settings of what identifies a page.
func newIdentity(c config.Identity) (web.Identity, error) {
	i := web.Identity{Selector: c.Selector, Attr: c.Attr, Meta: c.Meta}
	if c.Regex == "" {
		return i, nil
	}
	var err error
	if i.Regex, err = regexp.Compile(c.Regex); err != nil {
		err = fmt.Errorf("content.external_id: %w", err)
	}
	return i, err
}

// NewLinter returns the linter of a source. now is the time that the age of pages is measured from.
func NewLinter(s config.Source, now time.Time) *lint.Linter {
	return lint.New(lint.Config{
		ThinWords: s.Lint.ThinWords,
		LongWords: s.Lint.LongWords,
		StaleAge:  time.Duration(s.Lint.StaleDays) * 24 * time.Hour,
		Now:       now,
	})
}
