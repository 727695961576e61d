package state

import (
	"iter"
)

// SetUnanswered records the external IDs of pages that are about to be sent for the first
// time (grouped). [Store.Acknowledge] removes each one. After a kill, the pages that are
// left may be at Intercom although they have no entry.
func (s *Store) SetUnanswered(source string, externalIDs iter.Seq[string]) error {
	for id := range externalIDs {
		if err := s.add(write{unanswered(source), id, []byte{}}); err != nil {
			return err
		}
	}
	return nil
}

// Unanswered yields the external IDs of pages that were or were about to be sent for the
// first time, and whose answer is not known.
func (s *Store) Unanswered(source string) iter.Seq2[string, error] {
	return scan(s, unanswered(source), decodeName)
}

// ForgetUnanswered removes one such ID, once the answer is known (grouped).
func (s *Store) ForgetUnanswered(source, externalID string) error {
	return s.add(write{unanswered(source), externalID, nil})
}
