package state

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Run is one invocation, for people to look back at.
type Run struct {
	ID       string    `json:"id"`
	Mode     string    `json:"mode"` // sync or resync
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"` // zero: still running, or killed
	ExitCode int       `json:"exit_code"`
	// Summary is the run's report in JSON, as `--json` prints it, without the
	// unchanged pages.
	Summary []byte `json:"summary,omitempty"`
}

// KeptRuns is how many runs are remembered.
const KeptRuns = 50

// PutRun records a run, replacing the one with its ID, and drops the oldest
// beyond KeptRuns.
func (s *Store) PutRun(r Run) error {
	value, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record run: %w", err)
	}
	return s.update(func(tx *bbolt.Tx) error {
		if err := (write{runs(), r.ID, value}).do(tx); err != nil {
			return err
		}
		kept, err := s.runs(tx)
		if err != nil {
			return err
		}
		for _, old := range kept[min(KeptRuns, len(kept)):] {
			if err := (write{runs(), old.ID, nil}).do(tx); err != nil {
				return fmt.Errorf("drop run %s: %w", old.ID, err)
			}
		}
		return nil
	})
}

// Runs returns the remembered runs, the newest first.
func (s *Store) Runs() (kept []Run, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		kept, err = s.runs(tx)
		return err
	})
	return kept, err
}

func (s *Store) runs(tx *bbolt.Tx) (kept []Run, err error) {
	for r, err := range inOrder(s, tx, runs(), decodeRun) {
		if err != nil {
			return nil, err
		}
		kept = append(kept, r)
	}
	slices.SortFunc(kept, func(x, y Run) int {
		return cmp.Or(y.Started.Compare(x.Started), cmp.Compare(y.ID, x.ID))
	})
	return kept, nil
}

func decodeRun(_ string, value []byte) (r Run, err error) {
	err = json.Unmarshal(value, &r)
	return r, err
}
