// Package hint verifies what pages say about each other: that one is a copy of another, is its version in
// another language, has moved, or is missing. See docs/adr/0025.
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
	Texts    Texts            // nil: hints of one page about another are believed
	Known    iter.Seq[string] // URLs of the pages that were sent; nil if unknown
	Site     Site

	claims   claims
	versions versions
	doubted  int // number of pages that were checked for being missing
}

// Site requests pages.
type Site interface {
	// MovedForGood reports whether a URL leads elsewhere by redirects that are all permanent.
	MovedForGood(ctx context.Context, u *url.URL) bool
	// Unindexed returns the Markdown of a page that asks not to be indexed, or "" for anything else.
	Unindexed(ctx context.Context, u *url.URL) (markdown string, err error)
}

// Texts reads the texts of pages, to verify what the site says about them. See docs/adr/0025.
type Texts interface {
	// Read returns the Markdown that this crawl read at a URL. ok is false if it is not known.
	Read(url string) (markdown string, ok bool, err error)
	// Sent returns the Markdown that was sent for a URL, or "" if it is not known. ok is false if no page
	// was sent.
	Sent(url string) (markdown string, ok bool, err error)
	// SaysAllOf reports whether the page that this crawl read at a URL contains all that Intercom has of the
	// page at another URL, for which the sent Markdown is not known.
	SaysAllOf(url, other string) (bool, error)
	// WasThere reports whether the page at a URL existed in a crawl before the one in which other first had
	// its current outcome.
	WasThere(url, other string) (bool, error)
}

// maxSteps is how many outcomes that name another URL are followed.
const maxSteps = 10

// ownText is how many letters a page must have to be more than a note on where it sends its readers.
const ownText = 200

// Named records the versions in other languages that a page names.
func (v *Verifier) Named(address string, versions []string) { v.versions.note(address, versions) }

// LeftToVersion records that a page in a language was left to a version of it. language is "" if the page
// does not give its own.
func (v *Verifier) LeftToVersion(address, version, language string) {
	v.versions.claim(address, version, language)
}

// LeftToOther records the text of a page that names another page as canonical or sends its readers there.
func (v *Verifier) LeftToOther(u *url.URL, via crawler.Outcome, text, title string) {
	if v.Scope.Includes(u) && (via == crawler.Canonical || wording.Letters(text) >= ownText) {
		v.claims.note(u.String(), text, title)
	}
}

// Orphan is a page to be requested again.
type Orphan struct {
	URL      *url.URL
	Depth    int
	AsItself bool // whatever canonical address it names
}

// Orphans returns the pages that were left to another address wrongly: the other address did not lead to a
// page or listing, or it does not say what the page says, or is not the page's version in another language.
func (v *Verifier) Orphans() ([]Orphan, error) {
	var orphans []Orphan
	for s, err := range v.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		via := s.Outcome
		_, refreshes := v.claims.of(s.URL)
		if via != crawler.Canonical && via != crawler.OtherLocale && (via != crawler.Redirected || !refreshes) {
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
		default: // what could not be read exists
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
