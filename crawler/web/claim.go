package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// Claim tells which pages of a library a source can have brought there, by what it is
// configured to read and how it names its pages. It is no proof: only what lacks it is
// surely somebody else's.
type Claim struct {
	scope    *scope.Scope
	identity Identity
	splits   bool
}

// NewClaim returns the claim of a source. splits reports whether its pages may be split.
func NewClaim(src Source, splits bool) (*Claim, error) {
	s, _, err := scopeOf(src)
	if err != nil {
		return nil, fmt.Errorf("tell which pages may be those of %s: %w", src.Name, err)
	}
	return &Claim{scope: s, identity: src.Identity, splits: splits}, nil
}

// Of reports whether a page with an external ID and a URL may be one of the source's: it
// would read the URL as a page, and would know it by such an external ID.
func (c *Claim) Of(externalID, pageURL string) bool {
	id, address, anchor := crawler.CutPart(externalID, pageURL)
	if anchor != "" && !c.splits || !c.reads(address) {
		return false
	}
	if id == address || c.reads(numbered.ReplaceAllString(id, "")) {
		return true
	}
	switch {
	case c.identity.isZero(), isWebAddress(id):
		return false
	case c.identity.Regex != nil:
		u, err := url.Parse(address)
		return err == nil && c.identity.of(u, nil) == id
	}
	return len(id) <= maxIdentity // the page itself has the rest to say
}

// numbered is how pages are told apart that came to an address one after the other.
var numbered = regexp.MustCompile(`#[0-9]+$`)

// reads reports whether an address is one that a crawl of the source would read as a page,
// as the crawl would write it.
func (c *Claim) reads(address string) bool {
	u, err := url.Parse(address)
	if err != nil || !isWebAddress(address) {
		return false
	}
	n, ok := c.scope.Normalise(u)
	if !ok || n.String() != address || !c.scope.Includes(n) {
		return false
	}
	outcome, _ := c.scope.Judge(n)
	return outcome == ""
}

func isWebAddress(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}
