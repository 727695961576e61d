package state

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Decisions of people outlive the import source and the entries of a source. Only
// [Store.ForgetDecisions] removes them.

// Verdict is a person's answer to a held change.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve" // the next run makes the change
	Reject  Verdict = "reject"  // the page stays as it was sent, and the change is not reported again
)

// Decision is a person's verdict on one held change. It is bound to that change and does
// not apply to later versions of the page.
type Decision struct {
	ExternalID string    `json:"external_id"`
	RemoteID   string    `json:"remote_id,omitempty"` // set for a surplus page
	URL        string    `json:"url"`
	Verdict    Verdict   `json:"verdict"`
	Guards     []string  `json:"guards"`          // those that held the change
	Change     string    `json:"change"`          // hash of the change
	After      string    `json:"after,omitempty"` // fingerprint of the page as it would be sent; "" for a delete
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Reason     string    `json:"reason,omitempty"`
}

func (d Decision) key() string { return twoKeys(d.ExternalID, d.RemoteID) }

// twoKeys joins two names into one key. The second may be empty.
func twoKeys(a, b string) string {
	if b == "" {
		return a
	}
	return a + pathSeparator + b
}

// PutDecision records decisions. Each replaces an earlier one on the same page.
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

// Withdrawal says that a person took a page, or all pages of a source, out of the
// library. It lasts until the page is restored.
type Withdrawal struct {
	Page   string    `json:"page,omitempty"` // external ID of the whole page, not of a part; "" for the source
	URL    string    `json:"url,omitempty"`
	Delete bool      `json:"delete,omitempty"` // the page is deleted in Intercom instead of switched off
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// PutWithdrawal records withdrawals. Each replaces an earlier one of the same page.
func (s *Store) PutWithdrawal(source string, list ...Withdrawal) error {
	writes, err := encodeAll(list, func(w Withdrawal) (table, string) { return withdrawals(source), w.key() })
	if err != nil {
		return fmt.Errorf("record withdrawals: %w", err)
	}
	return s.updateAll(writes)
}

// key begins with a word because Page may be empty and a key may not.
func (w Withdrawal) key() string { return "page" + pathSeparator + w.Page }

// Withdrawals yields the withdrawals of a source. That of the whole source comes first.
func (s *Store) Withdrawals(source string) iter.Seq2[Withdrawal, error] {
	return scan(s, withdrawals(source), decodeJSON[Withdrawal])
}

// EndWithdrawal removes the withdrawal of a page, or that of the whole source where page is "".
func (s *Store) EndWithdrawal(source, page string) error {
	return s.updateAll([]write{{withdrawals(source), Withdrawal{Page: page}.key(), nil}})
}

// ForgetDecisions removes the decisions, withdrawals and concerns of a source.
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

// updateAll makes all writes in one transaction.
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

// withDecided adds the sources that have nothing but decisions to a list of names.
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
