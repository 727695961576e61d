package state

import (
	"fmt"
	"iter"
	"reflect"
	"time"
)

// Concern is something of a source that asks for a person, for as long as it stands.
type Concern struct {
	Kind  ConcernKind `json:"kind"`
	ID    string      `json:"id"` // external ID; of a page that failed, its URL
	URL   string      `json:"url"`
	Title string      `json:"title,omitempty"`
	// Sign is what it is known by: with another one, it is another concern.
	Sign   string    `json:"sign"`
	Reason string    `json:"reason,omitempty"` // for people
	Since  time.Time `json:"since"`            // when a run met it first
	// Said is when a run ended with an exit code that told of it; zero for not yet.
	Said time.Time `json:"said,omitzero"`

	// Of a held change: what a decision on it is bound to.
	RemoteID string   `json:"remote_id,omitempty"` // of a surplus page
	Wants    string   `json:"wants,omitempty"`
	Guards   []string `json:"guards,omitempty"` // that hold it, the one that is named first
	Change   string   `json:"change,omitempty"`
	After    string   `json:"after,omitempty"`
}

// ConcernKind says what a concern is about.
type ConcernKind string

// The kinds of concerns.
const (
	ConcernHeld    ConcernKind = "held"    // a change that a guard holds back
	ConcernRefused ConcernKind = "refused" // a page that Intercom does not take as it is
	ConcernFailed  ConcernKind = "failed"  // a URL that could not be read, or a page that could not be sent
)

// Key tells a concern from the others of its source.
func (c Concern) Key() string {
	return string(c.Kind) + pathSeparator + twoKeys(c.ID, c.RemoteID)
}

// Concerns yields what stands of a source, sorted by kind and ID.
func (s *Store) Concerns(source string) iter.Seq2[Concern, error] {
	return scan(s, concerns(source), decodeJSON[Concern])
}

// SetConcerns replaces what stands of a source, in one transaction. What is as it was is
// not written.
func (s *Store) SetConcerns(source string, list []Concern) error {
	before := make(map[string]Concern)
	for c, err := range s.Concerns(source) {
		if err != nil {
			return err
		}
		before[c.Key()] = c
	}
	var changed []Concern
	for _, c := range list {
		if was, known := before[c.Key()]; !known || !reflect.DeepEqual(was, c) {
			changed = append(changed, c)
		}
		delete(before, c.Key())
	}
	writes, err := encodeAll(changed, func(c Concern) (table, string) { return concerns(source), c.Key() })
	if err != nil {
		return fmt.Errorf("record what is held: %w", err)
	}
	for key := range before {
		writes = append(writes, write{concerns(source), key, nil})
	}
	return s.updateAll(writes)
}

func (s *Store) putConcern(source string, c Concern) error {
	writes, err := encodeAll([]Concern{c}, func(c Concern) (table, string) { return concerns(source), c.Key() })
	if err != nil {
		return fmt.Errorf("record what is held: %w", err)
	}
	return s.add(writes...)
}
