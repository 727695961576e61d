package decide

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// API returns a client for the workspace of a state file.
type API func(context.Context) (*intercom.Client, error)

// Departure describes what Intercom loses when a source is forgotten.
type Departure struct {
	ImportSource state.ImportSource
	SharedWith   string  // the source of sources.yaml with the same import source; "" for none
	There        bool    // the import source exists and no other source has it
	Ended        bool    // the listing ends before all pages
	Ours, Others []Named // the pages in it, as far as the listing goes
	Recorded     int     // number of recorded pages

	source string
	client *intercom.Client
	store  *state.Store
}

// FindDeparture finds out what is deleted when a source is forgotten.
func FindDeparture(
	ctx context.Context, api API, c *config.Config, store *state.Store, source string,
) (*Departure, error) {
	source, err := recorded(c, store, source)
	if err != nil {
		return nil, err
	}
	d := &Departure{source: source, store: store}
	if d.ImportSource, _, err = store.ImportSource(source); err != nil {
		return nil, err
	}
	if d.SharedWith, err = reconcile.Sharer(c, store, source, d.ImportSource.ID); err != nil {
		return nil, err
	}
	if d.client, err = api(ctx); err != nil {
		return nil, err
	}
	if d.SharedWith == "" && d.ImportSource.ID != 0 {
		err = d.look(ctx)
	}
	return d, err
}

// look finds out which pages are in the import source.
func (d *Departure) look(ctx context.Context) error {
	found, err := d.client.ImportSource(ctx, d.ImportSource.ID)
	switch {
	case err != nil && intercom.KindOf(err) == intercom.NotFound:
		return nil
	case err != nil:
		return fmt.Errorf("look at import source %d: %w", d.ImportSource.ID, err)
	case found.SyncBehavior != "api":
		return fmt.Errorf("import source %d (%s) is synced by Intercom itself now (sync_behavior %q), "+
			"and not fincrawl's to delete: delete it in Intercom", found.ID, found.URL, found.SyncBehavior)
	}
	d.There, d.ImportSource.URL = true, found.URL
	for e, err := range d.store.Entries(d.source) {
		if err != nil {
			return err
		}
		if e.RemoteID != "" && e.Ours() {
			d.Recorded++
		}
	}
	for p, err := range d.client.ExternalPages(ctx) {
		if _, ended := errors.AsType[*intercom.ListingEnd](err); ended {
			d.Ended = true
			break
		}
		if err != nil {
			return fmt.Errorf("list external pages: %w", err)
		}
		if p.SourceID != d.ImportSource.ID {
			continue
		}
		e, _, err := d.store.Entry(d.source, p.ExternalID)
		switch {
		case err != nil:
			return err
		case e.RemoteID == p.ID && e.Ours():
			d.Ours = append(d.Ours, Named{p.Title, p.URL})
		default:
			d.Others = append(d.Others, Named{p.Title, p.URL})
		}
	}
	return nil
}

// Whole reports whether the import source itself is deleted: it has no other pages.
func (d *Departure) Whole() bool { return !d.Ended && len(d.Others) == 0 }

// Forget deletes what is fincrawl's at Intercom and forgets the source. It deletes the import source
// if that has no other pages, and the recorded pages otherwise. One call deletes most pages at most.
// left is the number of pages that remain; the source is forgotten once it is 0. Forget may be
// called again after it was interrupted.
func (d *Departure) Forget(ctx context.Context, workers, most int) (left int, err error) {
	if d.There {
		if left, err = d.remove(ctx, workers, most); err != nil || left > 0 {
			return left, err
		}
	}
	return 0, errors.Join(d.store.ForgetAll(d.source), d.store.ForgetDecisions(d.source))
}

func (d *Departure) remove(ctx context.Context, workers, most int) (left int, err error) {
	if !d.Whole() {
		if left, err := d.removePages(ctx, workers, most); err != nil || left > 0 || !d.Ended {
			return left, err
		}
		// With the recorded pages gone, the listing may be complete.
		rest := Departure{ImportSource: d.ImportSource, source: d.source, client: d.client, store: d.store}
		if err := rest.look(ctx); err != nil || !rest.There || !rest.Whole() || len(rest.Ours) > 0 {
			return 0, err
		}
	}
	if err := d.client.DeleteImportSource(ctx, d.ImportSource.ID); err != nil {
		return 0, fmt.Errorf("delete import source %d: %w", d.ImportSource.ID, err)
	}
	return 0, nil
}

func (d *Departure) removePages(ctx context.Context, workers, most int) (left int, err error) {
	pool, working := errgroup.WithContext(ctx)
	pool.SetLimit(max(1, workers))
	for e, err := range d.store.Entries(d.source) {
		if err != nil || working.Err() != nil {
			return 0, errors.Join(err, pool.Wait(), d.store.Flush())
		}
		if e.RemoteID == "" || !e.Ours() {
			continue
		}
		if most--; most < 0 {
			left++
			continue
		}
		pool.Go(func() error {
			if err := ingest.DeleteOurs(working, d.client, d.ImportSource.ID, e.ExternalID, e.RemoteID); err != nil {
				return fmt.Errorf("delete %s: %w", e.URL, err)
			}
			return d.store.Forget(d.source, e.ExternalID)
		})
	}
	return left, errors.Join(pool.Wait(), d.store.Flush())
}
