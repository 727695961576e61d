package state

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// What persons decide outlives the import source and the entries of a source: it is
// forgotten only by [Store.ForgetDecisions].

// Verdict is what a person said to a change that was held.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve" // the next run makes the change
	Reject  Verdict = "reject"  // what was sent stays, without further word
)

// Decision is a person's word on one change that was held. It is bound to that change:
// it says nothing of what the page becomes later.
type Decision struct {
	ExternalID string    `json:"external_id"`
	RemoteID   string    `json:"remote_id,omitempty"` // of a surplus page
	URL        string    `json:"url"`
	Verdict    Verdict   `json:"verdict"`
	Guards     []string  `json:"guards"`          // that held the change
	Change     string    `json:"change"`          // hash of the change that was decided about
	After      string    `json:"after,omitempty"` // fingerprint of the page as it would be sent; "" for a delete
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Reason     string    `json:"reason,omitempty"`
}

func (d Decision) key() string { return twoKeys(d.ExternalID, d.RemoteID) }

// twoKeys is a key of two names, of which the second is mostly "".
func twoKeys(a, b string) string {
	if b == "" {
		return a
	}
	return a + pathSeparator + b
}

// PutDecision records decisions, each replacing the one on the same page.
func (s *Store) PutDecision(source string, list ...Decision) error {
	writes, err := encodeAll(list, func(d Decision) (table, string) { return decisions(source), d.key() })
	if err != nil {
		return fmt.Errorf("record decisions: %w", err)
	}
	return s.updateAll(writes)
}

// Decisions yields the decisions on the changes of a source, sorted by external ID.
func (s *Store) Decisions(source string) iter.Seq2[Decision, error] {
	return scan(s, decisions(source), decodeJSON[Decision])
}

// ForgetDecision removes the decision on a page, if there is one.
func (s *Store) ForgetDecision(source string, d Decision) error {
	return s.updateAll([]write{{decisions(source), d.key(), nil}})
}

// Withdrawal takes a page, or all pages of a source, out from where answers are given,
// until it is restored.
type Withdrawal struct {
	Page   string    `json:"page,omitempty"` // external ID, without the anchor of a part; "" for the whole source
	URL    string    `json:"url,omitempty"`
	Delete bool      `json:"delete,omitempty"` // deleted in Intercom, rather than switched off
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// PutWithdrawal records withdrawals, each replacing the one of the same page.
func (s *Store) PutWithdrawal(source string, list ...Withdrawal) error {
	writes, err := encodeAll(list, func(w Withdrawal) (table, string) { return withdrawals(source), w.key() })
	if err != nil {
		return fmt.Errorf("record withdrawals: %w", err)
	}
	return s.updateAll(writes)
}

// A key must not be empty.
func (w Withdrawal) key() string { return "page" + pathSeparator + w.Page }

// Withdrawals yields what of a source is withdrawn, that of the whole source first.
func (s *Store) Withdrawals(source string) iter.Seq2[Withdrawal, error] {
	return scan(s, withdrawals(source), decodeJSON[Withdrawal])
}

// EndWithdrawal forgets that a page, or with "" the whole source, was withdrawn.
func (s *Store) EndWithdrawal(source, page string) error {
	return s.updateAll([]write{{withdrawals(source), Withdrawal{Page: page}.key(), nil}})
}

// ForgetDecisions removes all that persons decided about a source, and what waits for
// them there.
func (s *Store) ForgetDecisions(source string) error {
	return s.update(func(tx *bbolt.Tx) error { return drop(tx, "decided", source) })
}

func encodeAll[T any](list []T, at func(T) (table, string)) ([]write, error) {
	var writes []write
	for _, v := range list {
		value, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		t, key := at(v)
		writes = append(writes, write{t, key, value})
	}
	return writes, nil
}

func decodeJSON[T any](_ string, value []byte) (v T, err error) {
	err = json.Unmarshal(value, &v)
	return v, err
}

// updateAll writes all of it in one transaction, or nothing.
func (s *Store) updateAll(writes []write) error {
	if len(writes) == 0 {
		return nil
	}
	return s.update(func(tx *bbolt.Tx) error {
		for _, w := range writes {
			if err := w.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// withDecided adds to names of sources those of which only decisions are remembered.
func (s *Store) withDecided(names []string) ([]string, error) {
	err := s.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("decided"))
		if b == nil {
			return nil
		}
		return b.ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	slices.Sort(names)
	return slices.Compact(names), err
}
