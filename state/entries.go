package state

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// ImportSource is the import source in Intercom that belongs to a source.
type ImportSource struct {
	ID          int64   `json:"id"`
	URL         string  `json:"url"` // library URL
	AudienceIDs []int64 `json:"audience_ids,omitempty"`
	Deactivated bool    `json:"deactivated,omitempty"` // switched off in Intercom, when it was last looked at
}

// ImportSource returns what is remembered for a source; ok is false for nothing.
func (s *Store) ImportSource(source string) (is ImportSource, ok bool, err error) {
	return readOne(s, imports(), source, func(_ string, value []byte) (is ImportSource, err error) {
		err = json.Unmarshal(value, &is)
		return is, err
	})
}

// SetImportSource remembers the import source of a source.
func (s *Store) SetImportSource(source string, is ImportSource) error {
	value, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("record import source: %w", err)
	}
	return s.update(write{imports(), source, value}.do)
}

// Sources returns the names of all sources that something is remembered of, sorted.
func (s *Store) Sources() (names []string, err error) {
	if err := s.group.flush(); err != nil {
		return nil, err
	}
	err = s.view(func(tx *bbolt.Tx) error {
		for is, err := range inOrder(s, tx, imports(), decodeName) {
			if err != nil {
				return err
			}
			names = append(names, is)
		}
		if b := tx.Bucket([]byte("sources")); b != nil {
			return b.ForEachBucket(func(name []byte) error {
				names = append(names, string(name))
				return nil
			})
		}
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

func decodeName(name string, _ []byte) (string, error) { return name, nil }

// Entry is what is remembered of a page that was sent, or that the API refused.
type Entry struct {
	ExternalID string    `json:"external_id"`
	RemoteID   string    `json:"remote_id,omitempty"` // Intercom's ID; "" for a page that was never accepted
	URL        string    `json:"url"`
	Title      string    `json:"title"`
	Hash       string    `json:"hash,omitempty"` // fingerprint of what was accepted; "" where unknown (adopted)
	AIAgent    bool      `json:"ai_agent"`
	AICopilot  bool      `json:"ai_copilot"`
	SentAt     time.Time `json:"sent_at,omitzero"`
	// Misses counts the complete crawls in a row that did not find the page.
	Misses  int      `json:"misses,omitempty"`
	Refused *Refusal `json:"refused,omitempty"`
	// Remote is the hash of what Intercom has of the page; "" where that is not known.
	Remote string `json:"remote,omitempty"`
	// Drift says how the library was found to differ from what was sent; "" where
	// it doesn't, or no more. What Intercom has is then in the other fields, and
	// Hash is "".
	Drift string `json:"drift,omitempty"`
	// Owned says that the page is known to be fincrawl's although it was never sent: it
	// was found in Intercom, and then a crawl saw it, or a person adopted it.
	Owned bool `json:"owned,omitempty"`
	// Sketch is of the text that was accepted, or, of a page that was adopted, of the one
	// that Intercom has.
	Sketch Sketch `json:"sketch,omitzero"`
	// Replaced says that the text took the place of another one, of which little is left. Such
	// texts are counted, so that a notice does not spread over the pages from night to night.
	Replaced bool `json:"replaced,omitempty"`
	// End says how the document of the page ended: see crawler.Page.
	End string `json:"end,omitempty"`
	// Doubted is the version that a guard held until a second look; "" for none.
	Doubted string `json:"doubted,omitempty"`
}

// Ours reports whether the page is known to be fincrawl's: it was sent, or it is Owned.
// One that is neither was only found in Intercom. It may be updated, not deleted.
func (e Entry) Ours() bool { return e.Owned || e.Hash != "" || !e.SentAt.IsZero() }

// Refusal is the API's no to one version of a page, which is not sent again.
type Refusal struct {
	Hash      string    `json:"hash"` // fingerprint of the version refused
	Status    int       `json:"status"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	RequestID string    `json:"request_id,omitempty"`
	At        time.Time `json:"at"`
}

// Entries yields the entries of a source, sorted by external ID. It reads in
// portions, so that writes are not held up; entries written meanwhile may or
// may not be seen.
func (s *Store) Entries(source string) iter.Seq2[Entry, error] {
	return scan(s, entries(source), decodeEntry)
}

// Entry returns one entry; ok is false where there is none.
func (s *Store) Entry(source, externalID string) (e Entry, ok bool, err error) {
	return readOne(s, entries(source), externalID, decodeEntry)
}

// SentMarkdown returns the Markdown of the version that was last accepted; ""
// where it is not known.
func (s *Store) SentMarkdown(source, externalID string) (string, error) {
	text, _, err := s.readText(sent(source), externalID)
	return text, err
}

// PutEntry records an entry as it is and leaves its Markdown alone (grouped).
func (s *Store) PutEntry(source string, e Entry) error {
	value, err := e.encode()
	if err != nil {
		return err
	}
	return s.add(write{entries(source), e.ExternalID, value})
}

// Acknowledge records that the API accepted a staged page: the entry is put, and
// the staged Markdown is the sent one too (grouped, both in one transaction). A note that
// the page is unanswered goes.
// Where none was staged, the Markdown sent before stays only if the entry's hash
// says that it is the same version. Where the texts of other staged pages were sent with
// it, all of them together are the sent one.
func (s *Store) Acknowledge(source string, e Entry, others ...string) error {
	value, err := e.encode()
	if err != nil {
		return err
	}
	writes := []write{{entries(source), e.ExternalID, value}, {unanswered(source), e.ExternalID, nil}}
	var text []byte
	staged := false
	if crawl := s.crawls.get(source); crawl != nil {
		var err error
		if text, staged, err = crawl.readRaw(markdown(source), e.ExternalID); err != nil {
			return err
		}
		if staged && len(others) > 0 {
			if text, err = crawl.joinTexts(source, append([]string{e.ExternalID}, others...)); err != nil {
				return err
			}
		}
	}
	if staged {
		writes = append(writes, write{sent(source), e.ExternalID, text})
	} else {
		before, _, err := s.Entry(source, e.ExternalID)
		if err != nil {
			return err
		}
		if before.Hash != e.Hash {
			writes = append(writes, write{sent(source), e.ExternalID, nil})
		}
	}
	return s.add(writes...)
}

// joinTexts returns the staged Markdown of several pages as one, compressed.
func (s *Store) joinTexts(source string, ids []string) ([]byte, error) {
	var all []string
	for _, id := range ids {
		text, _, err := s.readText(markdown(source), id)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return s.compress(strings.Join(all, "\n\n")), nil
}

// CopyEntries takes the entries of a source over from another store, each with its
// Markdown (grouped).
func (s *Store) CopyEntries(source string, from *Store) error {
	for e, err := range from.Entries(source) {
		if err != nil {
			return err
		}
		value, err := e.encode()
		if err != nil {
			return err
		}
		writes := []write{{entries(source), e.ExternalID, value}}
		text, ok, err := from.readRaw(sent(source), e.ExternalID)
		if err != nil {
			return err
		}
		if ok {
			writes = append(writes, write{sent(source), e.ExternalID, text})
		}
		if err := s.add(writes...); err != nil {
			return err
		}
	}
	return nil
}

// Forget removes an entry with its Markdown (grouped).
func (s *Store) Forget(source, externalID string) error {
	return s.add(write{entries(source), externalID, nil}, write{sent(source), externalID, nil})
}

// ForgetAll removes all that is remembered of a source: its entries, its import
// source, its verification, how its runs went, its template, its crawl and its session.
func (s *Store) ForgetAll(source string) error {
	if err := s.EndCrawl(source); err != nil {
		return err
	}
	return s.update(func(tx *bbolt.Tx) error {
		if err := drop(tx, "sources", source); err != nil {
			return fmt.Errorf("drop entries: %w", err)
		}
		for _, t := range []table{verifications(), healths(), sessions(), hints(), templates(), styleSheets(), imports()} {
			if err := (write{t, source, nil}).do(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e Entry) encode() ([]byte, error) {
	var refused []byte
	if e.Refused != nil {
		var err error
		if refused, err = json.Marshal(e.Refused); err != nil {
			return nil, fmt.Errorf("record refusal of %s: %w", e.ExternalID, err)
		}
	}
	f := make(fields, 0, 256)
	f.text(e.RemoteID)
	f.text(e.URL)
	f.text(e.Title)
	f.text(e.Hash)
	f.flag(e.AIAgent)
	f.flag(e.AICopilot)
	f.time(e.SentAt)
	f.number(int64(e.Misses))
	f.text(string(refused)) // rare: JSON will do
	f.text(e.Remote)
	f.text(e.Drift)
	f.flag(e.Owned)
	f.sketch(e.Sketch)
	f.text(e.Doubted)
	f.text(e.End)
	f.flag(e.Replaced)
	return f, nil
}

func decodeEntry(externalID string, value []byte) (Entry, error) {
	r := read(value)
	e := Entry{
		ExternalID: externalID,
		RemoteID:   r.text(),
		URL:        r.text(),
		Title:      r.text(),
		Hash:       r.text(),
		AIAgent:    r.flag(),
		AICopilot:  r.flag(),
		SentAt:     r.time(),
		Misses:     int(r.number()),
	}
	if refused := r.text(); refused != "" {
		if err := json.Unmarshal([]byte(refused), &e.Refused); err != nil {
			return Entry{}, err
		}
	}
	e.Remote = r.text()
	e.Drift = r.text()
	e.Owned = r.flag()
	e.Sketch = r.sketch()
	e.Doubted = r.text()
	e.End = r.text()
	e.Replaced = r.flag()
	return e, r.err
}
