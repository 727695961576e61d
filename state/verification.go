package state

import (
	"encoding/json"
	"fmt"
	"time"
)

// Verification is what is remembered of the last time that the entries of a source were
// compared with what Intercom has.
type Verification struct {
	At   time.Time `json:"at,omitzero"`
	Runs int       `json:"runs,omitempty"` // number of runs since then
	// Due says why the next run has to compare again, whatever Runs is. It is "" for no reason.
	Due string `json:"due,omitempty"`
	// After is set where Intercom's listing ends before all pages, and pages are looked up one
	// by one. It is the external ID of the last page that was, or "" where all of them were.
	After string `json:"after,omitempty"`
	// Unlisted reports that the state file was lost and the listing ended before it had all
	// pages. A page without an entry may then be at Intercom.
	Unlisted bool `json:"unlisted,omitempty"`
	// Old reports that the state file is an earlier copy and was not compared since. Pages
	// that it lacks may have been sent after it was made.
	Old bool `json:"old,omitempty"`
	// Foreign are the pages of the import source that are not fincrawl's.
	Foreign Foreign `json:"foreign,omitzero"`
}

func (v Verification) isZero() bool {
	return v.At.IsZero() && v.Runs == 0 && v.Due == "" && v.After == "" && !v.Unlisted && !v.Old && v.Foreign.Pages == 0
}

// Foreign describes the pages of an import source that are not fincrawl's. They are never touched.
type Foreign struct {
	Pages int           `json:"pages"`
	First []ForeignPage `json:"first,omitempty"` // the first of them by external ID
}

// ForeignPage is a page that is not fincrawl's, as Intercom has it.
type ForeignPage struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Title      string `json:"title"`
}

// Verification returns the verification of a source. It is the zero value where the source
// was never verified.
func (s *Store) Verification(source string) (Verification, error) {
	v, _, err := readOne(s, verifications(), source, decodeVerification)
	return v, err
}

// SetVerification records the verification of a source.
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
