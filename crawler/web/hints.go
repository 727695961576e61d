package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// Texts tells what pages say, so that a crawl can verify what the site says of them: that
// one is another's copy, or has moved. See docs/adr/0025.
type Texts interface {
	// Read returns the Markdown of the page that this crawl has of a URL; ok is false
	// where it is not known.
	Read(url string) (markdown string, ok bool, err error)
	// Sent returns the Markdown that was sent of the page at a URL, "" where it is not
	// known; ok is false where none was sent.
	Sent(url string) (markdown string, ok bool, err error)
	// SaysAllOf reports whether the page that this crawl has of a URL says all that Intercom
	// has of the page at another one, of which it is not known what was sent.
	SaysAllOf(url, other string) (bool, error)
	// WasThere reports whether the page at a URL was there in a crawl before the one in
	// which other first ended as it does now.
	WasThere(url, other string) (bool, error)
}

// The values of Discover.Canonical.
const (
	CanonicalVerify = "verify" // believed where the canonical page says the same; the default
	CanonicalIgnore = "ignore"
)

// claims are what the pages say that name another address as their canonical one, or that
// lead their readers there at once.
type claims struct {
	mu   sync.Mutex
	says map[string]wording.Lines
}

func (c *claims) note(address string, a extract.Article) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.says == nil {
		c.says = make(map[string]wording.Lines)
	}
	c.says[address] = wording.LinesOf(a.Markdown, a.Title)
}

func (c *claims) of(address string) (wording.Lines, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.says[address]
	return s, ok
}

// ownText is how many letters a page has at least that is more than a note on where its
// readers are led.
const ownText = 200

// noteClaim remembers what a page says that leaves itself to another address.
func (c *crawl) noteClaim(u *url.URL, found finding) {
	switch {
	case found.outcome == crawler.OtherLocale:
		c.versions.claim(u.String(), found.detail, found.language)
	case c.scope.Includes(u) && (found.outcome == crawler.Canonical || wording.Letters(found.article.Markdown) >= ownText):
		c.claims.note(u.String(), found.article)
	}
}

// isCopy reports whether a page that named another as its canonical one says nothing that
// the other does not. known is false where the page has to be read again to tell.
func (c *crawl) isCopy(page, canonical string) (copied, known bool, err error) {
	u, err := url.Parse(page)
	if err != nil {
		return false, false, err
	}
	if c.pageTexts == nil || !c.scope.Includes(u) {
		return true, true, nil // nothing of it would be sent
	}
	says, known := c.claims.of(page)
	if !known {
		return false, false, nil
	}
	markdown, ok, err := c.pageTexts.Read(canonical)
	if err != nil {
		return false, true, fmt.Errorf("read what %s says: %w", canonical, err)
	}
	return ok && says.Within(wording.LinesOf(markdown, "")), true, nil
}

// generalPage is how many pages that were sent may lead to one other page by redirects
// until that is taken for a general one, such as the list of all articles.
const generalPage = 3

// How much of what was sent the page at a new address has to say: a page that moved may
// have been edited, and one that was merged with another must be in that.
const (
	mostOfIt = 0.9
	allOfIt  = 1.0
)

// move is a page that was sent and leads elsewhere now.
type move struct {
	from, to  *url.URL
	permanent bool
	same      bool // the other page says what was sent
	known     bool // the other page was sent before
}

// verifyMoves settles anew the pages that were sent and lead to another URL now, unless
// the page there is surely what became of them. See docs/adr/0025.
func (c *crawl) verifyMoves(ctx context.Context) error {
	if c.known == nil || c.pageTexts == nil {
		return nil
	}
	var moves []move
	leadTo := make(map[string]int)
	for address := range c.known {
		m, err := c.moveOf(ctx, address)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if !m.same {
			leadTo[m.to.String()]++
		}
		moves = append(moves, *m)
	}
	for _, m := range moves {
		to := m.to.String()
		if m.same || m.permanent && m.known && !c.scope.Starts[to] && leadTo[to] < generalPage {
			continue
		}
		c.frontier.Unsettle(1)
		if err := c.frontier.Settle(m.from, crawler.MoveUnverified, to); err != nil {
			return err
		}
	}
	return nil
}

// moveOf returns where a page that was sent leads now; nil where it leads nowhere, or
// where that needs no thought. Where the page there could not be read, it is a failure.
func (c *crawl) moveOf(ctx context.Context, address string) (*move, error) {
	told, _, _, err := c.frontier.Outcome(address)
	if err != nil {
		return nil, err
	}
	from, parseErr := url.Parse(address)
	if told == crawler.NoIndex && parseErr == nil {
		return nil, c.settleMissing(ctx, from)
	}
	if told != crawler.Redirected || parseErr != nil {
		return nil, nil
	}
	if n, ok := c.scope.Normalise(from); !ok || n.String() != address {
		return nil, nil // the settings write its address otherwise now
	}
	outcome, to, err := c.destination(address)
	if err != nil {
		return nil, err
	}
	switch {
	case outcome == crawler.Gone:
		return nil, nil // by way of a redirect
	case outcome.Unread(), outcome == "":
		c.frontier.Unsettle(1)
		return nil, c.frontier.Settle(from, cmp.Or(outcome, crawler.Interrupted), "leads to "+to.String())
	case outcome != crawler.Paged && outcome != crawler.NotModified:
		return &move{from: from, to: to}, nil
	}
	m := &move{from: from, to: to}
	now, read, err := c.pageTexts.Read(to.String())
	if err != nil {
		return nil, fmt.Errorf("read what %s says: %w", to, err)
	}
	sent, _, err := c.pageTexts.Sent(address)
	if err == nil {
		_, m.known, err = c.pageTexts.Sent(to.String())
	}
	if err == nil && m.known {
		m.known, err = c.pageTexts.WasThere(to.String(), address)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was sent of %s: %w", address, err)
	}
	share := mostOfIt
	if m.known {
		share = allOfIt
	}
	m.same = read && sent != "" && wording.Similar(sent, now, share)
	if sent == "" {
		if m.same, err = c.pageTexts.SaysAllOf(to.String(), address); err != nil {
			return nil, fmt.Errorf("compare %s with what Intercom has of %s: %w", to, address, err)
		}
	}
	if !m.same {
		m.permanent = c.get(ctx, c.pages, from).permanent
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return m, nil
}

// destination follows an address to where it leads in the end, and says how that ended.
func (c *crawl) destination(address string) (crawler.Outcome, *url.URL, error) {
	for range maxRedirects {
		outcome, detail, _, err := c.frontier.Outcome(address)
		if err != nil {
			return "", nil, err
		}
		switch outcome {
		case crawler.Redirected, crawler.Canonical, crawler.Duplicate:
			address = detail
		default:
			u, err := url.Parse(address)
			if err != nil {
				return "", nil, err
			}
			return outcome, u, nil
		}
	}
	u, err := url.Parse(address)
	return crawler.RedirectLoop, u, err
}

// isPermanent reports whether an answer was come to by redirects that are for good.
func isPermanent(r *http.Request) bool {
	if r == nil || r.Response == nil {
		return false
	}
	for ; r != nil && r.Response != nil; r = r.Response.Request {
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return false
		}
	}
	return true
}
