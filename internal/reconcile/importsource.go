package reconcile

import (
	"context"
	"fmt"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// findImportSource finds the import source of a source and returns the store that knows
// its pages: the ledger, or, for a preview that writes none of what it finds out
// there, the staging store.
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
		// Of a preview that may correct what is recorded, the corrections are its own.
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
		claim, err := settings.ClaimOf(s)
		if err != nil {
			return nil, change, err
		}
		for _, e := range remote.Adopt(change.Current.ID, claim) {
			if err := ledger.PutEntry(s.Name, e); err != nil {
				return nil, change, err
			}
		}
		if remote.Ended {
			if err := ledger.SetVerification(s.Name, state.Verification{Unlisted: true, Due: "the state file was lost"}); err != nil {
				return nil, change, err
			}
		}
		if err := ledger.Flush(); err != nil {
			return nil, change, err
		}
		// Only now is the import source known: a run that was cut off before adopts again.
		if err := ledger.SetImportSource(s.Name, change.Current); err != nil {
			return nil, change, err
		}
	}
	return ledger, change, nil
}
