package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// Claim decides which pages of a library a source can have sent, by what the source reads and how it
// identifies its pages. A page without a claim is surely somebody else's. A claim alone proves nothing.
type Claim struct {
	scope    *scope.Scope
	identity Identity
	splits   bool
}

// NewClaim returns the claim of src. splits reports whether the pages of src may be split.
func NewClaim(src Source, splits bool) (*Claim, error) {
	s, _, err := scopeOf(src)
	if err != nil {
		return nil, fmt.Errorf("tell which pages may be those of %s: %w", src.Name, err)
	}
	return &Claim{scope: s, identity: src.Identity, splits: splits}, nil
}

// Of reports whether the source may have sent the page with this external ID and URL: it would read the URL
// as a page and give it this external ID.
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
	return len(id) <= maxIdentity // only the page's markup could tell more
}

// numbered matches the suffix of an external ID that tells apart pages which followed one another at one
// address.
var numbered = regexp.MustCompile(`#[0-9]+$`)

// reads reports whether a crawl of the source would read the address as a page, and normalise it to itself.
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
