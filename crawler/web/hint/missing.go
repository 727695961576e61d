package hint

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// A wiki may answer with status 200 for a page that is gone, and ask not to index that answer. It is then
// the same as the answer for an address that cannot exist.

// maxDoubted is how many pages a crawl checks that way. The others stay hints.
const maxDoubted = 20

// settleMissing settles a page that was sent and now asks not to be indexed as missing, if the site says the
// same about a page that cannot exist.
func (v *Verifier) settleMissing(ctx context.Context, u *url.URL) error {
	if v.doubted++; v.doubted > maxDoubted {
		return nil
	}
	says, ok, err := v.saysUnindexed(ctx, u)
	if err != nil || !ok {
		return err
	}
	for _, impossible := range impossibleNear(u) {
		other, ok, err := v.saysUnindexed(ctx, impossible)
		if err != nil {
			return err
		}
		if ok && other == says {
			v.Frontier.Unsettle(1)
			return v.Frontier.Settle(u, crawler.Missing, "it says what the site says of pages that never were")
		}
	}
	return nil
}

// saysUnindexed returns the words of a page without those of its address. ok is false if the page does not
// ask not to be indexed.
func (v *Verifier) saysUnindexed(ctx context.Context, u *url.URL) (says string, ok bool, err error) {
	page, err := v.Site.Unindexed(ctx, u)
	if err != nil || page == "" {
		return "", false, err
	}
	address := strings.Fields(wording.Words(u.Path + " " + u.RawQuery))
	text := strings.Fields(wording.Words(markdown.WithoutTargets(page)))
	text = slices.DeleteFunc(text, func(word string) bool { return slices.Contains(address, word) })
	return strings.Join(text, " "), true, nil
}

// impossibleNear returns addresses like u where surely nothing is: with another name instead of the page's
// in the path or in the query.
func impossibleNear(u *url.URL) (list []*url.URL) {
	name := fmt.Sprintf("%x", texthash.Of(u.String()))
	if base := path.Base(u.Path); base != "/" && base != "." {
		other := *u
		folder := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), base)
		other.Path, other.RawPath = folder+name+path.Ext(base), ""
		list = append(list, &other)
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs[:min(len(pairs), 2)] {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || value == "" {
			continue
		}
		other := *u
		changed := slices.Clone(pairs)
		changed[i] = key + "=" + name
		other.RawQuery = strings.Join(changed, "&")
		list = append(list, &other)
	}
	return list
}
