// Package kinds has the kinds of sources: how each is made of what sources.yaml says. A new kind is a package
// below crawler and a row here. Planning, guards and sending know nothing of kinds.
package kinds

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// Place is what a source gets from a run. A kind takes what it needs.
type Place struct {
	// Surroundings are those of a website. The other kinds use what they have in common with it.
	web.Surroundings
	Template *template.Template // that is left out of pages; nil for none
	Ledger   *state.Store       // what was sent
	Cursor   string             // of the last reading; "" lists everything
	Preview  bool
}

// kind is how the sources of a kind are made.
type kind struct {
	// make returns a source.
	make func(config.Source, Place) (crawler.Source, error)
	// judge says what the settings make of an address, without a request.
	judge func(config.Source, *url.URL) (scope.Judgement, error)
	// claim returns which pages at Intercom a source may have sent.
	claim func(config.Source) (verify.Claim, error)
	// explain reads one page and keeps nothing.
	explain func(context.Context, config.Source, *url.URL, Place) (web.Explanation, error)
	// look says what a login sees.
	look func(context.Context, config.Source, Place) ([]string, error)
	// depends returns its own settings that pages depend on, by their key in sources.yaml.
	depends func(config.Source) map[string]string
}

// all has a row for each kind.
func all() map[string]kind {
	return map[string]kind{
		config.KindWeb:   {website, judgeWebsite, claimWebsite, explainWebsite, lookAtWebsite, none},
		config.KindPages: pagesOf().kind(),
		config.KindFiles: filesOf().kind(),
		config.KindGit:   gitOf().kind(),
	}
}

func of(s config.Source) kind {
	if s.IsWeb() {
		return all()[config.KindWeb]
	}
	return all()[s.Kind]
}

// New returns the source that s describes.
func New(s config.Source, p Place) (crawler.Source, error) { return of(s).make(s, p) }

// Judge says what the settings of a source make of an address, without a request. The error says that it is
// no web address.
func Judge(s config.Source, address *url.URL) (scope.Judgement, error) {
	return of(s).judge(s, address)
}

// ClaimOf returns the claim of a source: which pages at Intercom it may have sent.
func ClaimOf(s config.Source) (verify.Claim, error) { return of(s).claim(s) }

// Explain reads one page of a source and keeps nothing. An error means that the source could not be read.
func Explain(ctx context.Context, s config.Source, address *url.URL, p Place) (web.Explanation, error) {
	return of(s).explain(ctx, s, address, p)
}

// Look logs in to a source as a run would, and says what it saw.
func Look(ctx context.Context, s config.Source, p Place) ([]string, error) {
	return of(s).look(ctx, s, p)
}

// Settings returns the settings of the kind of a source that its pages depend on, by their key in sources.yaml.
func Settings(s config.Source) map[string]string { return of(s).depends(s) }

func none(config.Source) map[string]string { return nil }

// Check returns the mistakes that only the packages themselves can find, such as in a file of cookies.
func Check(c *config.Config) error {
	var mistakes []error
	for _, s := range c.Sources {
		if _, err := of(s).make(s, Place{}); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %s: %w", c.Path, s.Name, err))
			continue
		}
		if err := settings.CheckSource(s); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %s: %w", c.Path, s.Name, err))
		}
	}
	return errors.Join(mistakes...)
}
