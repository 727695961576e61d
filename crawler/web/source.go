package web

import (
	"context"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/availability"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// New returns a website as a source. If a reading is cut off, sur keeps what the next reading needs to
// continue it.
func New(src Source, sur Surroundings) crawler.Source { return website{src, sur} }

type website struct {
	source       Source
	surroundings Surroundings
}

func (w website) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	sur := w.surroundings
	sur.Pages, sur.Only, sur.Known, sur.Progress = r.Sink, r.Only, r.Known, r.Progress
	return Crawl(ctx, w.source, sur)
}

// Source says what to crawl and how. The caller fills in all durations, counts and sizes.
type Source struct {
	Name         string
	URL          *url.URL // start address; its scheme, host and path prefix bound the scope
	Locale       string
	Auth         auth.Config
	Discover     Discover
	Scope        scope.Rules
	Query        scope.Query
	Fetch        fetch.Limits
	Render       Rendering
	Content      extract.Rules
	Identity     Identity
	Availability availability.Policy
	Documents    []document.Kind // kinds of files that become pages, besides HTML
}

// scopeOf returns the scope of a source and its start addresses.
func scopeOf(src Source) (*scope.Scope, []*url.URL, error) {
	b := scope.Bounds{
		Start: src.URL, Seeds: src.Discover.Seeds, Rules: src.Scope, Query: src.Query, LoggedIn: !src.Auth.IsZero(),
	}
	if src.Auth.Form != nil {
		b.Login = src.Auth.Form.URL
	}
	return scope.New(b)
}

// Discover says where URLs come from, besides the start address and earlier runs.
type Discover struct {
	Sitemaps []string // URLs, or "auto": robots.txt's Sitemap lines, else /sitemap.xml
	Links    bool     // follow links
	Seeds    []string // further start addresses
	MaxDepth int      // link steps from a start address
	MaxPages int      // URLs fetched
	// MaxDuplicates is how many addresses in a row that are built alike may give a page that another address
	// gave. 0 means no limit. See docs/adr/0013.
	MaxDuplicates int
	OtherLocales  bool // read pages in languages other than Source.Locale too
	// Canonical says whether a page that names another address as canonical is left to that one:
	// CanonicalVerify or CanonicalIgnore. Defaults to CanonicalVerify.
	Canonical string
}

// The values of Discover.Canonical.
const (
	CanonicalVerify = "verify" // it is, if the canonical page says the same
	CanonicalIgnore = "ignore"
)
