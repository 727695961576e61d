package state

import "time"

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
func (s *Store) PutRun(r Run) error { panic("not yet") }

// Runs returns the remembered runs, the newest first.
func (s *Store) Runs() ([]Run, error) { panic("not yet") }
