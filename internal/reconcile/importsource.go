package reconcile

import (
	"context"
	"fmt"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/state"
)

// findImportSource finds the import source of a source. It returns the store that knows the pages:
// the ledger, or the staging store for a preview that must not record what it finds.
func (r *Runner) findImportSource(ctx context.Context, s config.Source) (*state.Store, ingest.SourceChange, error) {
	remembered, _, err := r.Ledger.ImportSource(s.Name)
	if err != nil {
		return nil, ingest.SourceChange{}, err
	}
	change, err := ingest.ResolveSource(ctx, r.API, s.LibraryURL, s.AudienceIDs, remembered)
	if err != nil {
		return nil, change, fmt.Errorf("find the import source: %w", err)
	}
	if s.Reactivate {
		change = change.Reactivated()
	}
	ledger := r.Ledger
	if r.Mode == ModePreview {
		ledger = r.Staging
	}
	if !change.Lost && !change.Adopt {
		noted, err := r.Ledger.Verification(s.Name)
		if err != nil {
			return nil, change, err
		}
		// A preview that may correct entries does so in a copy.
		if r.Mode == ModePreview && (r.Verify || noted.After != "" || noted.Unlisted || noted.Foreign.Pages > 0) {
			return ledger, change, ledger.CopyEntries(s.Name, r.Ledger)
		}
		return r.Ledger, change, nil
	}
	if err := ledger.ForgetAll(s.Name); err != nil {
		return nil, change, err
	}
	if change.Adopt {
		remote, err := r.remote(ctx)
		if err != nil {
			return nil, change, fmt.Errorf("adopt the pages that Intercom has: %w", err)
		}
		claim, err := kinds.ClaimOf(s)
		if err != nil {
			return nil, change, err
		}
		for _, e := range remote.Adopt(change.Current.ID, claim) {
			if err := ledger.PutEntry(s.Name, e); err != nil {
				return nil, change, err
			}
		}
		if remote.Ended {
			lost := state.Verification{Unlisted: true, Due: "the state file was lost"}
			if err := ledger.SetVerification(s.Name, lost); err != nil {
				return nil, change, err
			}
		}
		if err := ledger.Flush(); err != nil {
			return nil, change, err
		}
		// The import source is recorded last, so that a run that was cut off adopts again.
		if err := ledger.SetImportSource(s.Name, change.Current); err != nil {
			return nil, change, err
		}
	}
	return ledger, change, nil
}
