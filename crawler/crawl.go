package crawler

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/queue"

	"github.com/fincrawl/fincrawl/crawler/auth"
	"github.com/fincrawl/fincrawl/crawler/extract"
)

// Source says what to crawl and how. All durations, counts and sizes are
// final: defaults are filled in by whoever makes a Source.
type Source struct {
	Name         string
	URL          *url.URL // start address; its scheme, host and path prefix bound the scope
	Locale       string
	Auth         auth.Config
	Discover     Discover
	Scope        Rules
	Fetch        Fetch
	Content      extract.Rules
	Availability AvailabilityPolicy
}

// Discover says where URLs come from, besides the start address and what is
// known from earlier runs.
type Discover struct {
	Sitemaps []string // URLs, or "auto": robots.txt's Sitemap lines, else /sitemap.xml
	Links    bool     // follow links
	Seeds    []string // further start addresses
	MaxDepth int      // link steps from a start address
	MaxPages int      // URLs fetched
}

// Rules narrow the scope by path. See [Pattern] for what they are written in.
type Rules struct {
	Include []Pattern // what becomes a page; none means everything
	Exclude []Pattern // what is never fetched
	Follow  []Pattern // what is followed for its links; none means everything
}

// Fetch bounds what a crawl costs the site.
type Fetch struct {
	Concurrency   int     // requests in flight
	Rate          float64 // requests a second; 0 is unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes, decompressed
	RespectRobots bool
	UserAgent     string
}

// Surroundings are what a crawl needs from its caller.
type Surroundings struct {
	Frontier  Frontier
	Pages     Sink
	Known     iter.Seq[string]                           // URLs of pages sent earlier; asked for even where nothing links to them; may be nil
	Transport http.RoundTripper                          // makes the connections; nil: one of its own
	Wait      func(context.Context, time.Duration) error // waits for a turn, or for the next try; nil: really
	Log       *slog.Logger                               // nil: none
	Progress  func(Progress)                             // called now and then from several goroutines, never concurrently; may be nil
}

// Progress is how far a crawl has come.
type Progress struct {
	Settled, Discovered, Pages int
}

// Sink takes the pages of a crawl as they are found. It is called by several
// goroutines at once.
type Sink interface {
	Put(context.Context, Page) error
}

// Frontier remembers every URL of one crawl: the set of the discovered, the
// queue of those to fetch, and the outcome of each. It is used by several
// goroutines at once and keeps its bulk on disk. URLs are normalised before
// they come here.
type Frontier interface {
	// Discover adds those of urls that are new and returns them, in order.
	// from is the URL they were found on ("" for none), depth their link steps
	// from a start address. They have no outcome yet and are not queued.
	Discover(from string, depth int, urls []string) (fresh []string, err error)
	// Settle gives a discovered URL its outcome, with a detail for people. A
	// later call for the same URL replaces the earlier one.
	Settle(url, outcome, detail string) error
	// Outcome returns what Settle was told of url; "" where it has none yet.
	// known is false where url was never discovered.
	Outcome(url string) (outcome, detail string, known bool, err error)
	// Settled yields every discovered URL in order with its outcome ("" for none).
	Settled() iter.Seq2[Settlement, error]

	// Init, AddRequest, GetRequest and QueueSize are colly's queue.Storage,
	// first in, first out; GetRequest returns nil where the queue is empty.
	Init() error
	AddRequest(request []byte) error
	GetRequest() ([]byte, error)
	QueueSize() (int, error)
}

// Settlement is a URL with its outcome, as the frontier remembers it.
type Settlement struct {
	URL, From, Outcome, Detail string
	Depth                      int
}

// Crawl reads a source from its start address until nothing is left to fetch,
// puts its pages in the sink and returns what it saw. An error means that the
// source could not be read at all (start address: see [StartError]; login: see
// [auth.LoginError]), that the sink or the frontier failed, or that ctx ended; the
// Coverage is valid, and incomplete, all the same.
func Crawl(ctx context.Context, src Source, sur Surroundings) (Coverage, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c, err := newCrawl(src, sur, stop)
	if err != nil {
		return Coverage{}, fmt.Errorf("crawl %s: %w", src.Name, err)
	}
	defer c.close()

	err = c.run(ctx)
	coverage, tallyErr := tally(c.frontier)
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
	c, err := newCrawl(src, sur, func(error) {})
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", src.Name, err)
	}
	defer c.close()
	_, seen, err = c.open(ctx)
	if err != nil {
		return seen, fmt.Errorf("check %s: %w", src.Name, err)
	}
	return seen, nil
}

// crawl is one crawl of one source.
type crawl struct {
	src   Source
	log   *slog.Logger
	scope *scope
	*clients
	session *auth.Session
	starts  []*url.URL // the start address, then the seeds
	known   iter.Seq[string]

	wall   wall   // known once the start address was read
	robots robots // known once the start address was read

	*ledger
	sink      Sink
	asked     atomic.Int64 // URLs fetched or queued to be
	collector *colly.Collector
	queue     *queue.Queue // of the round that is running, or comes next

	// stop ends the crawl because of a failure of our own.
	stop context.CancelCauseFunc
}

func newCrawl(src Source, sur Surroundings, stop context.CancelCauseFunc) (*crawl, error) {
	scope, starts, err := newScope(src)
	if err != nil {
		return nil, err
	}
	session, err := auth.New(scope.site, src.Auth)
	if err != nil {
		return nil, err
	}
	log := sur.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("source", src.Name)
	c := &crawl{src: src, log: log, scope: scope, session: session, starts: starts, known: sur.Known, sink: sur.Pages, stop: stop,
		ledger: &ledger{frontier: sur.Frontier, log: log, progress: sur.Progress}}
	c.clients, err = newClients(src, sur, session, c.judgeRedirect)
	return c, err
}

// run reads the start address alone first: where that fails, nothing else is
// asked of the site. Then everything that can be discovered is fetched, and then
// what was known before and has not turned up.
func (c *crawl) run(ctx context.Context) error {
	start := visit{url: c.starts[0]}
	if err := c.frontier.Init(); err != nil {
		return fmt.Errorf("prepare the frontier: %w", err)
	}
	if _, err := c.claim("", start); err != nil {
		return err
	}
	c.asked.Add(1)
	first, _, err := c.open(ctx)
	if err != nil {
		return c.closed(start, err)
	}
	if c.robots, err = c.readRobots(ctx); err != nil {
		return err
	}
	c.slowDown(c.robots.delay)
	c.scope.startsAt(first.url)

	if err := c.newRound(ctx); err != nil {
		return err
	}
	if err := c.conclude(ctx, start, first); err != nil {
		return err
	}
	if err := c.discover("", 0, c.starts[1:]); err != nil {
		return err
	}
	if err := c.readSitemaps(ctx); err != nil {
		return err
	}
	if err := c.runRound(ctx); err != nil {
		return err
	}
	if err := c.askForKnown(ctx); err != nil {
		return err
	}
	return c.askForOrphans(ctx)
}

// open gets into the source and reads its start address. The error is a
// *StartError, an *auth.LoginError, or that of ctx.
func (c *crawl) open(ctx context.Context) (first answer, seen []string, err error) {
	start := c.starts[0]
	outside := c.lookFromOutside(ctx)
	seen, err = c.session.Login(ctx, c.files)
	if err != nil {
		return answer{}, seen, err
	}
	first = c.get(ctx, c.pages, start)
	if ctx.Err() != nil {
		return answer{}, seen, context.Cause(ctx)
	}
	found := c.judge(visit{url: start}, first)
	if !found.unreadable() {
		if c.wall, err = outside.seenFromInside(first, found.article); err != nil {
			found = finding{outcome: LoginWall, detail: err.Error(), article: found.article}
		}
	}
	if found.unreadable() {
		return answer{}, seen, &StartError{URL: start.String(), Outcome: found.outcome, Detail: found.detail,
			Hint: hintFor(found.outcome, first, start.Scheme, isPrivate(c.src.Auth))}
	}
	if found.outcome == NoIndex {
		c.log.Warn("the start address asks not to be indexed; where the whole site does, set fetch.respect_robots: false", "url", start.String())
	}
	seen = append(seen, fmt.Sprintf("GET %s: HTTP %d, %q", first.url.Redacted(), first.status, found.article.Title))
	return first, seen, nil
}

// closed settles the start address of a source that could not be opened.
func (c *crawl) closed(start visit, err error) error {
	outcome, detail := Interrupted, ""
	var unreadable *StartError
	var refused *auth.LoginError
	switch {
	case errors.As(err, &unreadable):
		outcome, detail = unreadable.Outcome, unreadable.Detail
	case errors.As(err, &refused):
		outcome, detail = LoginWall, "the login failed"
	}
	return errors.Join(err, c.settle(start.url, outcome, detail))
}

// askForKnown asks for the pages of earlier runs that were not discovered: a page
// that nothing links to any more still exists. See docs/adr/0002.
func (c *crawl) askForKnown(ctx context.Context) error {
	if c.known == nil {
		return nil
	}
	if err := c.newRound(ctx); err != nil {
		return err
	}
	for address := range c.known {
		u, err := url.Parse(address)
		if err != nil {
			continue // no page was ever sent under such an address
		}
		if err := c.discover(fromKnown, 0, []*url.URL{u}); err != nil {
			return err
		}
	}
	return c.runRound(ctx)
}

// fromKnown stands for the URL that a known page was found on.
const fromKnown = "known"

// askForOrphans asks once more, as themselves, for pages that left themselves to a
// canonical address which became no page. See docs/adr/0003.
func (c *crawl) askForOrphans(ctx context.Context) error {
	for {
		orphans, err := c.orphans()
		if err != nil || len(orphans) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		for _, v := range orphans {
			if err := c.enqueue(v); err != nil {
				return err
			}
		}
		c.unsettle(len(orphans))
		if err := c.runRound(ctx); err != nil {
			return err
		}
	}
}

// orphans are the pages whose canonical address did not become a page or listing,
// nor leads to one.
func (c *crawl) orphans() ([]visit, error) {
	var orphans []visit
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil, fmt.Errorf("read the frontier: %w", err)
		}
		if Outcome(s.Outcome) != Canonical {
			continue
		}
		outcome, target := Redirected, s.Detail
		for range maxRedirects {
			if outcome != Redirected {
				break
			}
			told, detail, _, err := c.frontier.Outcome(target)
			if err != nil {
				return nil, fmt.Errorf("read the frontier: %w", err)
			}
			outcome, target = Outcome(told), detail
		}
		if outcome == Paged || outcome == Listing {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, fmt.Errorf("read the frontier: %w", err)
		}
		orphans = append(orphans, visit{url: u, depth: s.Depth, asItself: true})
	}
	return orphans, nil
}

func (c *crawl) close() { c.clients.close() }
