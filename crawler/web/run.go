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

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/queue"

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
)

// crawl is one crawl of one source.
type crawl struct {
	src   Source
	log   *slog.Logger
	scope *scope.Scope
	// destinations are where requests may go that are for no page.
	destinations destinations
	*fetch.Clients
	session   *auth.Session
	own       *secrets.Set    // our own, which nothing that is kept or shown has in it
	browser   *render.Browser // nil where no page wants one
	visitors  *render.Browser // shows pages as visitors get them; nil as browser is
	documents *document.Reader
	ownReader bool           // and so closes it
	room      *budget.Memory // that pages are read in
	starts    []*url.URL     // the start address, then the seeds
	known     iter.Seq[string]
	only      []*url.URL // see Surroundings

	door    door
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
	leftOpen   atomic.Int64 // documents that stayed open: see readToItsEnd
	prover     *proof.Prover
	acting     acting.Signs    // what looks as if asking for it would do something
	selves     map[string]bool // pages that were read as themselves, whatever they name
	asked      atomic.Int64    // URLs fetched or queued to be
	routes     atomic.Int64    // see Coverage.HashRoutes
	collector  *colly.Collector
	queue      *queue.Queue    // of the round that is running, or comes next
	round      *frontier.Round // what queue takes from

	// stop ends the crawl because of a failure of our own.
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
	c := &crawl{src: src, log: log, scope: scope, destinations: newDestinations(src, scope), session: session, starts: starts, known: sur.Known, only: sur.Only, keeper: sur.Session, sink: sur.Pages,
		selves: make(map[string]bool), stop: stop,
		traps: trap.New(src.Discover.MaxDuplicates),
		room:  cmp.Or(sur.Room, new(budget.Memory)), memory: sur.Memory, earlier: sur.Earlier, before: sur.Before, notes: sur.Notes, flush: sur.Flush,
		own: cmp.Or(sur.Secrets, new(secrets.Set))}
	c.frontier = frontier.New(sur.Frontier, log, c.own, sur.Progress)
	c.hints = &hint.Verifier{Frontier: c.frontier, Scope: scope, Texts: sur.Texts, Known: sur.Known, Site: asker{c}}
	c.comparison = &compare.Comparison{Frontier: c.frontier, Scope: scope, Pages: sur.Review, Layout: sur.Layout, Template: src.Content.Template,
		Texts: sur.Texts, Own: c.own, Unlearn: c.unlearn}
	c.prover = c.newProver(sur.Review)
	c.acting.Frontier, c.acting.Scope = c.frontier, scope
	c.door.turn = newTurn()
	if c.documents = sur.Documents; c.documents == nil {
		c.documents, c.ownReader = &document.Reader{Room: c.room}, true
	}
	c.Clients, err = fetch.NewClients(fetch.ClientConfig{Limits: src.Fetch, Documents: src.Documents, Locale: src.Locale, MaxFile: sitemap.MaxSize,
		Transport: sur.Transport, Wait: sur.Wait, Log: log, PageRedirect: c.judgeRedirect, FileRedirect: c.judgeFileRedirect}, session)
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
	config := stylesheet.Config{Scope: c.scope, Secrets: c.own, MayAsk: c.mayAsk, Own: c.Scripts, Named: c.Named, Strangers: c.Strangers,
		Hosts: c.src.Render.Hosts, UserAgent: c.src.Fetch.UserAgent, Kept: kept, Partial: c.only != nil, Log: c.log}
	if c.browser != nil {
		config.Loaded = c.browser.Sheet
	}
	return stylesheet.New(config)
}

// close ends what the crawl has opened.
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

// run reads the start address alone first: where that fails, nothing else is
// asked of the site. Then everything that can be discovered is fetched, and then
// what was known before and has not turned up. A crawl that was interrupted goes on
// where it was, without reading the start address again.
func (c *crawl) run(ctx context.Context) error {
	if c.only != nil {
		return c.runOnly(ctx)
	}
	start := visit{url: c.starts[0]}
	if err := c.frontier.Prepare(); err != nil {
		return err
	}
	begins, err := c.frontier.Claim("", 0, start.url)
	if err != nil {
		return err
	}
	at, err := c.progressOf(start)
	if err != nil {
		return err
	}
	isRead := at != nil
	var first answer
	if isRead {
		if err = c.reenter(ctx); err != nil {
			return err
		}
	} else {
		c.asked.Add(1)
		if first, _, err = c.open(ctx); err != nil {
			return c.closed(start, err)
		}
		c.learnVolatile(ctx, first)
		c.learnTraps(first)
		if err = c.noteWall(); err != nil {
			return err
		}
		at = first.url
	}
	if c.robots, err = c.readRobots(ctx); err != nil {
		return err
	}
	c.Throttle.AtMost(c.robots.Delay)
	c.scope.StartsAt(at)
	if err := c.sheets.Compare(ctx); err != nil {
		return err
	}

	if err := c.newRound(ctx); err != nil {
		return err
	}
	if !begins {
		if err := c.goOn(ctx, start); err != nil {
			return err
		}
	}
	if err := c.readSitemaps(ctx); err != nil {
		return err
	}
	if !isRead {
		if err := c.conclude(ctx, start, first); err != nil {
			return err
		}
		c.prover.AnsweredMember(first.url.String(), first.Asked) // the login was new
	}
	if err := c.discover("", 0, c.starts[1:]); err != nil {
		return err
	}
	if err := c.runRound(ctx); err != nil {
		return err
	}
	if err := c.weighActions(ctx); err != nil {
		return err
	}
	if err := c.askForKnown(ctx); err != nil {
		return err
	}
	if err := c.askForOrphans(ctx); err != nil {
		return err
	}
	if err := c.prover.ConfirmSession(ctx); err != nil {
		return err
	}
	if err := c.prover.ProveAnswers(ctx); err != nil {
		return err
	}
	return c.hints.VerifyMoves(ctx)
}

// open gets into the source and reads its start address. The error is a
// *StartError, an *auth.LoginError, or that of ctx.
func (c *crawl) open(ctx context.Context) (first answer, seen []string, err error) {
	start := c.starts[0]
	outside := c.lookFromOutside(ctx)
	c.restoreSession()
	seen, err = c.logIn(ctx)
	if err != nil {
		return answer{}, seen, err
	}
	c.keepSession()
	first = c.read(ctx, start)
	if ctx.Err() != nil {
		return answer{}, seen, context.Cause(ctx)
	}
	found, err := c.judgeWithin(ctx, visit{url: start}, first)
	if err != nil {
		return answer{}, seen, err
	}
	if !found.unreadable() {
		if c.wall, err = outside.seenFromInside(first, found.article, c.src.Content); err != nil {
			found = finding{outcome: crawler.LoginWall, detail: err.Error(), article: found.article}
		}
	}
	if found.unreadable() {
		return answer{}, seen, &StartError{URL: start.String(), Outcome: found.outcome, Detail: c.own.Mask(found.detail),
			Hint: hintFor(found.outcome, first, start.Scheme, !c.src.Auth.IsZero())}
	}
	if found.outcome == crawler.NoIndex {
		c.log.Warn("the start address asks not to be indexed; where the whole site does, set fetch.respect_robots: false", "url", start.String())
	}
	seen = append(seen, c.own.Mask(fmt.Sprintf("GET %s: HTTP %d, %q", first.url.Redacted(), first.status, found.article.Title)))
	if line := certificateOf(first); line != "" {
		seen = append(seen, line)
	}
	return first, seen, nil
}

// closed settles the start address of a source that could not be opened.
func (c *crawl) closed(start visit, err error) error {
	outcome, detail := crawler.Interrupted, ""
	var unreadable *StartError
	var refused *auth.LoginError
	switch {
	case errors.Is(err, context.Canceled):
	case errors.As(err, &unreadable):
		outcome, detail = unreadable.Outcome, unreadable.Detail
	case errors.As(err, &refused):
		outcome, detail = whyNoLogin(refused)
	}
	return errors.Join(err, c.frontier.Settle(start.url, outcome, detail))
}
