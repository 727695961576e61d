package state

import (
	"encoding/json"
	"fmt"
	"time"
)

// Verification is what is remembered of the last comparison of a source's entries
// with what Intercom has.
type Verification struct {
	At   time.Time `json:"at,omitzero"`
	Runs int       `json:"runs,omitempty"` // runs since then
	// Due says why the next run should compare again, however many there were; ""
	// for no reason.
	Due string `json:"due,omitempty"`
	// After is the external ID up to which pages were looked at one by one, where Intercom's
	// listing ends before them all; "" where nothing is left to look at.
	After string `json:"after,omitempty"`
	// Unlisted says that the state file was lost, and that the listing ended before it had all
	// pages: one that is not recorded may be in Intercom all the same.
	Unlisted bool `json:"unlisted,omitempty"`
	// Old says that the state file is a copy of an earlier day, and that nothing was compared
	// since: pages that it does not have may have been sent after that day.
	Old bool `json:"old,omitempty"`
	// Foreign are the pages of the import source that are not fincrawl's.
	Foreign Foreign `json:"foreign,omitzero"`
}

func (v Verification) isZero() bool {
	return v.At.IsZero() && v.Runs == 0 && v.Due == "" && v.After == "" && !v.Unlisted && !v.Old && v.Foreign.Pages == 0
}

// Foreign says which pages of an import source are not fincrawl's, and are never touched.
type Foreign struct {
	Pages int           `json:"pages"`
	First []ForeignPage `json:"first,omitempty"` // some of them, by external ID
}

// ForeignPage is one of them, as it is in Intercom.
type ForeignPage struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Title      string `json:"title"`
}

// Verification returns what is remembered for a source; zero where it never was
// verified.
func (s *Store) Verification(source string) (Verification, error) {
	v, _, err := readOne(s, verifications(), source, decodeVerification)
	return v, err
}

// SetVerification remembers v for a source.
func (s *Store) SetVerification(source string, v Verification) error {
	value, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("record verification: %w", err)
	}
	return s.update(write{verifications(), source, value}.do)
}

func decodeVerification(_ string, value []byte) (v Verification, err error) {
	err = json.Unmarshal(value, &v)
	return v, err
}
