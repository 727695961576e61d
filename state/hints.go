package state

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Hints is what is remembered of how a source was read, and of whether what its site
// says of changes (see [Seen]) can be believed.
type Hints struct {
	// Settings are those the source was last read with, by their key in sources.yaml.
	Settings map[string]string `json:"settings,omitempty"`
	// Version is that of the program that read it.
	Version string `json:"version,omitempty"`
	// Because is what pages lost text for, by a change of settings or of the program, that
	// are still held for it; "" for nothing.
	Because string `json:"because,omitempty"`
	Runs    int    `json:"runs,omitempty"` // since everything was fetched
	// Wrong is a URL that changed though the site said it had not; "" for none since
	// everything was fetched. Nothing the site says of changes is believed until then.
	Wrong string `json:"wrong,omitempty"`
	// Phrases are what changes on pages from run to run, those that are not learnt yet among them.
	Phrases []Phrase `json:"phrases,omitempty"`
}

// Phrase is a line that changes on many pages while nothing around it does.
type Phrase struct {
	Words  []string            `json:"words"`            // that stay, in their order
	Learnt bool                `json:"learnt,omitempty"` // pages that differ in nothing else count as unchanged
	Values map[string][]uint64 `json:"values,omitempty"` // hashes of what the line was, on some pages, by external ID
}

// String is the phrase for people, with a sign for what changes.
func (p Phrase) String() string { return "“… " + strings.Join(p.Words, " … ") + " …”" }

// Hints returns what is remembered for a source; ok is false where it never was read.
func (s *Store) Hints(source string) (h Hints, ok bool, err error) {
	return readOne(s, hints(), source, func(_ string, value []byte) (h Hints, err error) {
		err = json.Unmarshal(value, &h)
		return h, err
	})
}

// SetHints remembers h for a source.
func (s *Store) SetHints(source string, h Hints) error {
	value, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("record how a source was read: %w", err)
	}
	return s.update(write{hints(), source, value}.do)
}
