package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gocolly/colly/v2"
	"github.com/gocolly/colly/v2/queue"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// visit is one address to be requested.
type visit struct {
	url      *url.URL // normalised
	depth    int      // link steps from a start address
	from     string   // where it was found; only needed until it is decided on
	asItself bool     // it is read whatever canonical address it names
	alive    bool     // the session is known to be alive, so that a link to a login is no wall
}

// discover records the addresses found on from. It queues those that are new and may be fetched, and settles
// the others at once.
func (c *crawl) discover(from string, depth int, found []*url.URL) error {
	return c.discoverNormal(from, depth, c.normal(found))
}

// normal returns the addresses normalised, each of them once.
func (c *crawl) normal(found []*url.URL) []string {
	addresses := make([]string, 0, len(found))
	seen := make(map[string]bool, len(found))
	for _, u := range found {
		n, ok := c.scope.Normalise(u)
		if !ok {
			continue
		}
		if address := n.String(); !seen[address] {
			seen[address] = true
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// discoverNormal is discover for addresses that are already normalised.
func (c *crawl) discoverNormal(from string, depth int, addresses []string) error {
	fresh, err := c.frontier.Add(from, depth, addresses)
	if err != nil {
		return err
	}
	for _, address := range fresh {
		u, err := url.Parse(address)
		if err != nil {
			return fmt.Errorf("read an address of the frontier: %w", err)
		}
		if err := c.decide(visit{url: u, depth: depth, from: from}); err != nil {
			return err
		}
	}
	return nil
}

// decide queues a new address, or settles it at once.
func (c *crawl) decide(v visit) error {
	if outcome, detail := c.turnedAway(v); outcome != "" {
		return c.frontier.Settle(v.url, outcome, detail)
	}
	return c.enqueue(v)
}

// turnedAway returns the outcome of a new address that is not fetched, or "" if it is fetched.
func (c *crawl) turnedAway(v visit) (crawler.Outcome, string) {
	if outcome, detail := c.scope.Judge(v.url); outcome != "" {
		return outcome, detail
	}
	switch limits := c.src.Discover; {
	case !c.scope.Starts[v.url.String()] && !c.robots.Allows(v.url):
		return crawler.RobotsDenied, ""
	case v.depth > limits.MaxDepth && c.traps.IsCalendar(v.from, v.url):
		return crawler.Trap, fmt.Sprintf("a calendar with nothing on it, %d links from a start address", v.depth)
	case v.depth > limits.MaxDepth:
		return crawler.TooDeep, fmt.Sprintf("%d links from a start address", v.depth)
	case limits.MaxPages > 0 && c.asked.Add(1) > int64(limits.MaxPages):
		return crawler.OverLimit, fmt.Sprintf("discover.max_pages is %d", limits.MaxPages)
	}
	return "", ""
}

// The keys of the values that a request carries through colly's queue.
const (
	keyURL         = "url"          // the address as we normalised it
	keyAsItself    = "as-itself"    // see visit
	keyContentType = "content-type" // of the answer, as served
	keyAsked       = "asked"        // proof.Asked: the session of the request, and its time
	keyRemembered  = "remembered"   // *Remembered, if the request has validators
)

// enqueue hands a visit to colly's queue.
func (c *crawl) enqueue(v visit) error {
	ctx := colly.NewContext()
	ctx.Put(keyURL, v.url.String())
	if v.asItself {
		ctx.Put(keyAsItself, "yes")
	}
	if v.depth > 0 && !v.asItself {
		c.traps.Queued(v.url)
	}
	request := &colly.Request{URL: v.url, Method: http.MethodGet, Depth: v.depth, Ctx: ctx}
	if err := c.queue.AddRequest(request); err != nil {
		return fmt.Errorf("queue %s: %w", v.url, err)
	}
	return nil
}

// newRound prepares a queue for the next [crawl.runRound]. Each round has its own, because colly's queue
// cannot be added to once it is empty.
func (c *crawl) newRound(ctx context.Context) (err error) {
	c.round = c.frontier.Round(ctx, c.stop)
	c.queue, err = queue.New(max(c.src.Fetch.Concurrency, 1), c.round)
	if err != nil {
		return fmt.Errorf("make a queue: %w", err)
	}
	if c.collector == nil {
		c.collector = c.newCollector(ctx)
	}
	return nil
}

// runRound fetches what is queued, then what that led to, and so on, with a round for each step. So no
// decision of a round depends on the order of its answers. It returns when the queue is empty, or with the
// reason why the crawl ended.
func (c *crawl) runRound(ctx context.Context) error {
	for {
		if err := c.round.Begin(); err != nil {
			return err
		}
		c.traps.BeginRound()
		if err := c.queue.Run(c.collector); err != nil {
			return fmt.Errorf("run the queue: %w", err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.traps.EndRound()
		if waiting, err := c.frontier.Waiting(); err != nil || waiting == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
	}
}

// newCollector leaves the queue's workers and the callbacks to colly, and turns off what the crawl does
// itself: see docs/adr/0003.
func (c *crawl) newCollector(ctx context.Context) *colly.Collector {
	collector := colly.NewCollector(colly.StdlibContext(ctx))
	// These are set here and not as options, which environment variables would override.
	collector.UserAgent = c.src.Fetch.UserAgent
	collector.AllowURLRevisit = true        // the frontier knows what was visited
	collector.IgnoreRobotsTxt = true        // readRobots reads it
	collector.ParseHTTPErrorResponse = true // the crawl judges every answer
	collector.MaxBodySize = 0               // the transport of package fetch bounds it
	collector.MaxDepth, collector.MaxRequests = 0, 0
	collector.AllowedDomains, collector.DisallowedDomains = nil, nil
	collector.CacheDir = ""
	collector.DetectCharset = false
	collector.SetClient(c.Pages)

	collector.OnRequest(func(r *colly.Request) {
		r.Headers.Set("Accept", accepted)
		r.Ctx.Put(keyAsked, c.prover.Begins(c.renewal.enter(ctx)))
		// colly has rewritten the address. Request it as the crawl normalised it.
		v, err := visitOf(r)
		if err != nil {
			c.stop(err)
			r.Abort()
			return
		}
		*r.URL = *v.url
		skipped, err := c.avoids(v)
		if !skipped && err == nil {
			skipped, err = c.skips(ctx, v, r)
		}
		if err != nil {
			c.stop(err)
		}
		if skipped || err != nil {
			r.Abort()
		}
	})
	collector.OnResponseHeaders(func(r *colly.Response) {
		// With a charset, colly would convert the body. extract.Parse does that better.
		served := r.Headers.Get("Content-Type")
		r.Ctx.Put(keyContentType, served)
		r.Headers.Set("Content-Type", fetch.MediaType(served))
	})
	collector.OnResponse(func(r *colly.Response) {
		c.answered(ctx, r, answer{url: scope.WithoutSecrets(r.Request.URL, c.own), status: r.StatusCode, header: *r.Headers,
			contentType: r.Ctx.Get(keyContentType), body: r.Body})
	})
	collector.OnError(func(r *colly.Response, err error) { c.answered(ctx, r, answer{err: err}) })
	return collector
}

// answered concludes a visit. A visit that was cut off by the end of the crawl stays open and counts as
// interrupted.
func (c *crawl) answered(ctx context.Context, r *colly.Response, a answer) {
	if ctx.Err() != nil {
		return
	}
	a.Asked, _ = r.Ctx.GetAny(keyAsked).(proof.Asked)
	a.remembered, _ = r.Ctx.GetAny(keyRemembered).(*Remembered)
	v, err := visitOf(r.Request)
	if err == nil {
		err = c.conclude(ctx, v, a)
	}
	if err == nil {
		err = c.prover.Glance(ctx, v.url)
	}
	// What was fetched must survive a kill before the next request is made, so that no more is fetched twice
	// than was in flight. An unmodified document costs next to nothing to request again, so it may wait some
	// 200 ms for the next commit.
	if err == nil && c.flush != nil && !a.unmodified() {
		err = c.flush()
	}
	if err != nil {
		c.stop(err)
	}
}

// visitOf returns the visit that a request of colly's is for.
func visitOf(r *colly.Request) (visit, error) {
	u, err := url.Parse(r.Ctx.Get(keyURL))
	if err != nil {
		return visit{}, fmt.Errorf("read an address of the queue: %w", err)
	}
	return visit{url: u, depth: r.Depth, asItself: r.Ctx.Get(keyAsItself) != ""}, nil
}
