package state

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// Health is what is recorded about how the runs of a source went, for monitoring.
type Health struct {
	// Success is when the last run ended that read all of the source and sent all changes. It is zero if none is known.
	Success time.Time `json:"success,omitzero"`
	// FailedRuns is how many runs have failed since the last success. Failing is when the first of them began.
	FailedRuns int       `json:"failed_runs,omitempty"`
	Failing    time.Time `json:"failing,omitzero"`
	// Numbers are the metrics of the last run that ended. This package does not interpret them.
	Numbers json.RawMessage `json:"numbers,omitempty"`
	// Told is what was told last of the source, by whom it was told to.
	Told map[string]Told `json:"told,omitempty"`
}

// Told is what somebody was told last of a source.
type Told struct {
	State string    `json:"state,omitempty"` // what asked for a person; "" where nothing did
	At    time.Time `json:"at"`              // of the run that told of it
	// Ticket is the ID of the ticket that is open about the source; "" for none.
	Ticket string `json:"ticket,omitempty"`
}

func (h Health) isZero() bool { return reflect.ValueOf(h).IsZero() }

// Health returns the recorded health of a source, or the zero value if none is recorded.
func (s *Store) Health(source string) (Health, error) {
	h, _, err := readOne(s, healths(), source, func(_ string, value []byte) (h Health, err error) {
		err = json.Unmarshal(value, &h)
		return h, err
	})
	return h, err
}

// SetHealth records the health of a source.
func (s *Store) SetHealth(source string, h Health) error {
	value, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("record how a source is: %w", err)
	}
	return s.update(write{healths(), source, value}.do)
}
