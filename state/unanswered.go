package state

import (
	"iter"
)

// SetUnanswered notes the external IDs of pages that are about to be sent for the first
// time (grouped). Each note goes when the page is acknowledged: see [Store.Acknowledge].
// After a kill, those that are left may be in Intercom although no entry says so.
func (s *Store) SetUnanswered(source string, externalIDs iter.Seq[string]) error {
	for id := range externalIDs {
		if err := s.add(write{unanswered(source), id, []byte{}}); err != nil {
			return err
		}
	}
	return nil
}

// Unanswered yields the external IDs of pages that were sent for the first time, or were
// about to be, and of which Intercom's answer is not known.
func (s *Store) Unanswered(source string) iter.Seq2[string, error] {
	return scan(s, unanswered(source), decodeName)
}

// ForgetUnanswered removes the note of one page, whose outcome is known by now (grouped).
func (s *Store) ForgetUnanswered(source, externalID string) error {
	return s.add(write{unanswered(source), externalID, nil})
}
