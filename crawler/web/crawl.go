package web

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/hint"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/stylesheet"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Source says what to crawl and how. All durations, counts and sizes are
// final: defaults are filled in by whoever makes a Source.
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
	Availability AvailabilityPolicy
	Documents    []document.Kind // files that become pages, besides HTML
}

// scopeOf returns the scope of a source, and its start addresses.
func scopeOf(src Source) (*scope.Scope, []*url.URL, error) {
	b := scope.Bounds{Start: src.URL, Seeds: src.Discover.Seeds, Rules: src.Scope, Query: src.Query, LoggedIn: !src.Auth.IsZero()}
	if src.Auth.Form != nil {
		b.Login = src.Auth.Form.URL
	}
	return scope.New(b)
}

// Discover says where URLs come from, besides the start address and what is
// known from earlier runs.
type Discover struct {
	Sitemaps []string // URLs, or "auto": robots.txt's Sitemap lines, else /sitemap.xml
	Links    bool     // follow links
	Seeds    []string // further start addresses
	MaxDepth int      // link steps from a start address
	MaxPages int      // URLs fetched
	// MaxDuplicates bounds how many addresses in a row that are built alike may give
	// a page that another gave already; 0 for any number. See docs/adr/0013.
	MaxDuplicates int
	OtherLocales  bool // take pages in other languages than Source.Locale too
	// Canonical says what is made of a link to another address as the canonical one:
	// CanonicalVerify or CanonicalIgnore. Defaults to CanonicalVerify.
	Canonical string
}

// The values of Discover.Canonical.
const (
	CanonicalVerify = "verify" // believed where the canonical page says the same; the default
	CanonicalIgnore = "ignore"
)

// Surroundings are what a crawl needs from its caller.
type Surroundings struct {
	Frontier  frontier.Store
	Pages     crawler.Sink
	Only      []*url.URL                                        // what is read, with where it leads, and nothing else; nil: everything
	Known     iter.Seq[string]                                  // URLs of pages sent earlier; asked for even where nothing links to them; may be nil
	Secrets   *secrets.Set                                      // learns the source's, and is what nothing that is kept may have in it; nil: one of its own
	Session   Keeper                                            // keeps a form login between runs, where the source says so; nil: nowhere
	Review    compare.Pages                                     // of the pages; nil: duplicates are not looked for
	Texts     hint.Texts                                        // of the pages; nil: hints that pages give of each other are believed
	Layout    compare.Layout                                    // of the pages; nil: no template is learnt
	Memory    Memory                                            // what is remembered of earlier crawls; nil: nothing
	Sheets    stylesheet.Store                                  // what is remembered of style sheets; nil: nothing
	Earlier   iter.Seq2[crawler.Page, error]                    // URL and Markdown of the pages that this crawl gave before it was interrupted; may be nil
	Before    func(url, identity string) (cutoff.Before, error) // what is remembered of a page that was sent; nil: nothing
	Notes     Notebook                                          // of this crawl; nil: it is never resumed
	Flush     func() error                                      // returns when what Frontier, Pages and Memory were told outlives a kill; nil: nothing does
	Documents *document.Reader                                  // reads files, for several crawls if wanted; nil: one of its own
	Room      *budget.Memory                                    // that pages are read in, of several crawls if wanted; nil: its own
	Transport http.RoundTripper                                 // makes the connections; nil: one of its own
	Wait      func(context.Context, time.Duration) error        // waits for a turn, or for the next try; nil: really
	Log       *slog.Logger                                      // nil: none
	Progress  func(crawler.Progress)                            // called now and then from several goroutines, never concurrently; may be nil
}

// Keeper keeps the session of a source until the next run. What it gets is
// encrypted.
type Keeper interface {
	// Session returns what was kept last; nil where nothing was.
	Session() ([]byte, error)
	KeepSession(sealed []byte) error
}

// Crawl reads a source from its start address until nothing is left to fetch, or no more than
// what Surroundings.Only names,
// puts its pages in the sink and returns what it saw. An error means that the
// source could not be read at all (start address: see [StartError]; login: see
// [auth.LoginError]), that the sink or the frontier failed, or that ctx ended; the
// Coverage is valid, and incomplete, all the same. A session that ends on the way
// and cannot be renewed, or a site that goes down, is no error: the Coverage says so
// (Ended), and what was seen stands.
func Crawl(ctx context.Context, src Source, sur Surroundings) (crawler.Coverage, error) {
	outside := ctx
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c, err := newCrawl(src, sur, stop)
	if err != nil {
		return crawler.Coverage{}, fmt.Errorf("crawl %s: %w", src.Name, err)
	}
	defer c.close()

	err = c.run(ctx)
	ended := endedEarly(err) != ""
	if ended {
		err = errors.Join(err, c.prover.GiveUp(outside, err))
	}
	if err = errors.Join(err, c.prover.TakeBackWalls()); (err == nil || ended) && c.only == nil {
		err = errors.Join(err, c.leaveOutBlanks(), c.comparison.Run(outside))
	}
	if err == nil || ended {
		err = errors.Join(err, c.sheets.Keep())
	}
	coverage, tallyErr := c.frontier.Tally()
	proved := c.prover.Proved()
	coverage.Proved, coverage.ProvedInAll = proved[:min(len(proved), crawler.MaxGaps)], len(proved)
	coverage.HashRoutes = int(c.routes.Load())
	coverage.MayAct, coverage.MayActInAll = c.acting.Open()
	if c.only != nil {
		coverage.Partial, coverage.Complete = true, false
	}
	if why := endedEarly(err); why != "" {
		coverage.Ended, coverage.Complete, err = why, false, nil
	}
	if err = errors.Join(err, tallyErr); err != nil {
		coverage.Complete = false
		return coverage, fmt.Errorf("crawl %s: %w", src.Name, err)
	}
	return coverage, nil
}

// CheckLogin logs in to a source as a crawl would, fetches its start address
// and says what it saw, step by step, for people. It keeps nothing; the frontier
// and the sink of sur are not used.
func CheckLogin(ctx context.Context, src Source, sur Surroundings) (seen []string, err error) {
	sur.Frontier = frontier.Nowhere{}
	c, err := newCrawl(src, sur, func(error) {})
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", src.Name, err)
	}
	defer c.close()
	first, seen, err := c.open(ctx)
	if err != nil {
		return seen, fmt.Errorf("check %s: %w", src.Name, err)
	}
	start, err := c.describeStart(ctx, first)
	if seen = append(seen, start...); err != nil {
		return seen, fmt.Errorf("check %s: %w", src.Name, err)
	}
	if proved, err := c.provesLogin(ctx); err != nil || proved {
		return seen, err
	}
	return append(seen, "nothing shows that the login works, since visitors without one get the same: set url or discover.seeds "+
		"to a page that only members see, or, with a form, auth.form.logged_in to what only they see"), nil
}

// maxLoginChecks bounds how many start addresses are looked at for that.
const maxLoginChecks = 8

// provesLogin reports whether there is no login, or a start address shows that it works.
func (c *crawl) provesLogin(ctx context.Context) (bool, error) {
	form := c.src.Auth.Form
	if c.src.Auth.IsZero() || c.wall.refused || c.wall.place != "" || form != nil && form.LoggedIn != "" && c.wall.tellsLoggedIn() {
		return true, nil
	}
	for _, u := range c.starts[:min(len(c.starts), maxLoginChecks)] {
		var seen [4]uint64 // by a member and a visitor in turns: a page may say something else each time
		for i := range seen {
			client := []*http.Client{c.Pages, c.Outside}[i%2]
			a := c.get(ctx, client, u)
			found, err := c.judgeWithin(ctx, visit{url: u}, a)
			if err != nil {
				return false, err
			}
			if client == c.Pages && found.unreadable() || found.outcome.MayPass() {
				break // it shows nothing
			}
			seen[i] = texthash.Of(fmt.Sprint(a.status, proof.TextOf(found.article.Markdown)))
		}
		if seen[3] != 0 && seen[0] == seen[2] && seen[1] == seen[3] && seen[0] != seen[1] {
			return true, nil
		}
	}
	return false, nil
}
