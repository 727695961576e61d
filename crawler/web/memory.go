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

// Memory remembers a source's documents, so that those that have not changed need not be fetched. What the
// site says about that is only a hint: see docs/adr/0010. A Memory is used by several goroutines at once.
type Memory interface {
	// Recall returns what is remembered of a URL. ok is false if nothing is, or if the document is to be
	// fetched whatever the site says.
	Recall(url string) (m Remembered, ok bool, err error)
	// Remember replaces what is remembered of a URL. It is called after the page, if there is one, was put
	// into the sink.
	Remember(url string, m Remembered) error
	// Dated records when a URL changed last, according to a sitemap.
	Dated(url string, changed time.Time) error
	// Again adds the page of a recalled document, unchanged, to the pages of this crawl.
	Again(m Remembered) error
}

// Remembered is what is remembered of a document.
type Remembered struct {
	ETag, LastModified string          // as the site gave them; may be empty
	Outcome            crawler.Outcome // Paged or Listing; "" if the document is to be fetched
	Links              []string        // to follow, normalised
	Versions           []string        // in other languages that it names, normalised
	ExternalID         string          // of its page; "" if it gave none
	Fingerprint        string          // of its page
	Page               any             // a value of the Memory's own, which only Again reads
	// Current is true if a sitemap says that the document has not changed since it was fetched, and the
	// source is configured to believe that.
	Current bool
}

// recall returns what is remembered of the document of a visit.
func (c *crawl) recall(v visit) (m Remembered, ok bool, err error) {
	if c.memory == nil || v.asItself {
		return Remembered{}, false, nil
	}
	if m, ok, err = c.memory.Recall(v.url.String()); err != nil {
		return m, false, fmt.Errorf("recall %s: %w", v.url, err)
	}
	return m, ok && m.Outcome != "", nil
}

// unlearn forgets a document that turned out to be no page, so that the next crawl fetches it.
func (c *crawl) unlearn(address string) error {
	if c.memory == nil {
		return nil
	}
	if err := c.memory.Remember(address, Remembered{}); err != nil {
		return fmt.Errorf("remember %s: %w", address, err)
	}
	return nil
}

// remember keeps what was found at an address for the next crawl. It keeps pages and listings only, and so
// never a wall.
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

// settleUnchanged concludes a visit whose document has not changed. The visit counts as read, with the page and the
// links that the document had.
func (c *crawl) settleUnchanged(v visit, m Remembered, says string) error {
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

// unchanged reports whether the site answered that a document has not changed. If so, it concludes the
// visit.
func (c *crawl) unchanged(v visit, a answer) (bool, error) {
	if !a.unmodified() {
		return false, nil
	}
	return true, c.settleUnchanged(v, *a.remembered, "HTTP 304")
}

// unmodified reports whether the answer is a 304 for a remembered document.
func (a answer) unmodified() bool {
	return a.err == nil && a.status == http.StatusNotModified && a.remembered != nil
}

// skips concludes a visit without a request if a sitemap that is believed says that the document has not
// changed. Otherwise it adds the validators to the request.
func (c *crawl) skips(ctx context.Context, v visit, r *colly.Request) (bool, error) {
	m, ok, err := c.recall(v)
	switch {
	case err != nil || !ok || ctx.Err() != nil:
		return false, err
	case m.Current:
		return true, c.settleUnchanged(v, m, "says its sitemap")
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

// dropValidators removes the validators of one document from the request for another. A redirect may lead to
// a login form, which has not changed for years.
func dropValidators(r *http.Request) {
	r.Header.Del("If-None-Match")
	r.Header.Del("If-Modified-Since")
}

// validators returns the validators of an answer for the next crawl. On a private site Last-Modified is left
// out: the login form that may be shown instead has one too, and an old one.
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

// sendable returns the validator if it may be sent back in a header, or else "".
func sendable(validator string) string {
	const longest = 512
	if len(validator) > longest || strings.ContainsFunc(validator, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ""
	}
	return validator
}

// dated records when an address changed last, according to a sitemap.
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
