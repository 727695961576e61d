package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/sitemap"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

const (
	maxNesting  = 3    // depth of sitemap indexes
	maxSitemaps = 2000 // of one source
)

// autoSitemaps is configured to read the sitemaps that the site itself names.
const autoSitemaps = "auto"

// namedSitemap is a sitemap to be read.
type namedSitemap struct {
	url     *url.URL
	from    string // what named it; "" for the configuration
	nesting int
	guessed bool // nobody named it, so it may not exist
}

// readSitemaps discovers the addresses that the source's sitemaps list. A sitemap that fails is settled with
// its outcome, since it is not known what it would have listed.
func (c *crawl) readSitemaps(ctx context.Context) error {
	pending, err := c.sitemaps()
	seen := make(map[string]bool)
	for ; err == nil && len(pending) > 0; pending = pending[1:] {
		s := pending[0]
		n, ok := c.scope.Normalise(s.url)
		if !ok || seen[n.String()] {
			continue
		}
		s.url = n
		if len(seen) == maxSitemaps || len(pending) > 10*maxSitemaps {
			return c.frontier.SettleAside(s.url, crawler.OverLimit,
				fmt.Sprintf("not read, as are all that follow: the source names more than %d sitemaps", maxSitemaps))
		}
		seen[n.String()] = true
		var nested []namedSitemap
		nested, err = c.readSitemap(ctx, s)
		pending = append(pending, nested...)
	}
	return err
}

// sitemaps returns the configured sitemaps. "auto" stands for those that robots.txt names, or else for
// /sitemap.xml.
func (c *crawl) sitemaps() ([]namedSitemap, error) {
	var list []namedSitemap
	for _, configured := range c.src.Discover.Sitemaps {
		if configured != autoSitemaps {
			u, err := c.scope.Site.Parse(configured)
			if err != nil {
				return nil, fmt.Errorf("read the address of a sitemap: %w", err)
			}
			list = append(list, namedSitemap{url: u})
			continue
		}
		for _, named := range c.robots.Sitemaps {
			if u, err := weburl.Resolve(c.scope.Site, named); err == nil {
				list = append(list, namedSitemap{url: u, from: "robots.txt"})
			}
		}
		if len(c.robots.Sitemaps) == 0 && !c.robots.Unreadable {
			list = append(list, namedSitemap{url: c.scope.Site.ResolveReference(&url.URL{Path: "/sitemap.xml"}), guessed: true})
		}
	}
	return list, nil
}

// whereYours says what to do about a sitemap on another site.
const whereYours = "where it is yours, name it in discover.sitemaps"

// readSitemap discovers what one sitemap lists and returns the sitemaps that it names. An error is the
// crawl's, not the sitemap's.
func (c *crawl) readSitemap(ctx context.Context, s namedSitemap) (nested []namedSitemap, err error) {
	if !c.destinations.include(s.url) {
		detail := "a sitemap on another site, named by " + s.from + "; " + whereYours
		return nil, c.frontier.SettleAside(s.url, crawler.OutOfScope, detail)
	}
	a := c.getFile(ctx, s.url)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	outcome, detail := a.failure()
	absent := a.status == http.StatusNotFound || a.status == http.StatusGone
	refused := a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests
	switch {
	case outcome == crawler.RedirectedOut && s.guessed:
		return nil, nil
	case outcome == crawler.RedirectedOut && s.from != "":
		return nil, c.frontier.SettleAside(s.url, crawler.OutOfScope, detail+"; "+whereYours)
	case outcome == crawler.RedirectedOut:
		outcome, detail = crawler.BadSitemap, detail+"; "+whereYours
	case s.guessed && (refused || outcome == "" && looksLikeHTML(a)):
		return nil, nil
	case absent && s.from == "robots.txt":
		return nil, c.frontier.SettleAside(s.url, crawler.Gone, "named by robots.txt")
	case outcome == crawler.Forbidden || outcome == crawler.Rejected:
		outcome, detail = crawler.BadSitemap, "the site refuses it: "+detail
	case outcome != "" && !outcome.Failed(): // nothing is known of what it lists
		outcome = crawler.BadSitemap
	case outcome == "" && looksLikeHTML(a):
		outcome, detail = crawler.BadSitemap, "a web page, not a sitemap"
	}
	if outcome != "" {
		return nil, c.frontier.SettleAside(s.url, outcome, detail)
	}

	var batch []*url.URL
	var complaint, crawlErr error
	flush := func() error {
		crawlErr = c.discover(s.url.String(), 0, batch)
		batch = batch[:0]
		return crawlErr
	}
	err = sitemap.Parse(a.body, func(entry sitemap.Entry) error {
		u, err := weburl.Resolve(s.url, entry.Loc)
		switch {
		case entry.Loc == "":
			return nil
		case err != nil:
			complaint = fmt.Errorf("%q is not an address", entry.Loc)
			return nil
		case entry.IsSitemap && s.nesting == maxNesting:
			return fmt.Errorf("sitemap indexes are nested more than %d deep", maxNesting)
		case entry.IsSitemap:
			if len(nested) <= maxSitemaps { // one more than maxSitemaps, so that readSitemaps reports the limit
				nested = append(nested, namedSitemap{url: u, from: s.url.String(), nesting: s.nesting + 1})
			}
			return nil
		}
		if crawlErr = c.dated(u, entry.Changed); crawlErr != nil {
			return crawlErr
		}
		var better *url.URL
		if better, crawlErr = c.leaveToTranslation(s.url.String(), u, entry.Versions(s.url)); crawlErr != nil {
			return crawlErr
		}
		u = cmp.Or(better, u)
		if batch = append(batch, u); len(batch) == 256 {
			return flush()
		}
		return nil
	})
	if crawlErr == nil {
		_ = flush() // what came before a mistake counts
	}
	if crawlErr != nil {
		return nil, crawlErr
	}
	if s.guessed && errors.Is(err, sitemap.ErrNone) {
		return nil, nil
	}
	if err = cmp.Or(err, complaint); err != nil {
		return nested, c.frontier.SettleAside(s.url, crawler.BadSitemap, err.Error())
	}
	return nested, nil
}
