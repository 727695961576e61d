package intercom

import (
	"context"
	"errors"
	"net/url"
	"strconv"
)

// ErrNoLookUp is the error of FindPages where the API has no such look-up: versions before
// Preview may take what is asked for by as nothing, and list whatever there is.
var ErrNoLookUp = errors.New("this version of Intercom's API looks no page up by its external ID")

// lookUpSize is how many pages a look-up asks for: there should be one, and where the API
// lists whatever there is, few tell that.
const lookUpSize = 5

// FindPages looks up the pages of an import source with an external ID: one, none, or the
// several that should not be. It believes no answer that has others.
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
