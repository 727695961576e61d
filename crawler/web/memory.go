package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/sitemap"
)

// Memory is what is remembered of a source's documents, so that those that have not
// changed since needn't be fetched. What the site says of that is a hint, never more:
// see docs/adr/0010. A Memory is used by several goroutines at once.
type Memory interface {
	// Recall returns what is remembered of a URL; ok is false for nothing, and where
	// the document is to be fetched whatever the site says.
	Recall(url string) (m Remembered, ok bool, err error)
	// Remember keeps what a URL was found to be, in place of what was kept before. It
	// is told after the page, if there was one, was put into the sink.
	Remember(url string, m Remembered) error
	// Dated tells when a sitemap says that a URL changed last.
	Dated(url string, changed time.Time) error
	// Again puts the page of a document that was recalled among the pages of this
	// crawl, as it was.
	Again(m Remembered) error
}

// Remembered is what is remembered of a document.
type Remembered struct {
	ETag, LastModified string          // as the site gave them; "" for none
	Outcome            crawler.Outcome // Paged or Listing; "" where nothing is to be made of it
	Links              []string        // to follow, normalised
	Versions           []string        // in other languages that it names, normalised
	ExternalID         string          // of its page; "" where it gave none
	Fingerprint        string          // of its page
	Page               any             // as the Memory has it, for Again; nobody else looks at it
	// Current: a sitemap says that it has not changed since it was fetched, and the
	// source is configured to believe that.
	Current bool
}

// recall returns what is remembered of the document that a visit asks for.
func (c *crawl) recall(v visit) (m Remembered, ok bool, err error) {
	if c.memory == nil || v.asItself {
		return Remembered{}, false, nil
	}
	if m, ok, err = c.memory.Recall(v.url.String()); err != nil {
		return m, false, fmt.Errorf("recall %s: %w", v.url, err)
	}
	return m, ok && m.Outcome != "", nil
}

// unlearn makes the next crawl fetch a document that turned out to be no page.
func (c *crawl) unlearn(address string) error {
	if c.memory == nil {
		return nil
	}
	if err := c.memory.Remember(address, Remembered{}); err != nil {
		return fmt.Errorf("remember %s: %w", address, err)
	}
	return nil
}

// remember keeps what was found at an address for the next crawl. That of a wall is
// never kept, nor of anything that is no page or listing.
func (c *crawl) remember(u *url.URL, found finding, externalID string) error {
	if c.memory == nil || found.outcome != crawler.Paged && found.outcome != crawler.Listing {
		return nil
	}
	m := Remembered{ETag: found.etag, LastModified: found.lastModified, Outcome: found.outcome, ExternalID: externalID,
		Versions: found.versions, Links: found.links}
	if err := c.memory.Remember(u.String(), m); err != nil {
		return fmt.Errorf("remember %s: %w", u, err)
	}
	return nil
}

// stays concludes a visit whose document has not changed: it counts as seen, with
// its page and with the links it had.
func (c *crawl) stays(v visit, m Remembered, says string) error {
	c.breaker.inARow.Store(0)
	c.hints.Named(v.url.String(), m.Versions)
	if len(m.Links) > 0 && c.src.Discover.Links && c.scope.Follows(v.url) {
		if err := c.discoverNormal(v.url.String(), v.depth+1, m.Links); err != nil {
			return err
		}
	}
	if m.Outcome == crawler.Paged {
		if err := c.memory.Again(m); err != nil {
			return fmt.Errorf("keep the page %s: %w", v.url, err)
		}
		c.prover.SaidEarlier(v.url, m.Fingerprint)
	}
	return c.frontier.Settle(v.url, crawler.NotModified, says)
}

// unchanged reports whether the site answered that a document has not changed, and
// concludes the visit then.
func (c *crawl) unchanged(v visit, a answer) (bool, error) {
	if !a.unmodified() {
		return false, nil
	}
	return true, c.stays(v, *a.remembered, "HTTP 304")
}

// unmodified reports whether an answer is that a remembered document has not changed.
func (a answer) unmodified() bool {
	return a.err == nil && a.status == http.StatusNotModified && a.remembered != nil
}

// skips concludes a visit without asking for its document, where a sitemap that is
// believed says that it has not changed; or else it puts the validators on its request.
func (c *crawl) skips(ctx context.Context, v visit, r *colly.Request) (bool, error) {
	m, ok, err := c.recall(v)
	switch {
	case err != nil || !ok || ctx.Err() != nil:
		return false, err
	case m.Current:
		return true, c.stays(v, m, "says its sitemap")
	}
	if m.ETag != "" {
		r.Headers.Set("If-None-Match", m.ETag)
	}
	if m.LastModified != "" {
		r.Headers.Set("If-Modified-Since", m.LastModified)
	}
	r.Ctx.Put(keyRemembered, &m)
	return false, nil
}

// dropValidators takes the validators of one document off a request for another:
// where a redirect leads to a login form, that has not changed for years.
func dropValidators(r *http.Request) {
	r.Header.Del("If-None-Match")
	r.Header.Del("If-Modified-Since")
}

// validators returns what of an answer tells the next crawl whether its document has
// changed. On a private site a date is no such thing, since the login form that is
// shown instead has one too, and an old one at that.
func (c *crawl) validators(h http.Header) (etag, lastModified string) {
	if strings.Contains(h.Get("Vary"), "*") {
		return "", ""
	}
	if etag = sendable(h.Get("ETag")); c.own.In(etag) {
		etag = ""
	}
	if c.src.Auth.IsZero() {
		lastModified = sendable(h.Get("Last-Modified"))
	}
	return etag, lastModified
}

// sendable is a validator that may go back in a header, or "".
func sendable(validator string) string {
	const longest = 512
	if len(validator) > longest || strings.ContainsFunc(validator, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return validator
}

// dated passes on when a sitemap says that an address changed last.
func (c *crawl) dated(u *url.URL, changed string) error {
	at, ok := sitemap.ParseDate(changed)
	if c.memory == nil || !ok {
		return nil
	}
	n, ok := c.scope.Normalise(u)
	if !ok {
		return nil
	}
	if err := c.memory.Dated(n.String(), at); err != nil {
		return fmt.Errorf("remember the date of %s: %w", n, err)
	}
	return nil
}
