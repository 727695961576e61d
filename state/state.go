// Package state keeps what fincrawl must remember between runs, in one bbolt
// file: the import source of each source, an [Entry] for each page that was
// sent, with its Markdown, the crawl in progress (frontier and staged pages),
// and the last runs.
//
// Writes that a run makes by the thousand (acknowledgements, staged pages, the
// frontier) are grouped: they return at once, are visible to reads of the same
// Store at once, and reach the disk together within [Linger] or when [Store.Flush]
// returns. An error of such a write is returned by the next write or Flush.
// The rest is on disk when its call returns.
package state

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// Linger is how long a grouped write may wait for company.
const Linger = 200 * time.Millisecond

// SchemaVersion is the layout this program writes. A file of an older one is
// migrated when it is opened for writing; a newer one is refused.
const SchemaVersion = 1

// Errors of Open, to be matched with errors.Is.
var (
	ErrNewerSchema = errors.New("state file was written by a newer fincrawl")
	ErrCorrupt     = errors.New("state file is damaged")
)

// LockedError is a state file that another process holds.
type LockedError struct {
	Path  string
	PID   int       // 0 where it could not be found out
	Host  string    // host name of that process
	Since time.Time // its start of holding; zero where unknown
}

func (e *LockedError) Error() string { return fmt.Sprintf("state file %s is in use", e.Path) }

// Options say how a state file is opened.
type Options struct {
	// ReadOnly never writes to the file, nor beside it; a file that does not
	// exist then reads as an empty store.
	ReadOnly bool
	// Wait is how long to wait for another process to let go of the file.
	Wait time.Duration
}

// Store is an open state file. It is safe for use by several goroutines.
type Store struct{}

// Open opens or creates the state file at path. The error is a *LockedError
// where another process holds it, wraps ErrNewerSchema or ErrCorrupt where that
// is so, and says what to do.
func Open(path string, o Options) (*Store, error) { panic("not yet") }

// OpenTemporary opens a store of its own in the system's folder for temporary
// files, which Close removes: a preview stages its pages there.
func OpenTemporary() (*Store, error) { panic("not yet") }

// Flush returns when every grouped write made before is on disk.
func (s *Store) Flush() error { panic("not yet") }

// Close flushes and closes the file.
func (s *Store) Close() error { panic("not yet") }

// ImportSource is the import source in Intercom that belongs to a source.
type ImportSource struct {
	ID          int64   `json:"id"`
	URL         string  `json:"url"` // library URL
	AudienceIDs []int64 `json:"audience_ids,omitempty"`
}

// ImportSource returns what is remembered for a source; ok is false for nothing.
func (s *Store) ImportSource(source string) (is ImportSource, ok bool, err error) {
	panic("not yet")
}

// SetImportSource remembers the import source of a source.
func (s *Store) SetImportSource(source string, is ImportSource) error { panic("not yet") }

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
}

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
func (s *Store) Entries(source string) iter.Seq2[Entry, error] { panic("not yet") }

// Entry returns one entry; ok is false where there is none.
func (s *Store) Entry(source, externalID string) (e Entry, ok bool, err error) { panic("not yet") }

// SentMarkdown returns the Markdown of the version that was last accepted; ""
// where it is not known.
func (s *Store) SentMarkdown(source, externalID string) (string, error) { panic("not yet") }

// PutEntry records an entry as it is and leaves its Markdown alone (grouped).
func (s *Store) PutEntry(source string, e Entry) error { panic("not yet") }

// Acknowledge records that the API accepted a staged page: the entry is put, and
// the staged Markdown becomes the sent one (grouped, both in one transaction).
func (s *Store) Acknowledge(source string, e Entry) error { panic("not yet") }

// Forget removes an entry with its Markdown (grouped).
func (s *Store) Forget(source, externalID string) error { panic("not yet") }

// ForgetAll removes all entries of a source, its import source and its crawl.
func (s *Store) ForgetAll(source string) error { panic("not yet") }
