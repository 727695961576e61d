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

// A wiki may answer with status 200 for a page that is gone, and ask that this is not
// indexed. The answer to an address that cannot exist tells it: it is the same.

// maxDoubted is of how many pages a crawl asks whether that is so. The others stay hints.
const maxDoubted = 20

// settleMissing settles a page that was sent, and that asks not to be indexed now, as
// missing, where the site says the same of a page that cannot exist.
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

// saysUnindexed returns the words of a page, without those of its address; ok is false
// where it is none that asks not to be indexed.
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

// impossibleNear returns addresses like u at which there is surely nothing: with another
// name in the place of the page's, be that in its path or in its query.
func impossibleNear(u *url.URL) (list []*url.URL) {
	name := fmt.Sprintf("%x", texthash.Of(u.String()))
	if base := path.Base(u.Path); base != "/" && base != "." {
		other := *u
		other.Path, other.RawPath = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), base)+name+path.Ext(base), ""
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
