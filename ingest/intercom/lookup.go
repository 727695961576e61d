package intercom

import (
	"context"
	"errors"
	"net/url"
	"strconv"
)

// ErrNoLookUp is the error of FindPages where the API has no such look-up. Versions before
// Preview ignore the query and list any pages.
var ErrNoLookUp = errors.New("this version of Intercom's API looks no page up by its external ID")

// lookUpSize is how many pages a look-up asks for. One is expected. A few more show that the
// API ignored the query.
const lookUpSize = 5

// FindPages looks up the pages of an import source with an external ID. There may be several,
// although there should not be. An answer that has other pages gives ErrNoLookUp.
func (c *Client) FindPages(ctx context.Context, sourceID int64, externalID string) ([]ExternalPage, error) {
	if externalID == "" || c.noLookUp.Load() {
		return nil, ErrNoLookUp
	}
	page, err := readListPage[answeredPage](ctx, c, pagesPath, url.Values{
		"source_id": {strconv.FormatInt(sourceID, 10)}, "external_id": {externalID}, "per_page": {strconv.Itoa(lookUpSize)},
	}, 1, false)
	switch {
	case err != nil && KindOf(err) == Refused:
		c.noLookUp.Store(true)
		return nil, errors.Join(ErrNoLookUp, err)
	case err != nil:
		return nil, err
	}
	var found []ExternalPage
	for _, p := range page.Data {
		if p.SourceID == sourceID && p.ExternalID == externalID {
			found = append(found, ExternalPage(p))
		} else {
			c.noLookUp.Store(true)
		}
	}
	if len(found) == 0 && len(page.Data) > 0 {
		return nil, ErrNoLookUp
	}
	return found, nil
}
