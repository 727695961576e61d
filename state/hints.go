package state

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Hints is what is remembered of how a source was read, and whether the site's word on
// what changed (see [Seen]) can be trusted.
type Hints struct {
	// Settings are the settings of the last reading, by their key in sources.yaml.
	Settings map[string]string `json:"settings,omitempty"`
	// Version is the version of the program that read the source.
	Version string `json:"version,omitempty"`
	// Because names the change of settings or of the program by which pages lost text. It is
	// "" once none of them is held any more.
	Because string `json:"because,omitempty"`
	Runs    int    `json:"runs,omitempty"` // number of runs since everything was fetched
	// Wrong is a URL that changed although the site said it had not, or "". Until everything
	// was fetched again, the site's word on changes is then ignored.
	Wrong string `json:"wrong,omitempty"`
	// Cursor is where the source's next list of changes begins, or "".
	Cursor string `json:"cursor,omitempty"`
	// Phrases are the lines that change on pages from run to run, learnt or not.
	Phrases []Phrase `json:"phrases,omitempty"`
}

// Phrase is a line that changes on many pages while the text around it does not.
type Phrase struct {
	Words  []string            `json:"words"`            // the words that stay, in order
	Learnt bool                `json:"learnt,omitempty"` // pages that differ only in such lines count as unchanged
	Values map[string][]uint64 `json:"values,omitempty"` // hashes of the line on some pages, by external ID
}

// String returns the phrase for people, with an ellipsis for what changes.
func (p Phrase) String() string { return "“… " + strings.Join(p.Words, " … ") + " …”" }

// Hints returns the hints of a source. ok is false where the source was never read.
func (s *Store) Hints(source string) (h Hints, ok bool, err error) {
	return readOne(s, hints(), source, func(_ string, value []byte) (h Hints, err error) {
		err = json.Unmarshal(value, &h)
		return h, err
	})
}

// SetHints records the hints of a source.
func (s *Store) SetHints(source string, h Hints) error {
	value, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("record how a source was read: %w", err)
	}
	return s.update(write{hints(), source, value}.do)
}
