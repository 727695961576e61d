package state

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Run is the record of one invocation.
type Run struct {
	ID       string    `json:"id"`
	Mode     string    `json:"mode"` // sync or resync
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"` // zero while it runs, and after a kill
	ExitCode int       `json:"exit_code"`
	// Summary is the run's report as `--json` prints it, without the unchanged pages.
	Summary []byte `json:"summary,omitempty"`
}

// KeptRuns is the default of [Options.KeepRuns].
const KeptRuns = 50

// PutRun records a run, or replaces the one with the same ID. It then removes the oldest runs
// beyond those that the options keep.
func (s *Store) PutRun(r Run) error {
	value, err := s.encodeRun(r)
	if err != nil {
		return fmt.Errorf("record run: %w", err)
	}
	return s.update(func(tx *bbolt.Tx) error {
		if err := (write{runs(), r.ID, value}).do(tx); err != nil {
			return err
		}
		kept, err := s.runs(tx, decodeRun)
		if err != nil {
			return err
		}
		for i, old := range kept {
			young := s.keepFor == 0 || kept[0].Started.Sub(old.Started) <= s.keepFor
			if i < cmp.Or(s.keepRuns, KeptRuns) && young {
				continue
			}
			if err := (write{runs(), old.ID, nil}).do(tx); err != nil {
				return fmt.Errorf("drop run %s: %w", old.ID, err)
			}
		}
		return nil
	})
}

// Runs returns the recorded runs, the newest first.
func (s *Store) Runs() (kept []Run, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		kept, err = s.runs(tx, s.decodeWholeRun)
		return err
	})
	return kept, err
}

func (s *Store) runs(tx *bbolt.Tx, decode func(string, []byte) (recordedRun, error)) (kept []Run, err error) {
	for r, err := range inOrder(s, tx, runs(), decode) {
		if err != nil {
			return nil, err
		}
		kept = append(kept, r.Run)
	}
	slices.SortFunc(kept, func(x, y Run) int {
		return cmp.Or(y.Started.Compare(x.Started), cmp.Compare(y.ID, x.ID))
	})
	return kept, nil
}

// recordedRun is a Run as the file holds it. The summary is compressed, because that of
// many sources is a megabyte of much the same text.
type recordedRun struct {
	Run
	Packed []byte `json:"packed,omitempty"` // the compressed summary
}

func (s *Store) encodeRun(r Run) ([]byte, error) {
	record := recordedRun{Run: r}
	if len(r.Summary) > 0 {
		record.Summary, record.Packed = nil, s.zip.EncodeAll(r.Summary, nil)
	}
	return json.Marshal(record)
}

// decodeRun leaves the summary compressed.
func decodeRun(_ string, value []byte) (r recordedRun, err error) {
	err = json.Unmarshal(value, &r)
	return r, err
}

func (s *Store) decodeWholeRun(key string, value []byte) (recordedRun, error) {
	r, err := decodeRun(key, value)
	if err == nil && r.Packed != nil {
		r.Summary, err = s.unzip.DecodeAll(r.Packed, nil)
	}
	return r, err
}
