package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// takeOut takes withdrawn pages out of the library that are still in it, because Intercom did not answer
// when they were withdrawn. It returns the failures.
func (r *Runner) takeOut(
	ctx context.Context, s config.Source, ledger *state.Store, id int64, d ingest.Decisions,
) ([]ingest.Failure, error) {
	if !r.Mode.sends() || id == 0 || !d.AnyWithdrawn() {
		return nil, nil
	}
	takeout := ingest.Takeout{
		Source: s.Name, SourceID: id, Locale: s.Locale, Library: r.API, Ledger: ledger,
		Workers: r.Config.Intercom.Workers,
	}
	done, failed, err := takeout.Withdraw(ctx, ledger.Entries(s.Name), d)
	if err != nil {
		return nil, fmt.Errorf("take out what is withdrawn: %w", err)
	}
	if done > 0 {
		r.Log.Info("took out pages that are withdrawn", "source", s.Name, "pages", done)
	}
	return failed, nil
}

// addNotOut adds to a result the failures of pages that should have been taken out and are still in the
// library, unless it has them already.
func addNotOut(
	result *ingest.Result, source string, ledger *state.Store, d ingest.Decisions, failed []ingest.Failure,
) error {
	for _, f := range failed {
		e, ok, err := ledger.Entry(source, f.ExternalID)
		if err != nil {
			return err
		}
		same := func(other ingest.Failure) bool { return other.ExternalID == f.ExternalID }
		told := slices.ContainsFunc(result.Failed, same)
		if ok && !told && d.TakesOut(e) != ingest.Unchanged {
			result.Failed = append(result.Failed, f)
		}
	}
	return nil
}
