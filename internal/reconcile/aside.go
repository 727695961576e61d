package reconcile

import (
	"errors"
	"time"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// OpenAside opens the stores of a run that leaves nothing behind: the state file for reading, and a
// temporary store for its crawls. done closes both.
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
