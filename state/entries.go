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

// ImportSource is the import source at Intercom that belongs to a source.
type ImportSource struct {
	ID          int64   `json:"id"`
	URL         string  `json:"url"` // library URL
	AudienceIDs []int64 `json:"audience_ids,omitempty"`
	Deactivated bool    `json:"deactivated,omitempty"` // it was switched off at Intercom when it was last read
}

// ImportSource returns the import source of a source. ok is false where none is recorded.
func (s *Store) ImportSource(source string) (is ImportSource, ok bool, err error) {
	return readOne(s, imports(), source, func(_ string, value []byte) (is ImportSource, err error) {
		err = json.Unmarshal(value, &is)
		return is, err
	})
}

// SetImportSource records the import source of a source.
func (s *Store) SetImportSource(source string, is ImportSource) error {
	value, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("record import source: %w", err)
	}
	return s.update(write{imports(), source, value}.do)
}

// Sources returns the sorted names of all sources that have an import source or records of their own.
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

// Entry is what state remembers of a page that was sent, or that the API refused.
type Entry struct {
	ExternalID string    `json:"external_id"`
	RemoteID   string    `json:"remote_id,omitempty"` // Intercom's ID; "" for a page that was never accepted
	URL        string    `json:"url"`
	Title      string    `json:"title"`
	Hash       string    `json:"hash,omitempty"` // fingerprint of what was accepted; "" where unknown (adopted)
	AIAgent    bool      `json:"ai_agent"`
	AICopilot  bool      `json:"ai_copilot"`
	SentAt     time.Time `json:"sent_at,omitzero"`
	// Misses is the number of complete crawls in a row that did not find the page.
	Misses  int      `json:"misses,omitempty"`
	Refused *Refusal `json:"refused,omitempty"`
	// Remote is the hash of the page as Intercom has it, or "" where that is not known.
	Remote string `json:"remote,omitempty"`
	// Drift describes how the page at Intercom differs from what was sent, or is "" where
	// it does not. With a drift, the other fields describe the page at Intercom and Hash is "".
	Drift string `json:"drift,omitempty"`
	// Owned reports whether the page is known to be fincrawl's although this state never
	// sent it: it was found at Intercom, and a crawl saw it or a person adopted it.
	Owned bool `json:"owned,omitempty"`
	// Sketch is the sketch of the text that was accepted. For an adopted page it is that of
	// the text at Intercom.
	Sketch Sketch `json:"sketch,omitzero"`
	// Replaced reports whether the text replaced one of which little is left. Such pages are
	// counted, so that an error notice cannot spread over the pages night by night.
	Replaced bool `json:"replaced,omitempty"`
	// End is how the document of the page ended: see crawler.Page.
	End string `json:"end,omitempty"`
	// Doubted is the version that a guard holds until a second crawl confirms it, or "".
	Doubted string `json:"doubted,omitempty"`
}

// Ours reports whether the page is known to be fincrawl's: it was sent, or it is Owned.
// A page that is neither was only found at Intercom. It may be updated but not deleted.
func (e Entry) Ours() bool { return e.Owned || e.Hash != "" || !e.SentAt.IsZero() }

// Refusal records that the API refused one version of a page. That version is not sent again.
type Refusal struct {
	Hash      string    `json:"hash"` // fingerprint of the version refused
	Status    int       `json:"status"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	RequestID string    `json:"request_id,omitempty"`
	At        time.Time `json:"at"`
}

// Entries yields the entries of a source, sorted by external ID. It reads them in
// portions so that it does not block writes. It may or may not yield entries that are
// written meanwhile.
func (s *Store) Entries(source string) iter.Seq2[Entry, error] {
	return scan(s, entries(source), decodeEntry)
}

// Entry returns one entry. ok is false where there is none.
func (s *Store) Entry(source, externalID string) (e Entry, ok bool, err error) {
	return readOne(s, entries(source), externalID, decodeEntry)
}

// SentMarkdown returns the Markdown of the version that was last accepted, or "" where
// it is not known.
func (s *Store) SentMarkdown(source, externalID string) (string, error) {
	text, _, err := s.readText(sent(source), externalID)
	return text, err
}

// PutEntry records an entry and leaves its Markdown as it is (grouped).
func (s *Store) PutEntry(source string, e Entry) error {
	value, err := e.encode()
	if err != nil {
		return err
	}
	return s.add(write{entries(source), e.ExternalID, value})
}

// Acknowledge records that the API accepted a staged page (grouped). In one transaction
// it puts the entry, makes the staged Markdown the sent one, and removes the note that
// the page is unanswered.
//
// Where no text was staged, the Markdown that was sent earlier stays if the entry's hash
// is the same. others are staged pages whose texts were sent together with this one;
// the texts of all of them are then joined.
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

// joinTexts returns the staged Markdown of several pages as one compressed text.
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

// CopyEntries copies the entries of a source and their Markdown from another store (grouped).
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

// Forget removes an entry and its Markdown (grouped).
func (s *Store) Forget(source, externalID string) error {
	return s.add(write{entries(source), externalID, nil}, write{sent(source), externalID, nil})
}

// ForgetAll removes everything that is remembered of a source, except what people decided
// (see [Store.ForgetDecisions]).
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
	f.text(string(refused)) // refusals are rare, so JSON is fast enough
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
