package verify

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// Recalled is the result of [Recall].
type Recalled struct {
	foreign map[string]bool
}

// IsForeign reports whether a page that was looked up is somebody else's.
func (r Recalled) IsForeign(externalID string) bool { return r.foreign[externalID] }

// Recall looks up pages that were crawled and are not recorded, and calls keep for those that are at
// Intercom. It serves pages that may have been sent although neither the state file nor the
// listing shows it. Where Intercom has no such look-up it does nothing, since sending a page
// creates or updates it anyway.
func Recall(
	ctx context.Context, api Pages, c Comparison, unrecorded iter.Seq2[string, error], keep func(state.Entry) error,
) (Recalled, error) {
	r := Recalled{foreign: map[string]bool{}}
	var mu sync.Mutex
	pool, working := errgroup.WithContext(ctx)
	pool.SetLimit(max(1, c.Workers))
	var broken error
	for externalID, err := range unrecorded {
		if broken = err; err != nil || working.Err() != nil {
			break
		}
		pool.Go(func() error {
			found, err := api.FindPages(working, c.SourceID, externalID)
			if err != nil || len(found) == 0 {
				return err
			}
			p := listedPage{}
			for i, page := range found {
				now := listedPage{Entry: adopted(page), updated: page.UpdatedAt}
				if i > 0 {
					now = p.with(now)
				}
				p = now
			}
			mu.Lock()
			defer mu.Unlock()
			mine, _ := p.divide("", c.unrecorded())
			if len(mine) == 0 {
				r.foreign[externalID] = true
				return nil
			}
			return keep(mine[0].Entry)
		})
	}
	err := errors.Join(pool.Wait(), broken)
	switch {
	case errors.Is(err, intercom.ErrNoLookUp):
		return r, ctx.Err()
	case err != nil:
		return r, fmt.Errorf("look pages up in Intercom: %w", err)
	}
	return r, ctx.Err()
}
