package state

import (
	"fmt"
	"iter"
	"reflect"
	"time"
)

// Concern is something about a source that a person has to look at. It lasts until its cause is gone.
type Concern struct {
	Kind  ConcernKind `json:"kind"`
	ID    string      `json:"id"` // the page's external ID, or the URL that failed
	URL   string      `json:"url"`
	Title string      `json:"title,omitempty"`
	// Sign identifies the concern: where the sign changes, it counts as a new concern.
	Sign   string    `json:"sign"`
	Reason string    `json:"reason,omitempty"` // for people
	Since  time.Time `json:"since"`            // when a run first met it
	// Said is when a run first ended with an exit code because of it. It is zero until then.
	Said time.Time `json:"said,omitzero"`

	// The rest is set for a held change. A decision is bound to it.
	// Of a held change: what a decision on it is bound to.
	RemoteID string   `json:"remote_id,omitempty"` // of a surplus page
	Wants    string   `json:"wants,omitempty"`
	Guards   []string `json:"guards,omitempty"` // those that hold it; the first is the one that reports name
	Change   string   `json:"change,omitempty"`
	After    string   `json:"after,omitempty"`
}

// ConcernKind is a kind of concern.
type ConcernKind string

// The kinds of concerns.
const (
	ConcernHeld    ConcernKind = "held"    // a guard holds a change back
	ConcernRefused ConcernKind = "refused" // Intercom does not accept a page as it is
	ConcernFailed  ConcernKind = "failed"  // a URL could not be read, or a page could not be sent
)

// Key returns a string that is unique among the concerns of a source.
func (c Concern) Key() string {
	return string(c.Kind) + pathSeparator + twoKeys(c.ID, c.RemoteID)
}

// Concerns yields the concerns of a source, sorted by kind and ID.
func (s *Store) Concerns(source string) iter.Seq2[Concern, error] {
	return scan(s, concerns(source), decodeJSON[Concern])
}

// SetConcerns replaces the concerns of a source in one transaction. It writes only those that changed.
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
