package decide

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// Adoption describes the pages of an import source that would be adopted.
type Adoption struct {
	ImportSource state.ImportSource
	Pages        []Named
	Ended        bool // Intercom's listing ends before all pages of the workspace

	source  string
	entries []state.Entry
}

// FindAdoption finds the pages in a source's import source that are not fincrawl's. only limits them
// to some URLs or external IDs.
func FindAdoption(
	ctx context.Context, api API, c *config.Config, store *state.Store, source string, only []string,
) (*Adoption, error) {
	source, err := recorded(c, store, source)
	if err != nil {
		return nil, err
	}
	is, known, err := store.ImportSource(source)
	if err != nil {
		return nil, err
	}
	if !known || is.ID == 0 {
		return nil, reconcile.Mistaken("no import source is recorded of %q yet: run `fincrawl sync` first", source)
	}
	client, err := api(ctx)
	if err != nil {
		return nil, err
	}
	remote, err := verify.ReadRemote(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, id := range only {
		if err := remote.LookUp(ctx, client, is.ID, id); err != nil {
			return nil, fmt.Errorf("look %s up in Intercom: %w", id, err)
		}
	}
	a := &Adoption{ImportSource: is, Ended: remote.Ended, source: source}
	for _, there := range remote.Adopt(is.ID, func(string, string) bool { return true }) {
		e, recorded, err := store.Entry(source, there.ExternalID)
		switch named := slices.Contains(only, there.URL) || slices.Contains(only, there.ExternalID); {
		case err != nil:
			return nil, err
		case len(only) > 0 && !named:
			continue
		case recorded && e.RemoteID != "" && e.Ours():
			continue
		case !recorded || e.RemoteID == "":
			e = there
		}
		e.Owned = true
		a.entries = append(a.entries, e)
		a.Pages = append(a.Pages, Named{there.Title, there.URL})
	}
	return a, nil
}

// Adopt records the pages as fincrawl's. The next run compares them with what Intercom has.
func (a *Adoption) Adopt(store *state.Store) error {
	for _, e := range a.entries {
		if err := store.PutEntry(a.source, e); err != nil {
			return err
		}
	}
	record, err := store.Verification(a.source)
	if err != nil {
		return err
	}
	record.Foreign, record.Due = state.Foreign{}, "pages were taken over"
	return errors.Join(store.Flush(), store.SetVerification(a.source, record))
}
