package reconcile

import (
	"errors"
	"time"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// OpenAside opens what a run needs that writes nothing anywhere: the state file to
// be read, and a store for its crawls that goes with done.
func OpenAside(c *config.Config, wait time.Duration) (ledger, staging *state.Store, done func() error, err error) {
	ledger, err = state.Open(c.State, state.Options{ReadOnly: true, Wait: wait})
	if err != nil {
		return nil, nil, nil, err
	}
	staging, err = state.OpenTemporary()
	if err != nil {
		return nil, nil, nil, errors.Join(err, ledger.Close())
	}
	return ledger, staging, func() error { return errors.Join(staging.Close(), ledger.Close()) }, nil
}
