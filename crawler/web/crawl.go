package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/url"
	"sync/atomic"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/crawler/web/acting"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/hint"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/sitemap"
	"github.com/fincrawl/fincrawl/crawler/web/stylesheet"
	"github.com/fincrawl/fincrawl/crawler/web/trap"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/queue"
)

// Crawl reads a source from its start address until nothing is left to fetch, puts its pages into the sink
// and returns what it saw. If Surroundings.Only is set, it reads only what that names.
//
// An error means that the source could not be read at all (see [StartError] for the start address and
// [auth.LoginError] for the login), that the sink or the frontier failed, or that ctx ended. The Coverage is
// then valid but incomplete. It is no error if a session ends and cannot be renewed, or the site goes down:
// Coverage.Ended says so, and the outcomes so far stand.
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
	coverage.HashRoutes, coverage.Program = int(c.routes.Load()), c.program.Load()
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

// crawl is one crawl of one source.
type crawl struct {
	src   Source
	log   *slog.Logger
	scope *scope.Scope
	// destinations are where requests for anything but a page may go.
	destinations destinations
	*fetch.Clients
	session   *auth.Session
	own       *secrets.Set    // the source's secrets, which nothing that is kept or shown may contain
	browser   *render.Browser // nil if no page is ever rendered
	visitors  *render.Browser // renders pages as visitors get them; nil if browser is
	documents *document.Reader
	ownReader bool           // documents is this crawl's, which closes it
	room      *budget.Memory // the memory budget that pages are read in
	starts    []*url.URL     // the start address, then the seeds
	known     iter.Seq[string]
	only      []*url.URL // see Surroundings

	renewal sessionRenewal
	breaker breaker
	wall    wall         // known once the start address was read
	robots  scope.Robots // known once the start address was read

	traps *trap.Detector

	frontier   *frontier.Frontier
	keeper     Keeper
	memory     Memory
	sheets     *stylesheet.Sheets
	styles     css.Memory
	earlier    iter.Seq2[crawler.Page, error]
	before     func(url, identity string) (cutoff.Before, error)
	notes      Notebook
	flush      func() error
	sink       crawler.Sink
	comparison *compare.Comparison
	hints      *hint.Verifier
	leftOpen   atomic.Int64 // documents that stayed open: see rereadIfLeftOpen
	prover     *proof.Prover
	acting     acting.Signs    // addresses that look as if a request may change something
	selves     map[string]bool // pages that were read as themselves, whatever canonical address they name
	asked      atomic.Int64    // URLs fetched or queued
	routes     atomic.Int64    // see Coverage.HashRoutes
	program    atomic.Bool     // see Coverage.Program
	collector  *colly.Collector
	queue      *queue.Queue    // of the current or the next round
	round      *frontier.Round // the round that queue takes from

	// stop ends the crawl with the reason.
	stop context.CancelCauseFunc
}

func newCrawl(src Source, sur Surroundings, stop context.CancelCauseFunc) (*crawl, error) {
	scope, starts, err := scopeOf(src)
	if err != nil {
		return nil, err
	}
	session, err := auth.New(scope.Site, src.Auth)
	if err != nil {
		return nil, err
	}
	log := sur.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("source", src.Name)
	c := &crawl{
		src: src, log: log, scope: scope, destinations: newDestinations(src, scope), session: session, starts: starts,
		known: sur.Known, only: sur.Only, keeper: sur.Session, sink: sur.Pages, selves: make(map[string]bool), stop: stop,
		traps: trap.New(src.Discover.MaxDuplicates), room: cmp.Or(sur.Room, new(budget.Memory)), memory: sur.Memory,
		earlier: sur.Earlier, before: sur.Before, notes: sur.Notes, flush: sur.Flush,
		own: cmp.Or(sur.Secrets, new(secrets.Set)),
	}
	c.frontier = frontier.New(sur.Frontier, log, c.own, sur.Progress)
	c.hints = &hint.Verifier{Frontier: c.frontier, Scope: scope, Texts: sur.Texts, Known: sur.Known, Site: asker{c}}
	c.comparison = &compare.Comparison{
		Frontier: c.frontier, Scope: scope, Pages: sur.Review, Layout: sur.Layout, Template: src.Content.Template,
		Texts: sur.Texts, Own: c.own, Unlearn: c.unlearn,
	}
	c.prover = c.newProver(sur.Review)
	c.acting.Frontier, c.acting.Scope = c.frontier, scope
	c.renewal.lock = newSemaphore()
	if c.documents = sur.Documents; c.documents == nil {
		c.documents, c.ownReader = &document.Reader{Room: c.room}, true
	}
	c.Clients, err = fetch.NewClients(fetch.ClientConfig{
		Limits: src.Fetch, Documents: src.Documents, Locale: src.Locale, MaxFile: sitemap.MaxSize,
		Transport: sur.Transport, Wait: sur.Wait, Log: log,
		PageRedirect: c.judgeRedirect, FileRedirect: c.judgeFileRedirect,
	}, session)
	if err != nil {
		return nil, err
	}
	c.scope.Own = c.own
	c.session.Feed(c.own, c.Jar)
	if c.browser, err = c.newBrowser(c.Scripts); err == nil {
		c.visitors, err = c.newBrowser(c.OutsideScripts)
	}
	if err == nil {
		c.sheets, err = c.newSheets(sur.Sheets)
	}
	if err != nil {
		c.CloseIdle()
		return nil, err
	}
	return c, nil
}

func (c *crawl) newSheets(kept stylesheet.Store) (*stylesheet.Sheets, error) {
	config := stylesheet.Config{
		Scope: c.scope, Secrets: c.own, MayAsk: c.mayAsk, Own: c.Scripts, Named: c.Named, Strangers: c.Strangers,
		Hosts: c.src.Render.Hosts, UserAgent: c.src.Fetch.UserAgent, Kept: kept, Partial: c.only != nil, Log: c.log,
	}
	if c.browser != nil {
		config.Loaded = c.browser.Sheet
	}
	return stylesheet.New(config)
}

// close releases what newCrawl opened.
func (c *crawl) close() {
	if c.browser != nil {
		c.browser.Close()
		c.visitors.Close()
	}
	if c.ownReader {
		c.documents.Close()
	}
	c.CloseIdle()
}
