package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// takeOut takes out of the library what is withdrawn and was not taken out yet, as where
// Intercom did not answer: whatever the crawl will see. It returns what failed.
func (r *Runner) takeOut(ctx context.Context, s config.Source, ledger *state.Store, id int64, d ingest.Decisions) ([]ingest.Failure, error) {
	if !r.Mode.sends() || id == 0 || !d.AnyWithdrawn() {
		return nil, nil
	}
	done, failed, err := ingest.Takeout{Source: s.Name, SourceID: id, Locale: s.Locale, Library: r.API, Ledger: ledger, Workers: r.Config.Intercom.Workers}.
		Withdraw(ctx, ledger.Entries(s.Name), d)
	if err != nil {
		return nil, fmt.Errorf("take out what is withdrawn: %w", err)
	}
	if done > 0 {
		r.Log.Info("took out pages that are withdrawn", "source", s.Name, "pages", done)
	}
	return failed, nil
}

// addNotOut adds to a result those of the pages that could not be taken out which are in
// still, unless it tells of them already.
func addNotOut(result *ingest.Result, source string, ledger *state.Store, d ingest.Decisions, failed []ingest.Failure) error {
	for _, f := range failed {
		e, ok, err := ledger.Entry(source, f.ExternalID)
		if err != nil {
			return err
		}
		told := slices.ContainsFunc(result.Failed, func(other ingest.Failure) bool { return other.ExternalID == f.ExternalID })
		if ok && !told && d.TakesOut(e) != ingest.Unchanged {
			result.Failed = append(result.Failed, f)
		}
	}
	return nil
}
