// Package hint verifies what pages say of each other: that one is the copy of another, or its
// version in another language, has moved there, or is missing. See docs/adr/0025.
package hint

import (
	"context"
	"iter"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// Verifier verifies the hints of one crawl.
type Verifier struct {
	Frontier *frontier.Frontier
	Scope    *scope.Scope
	Texts    Texts            // nil: hints that pages give of each other are believed
	Known    iter.Seq[string] // the URLs of the pages that were sent; nil: unknown
	Site     Site

	claims   claims
	versions versions
	doubted  int // pages of which it was asked whether they say that they are missing
}

// Site is asked for pages.
type Site interface {
	// MovedForGood reports whether a URL leads elsewhere by redirects that are all permanent.
	MovedForGood(ctx context.Context, u *url.URL) bool
	// Unindexed returns the Markdown of a page that asks not to be indexed; "" where it does
	// not, or is none.
	Unindexed(ctx context.Context, u *url.URL) (markdown string, err error)
}

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

// maxSteps is how many outcomes are followed that name another URL.
const maxSteps = 10

// ownText is how many letters a page has at least that is more than a note on where its
// readers are led.
const ownText = 200

// Named remembers which versions in other languages a page names.
func (v *Verifier) Named(address string, versions []string) { v.versions.note(address, versions) }

// LeftToVersion remembers that a page in a language leaves itself to a version; language is ""
// where the page does not say its own.
func (v *Verifier) LeftToVersion(address, version, language string) {
	v.versions.claim(address, version, language)
}

// LeftToOther remembers what a page says that leaves itself to another as its canonical one, or
// leads its readers there.
func (v *Verifier) LeftToOther(u *url.URL, via crawler.Outcome, text, title string) {
	if v.Scope.Includes(u) && (via == crawler.Canonical || wording.Letters(text) >= ownText) {
		v.claims.note(u.String(), text, title)
	}
}

// Orphan is a page that is to be asked for again.
type Orphan struct {
	URL      *url.URL
	Depth    int
	AsItself bool // whatever it names as its canonical address
}

// Orphans are the pages that left themselves to another address which did not become a page
// or listing, nor leads to one; and those that say what that one does not, or are not its
// version in another language.
func (v *Verifier) Orphans() ([]Orphan, error) {
	var orphans []Orphan
	for s, err := range v.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		via := s.Outcome
		if _, refreshes := v.claims.of(s.URL); via != crawler.Canonical && via != crawler.OtherLocale && (via != crawler.Redirected || !refreshes) {
			continue
		}
		outcome, target, at := crawler.Redirected, s.Detail, s.Detail
		for range maxSteps {
			if outcome != crawler.Redirected && (via != crawler.OtherLocale || outcome != crawler.Canonical) {
				break
			}
			at = target
			told, next, _, err := v.Frontier.Outcome(target)
			if err != nil {
				return nil, err
			}
			outcome, target = told, next
		}
		var believed bool
		known := true
		switch read := outcome == crawler.Paged || outcome == crawler.Listing || outcome == crawler.NotModified; {
		case read && via == crawler.OtherLocale:
			believed, known = v.versions.verified(s.URL, at, v.Scope.Starts[at])
		case read:
			if believed, known, err = v.isCopy(s.URL, at); err != nil {
				return nil, err
			}
		default: // one that could not be read is there
			believed = outcome.Unread() && via != crawler.Canonical
		}
		if believed {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, err
		}
		orphans = append(orphans, Orphan{URL: u, Depth: s.Depth, AsItself: known})
	}
	return orphans, nil
}
