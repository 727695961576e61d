package ingest

import (
	"context"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// Library is the part of the API that Apply needs; *intercom.Client has it.
type Library interface {
	UpsertPage(ctx context.Context, p intercom.PageRequest) (intercom.ExternalPage, error)
	DeletePage(ctx context.Context, id string) error
}

// Ledger is where Apply records what the API acknowledged; *state.Store has it.
type Ledger interface {
	Entry(source, externalID string) (state.Entry, bool, error)
	PutEntry(source string, e state.Entry) error
	Acknowledge(source string, e state.Entry) error
	Forget(source, externalID string) error
	Flush() error
}

// Bodies gives the text of staged pages; *state.Crawl has it.
type Bodies interface {
	Body(externalID string) (b state.Body, ok bool, err error)
}

// Target is where a plan is applied.
type Target struct {
	SourceID int64 // import source
	Locale   string
	Library  Library
	Ledger   Ledger
	Bodies   Bodies
	Workers  int                   // requests in flight
	Now      func() time.Time      // for Entry.SentAt
	Progress func(done, total int) // one at a time; may be nil
}

// Result is what became of a plan.
type Result struct {
	Applied map[Action]int `json:"applied"`          // acknowledged, by action
	Failed  []Failure      `json:"failed,omitempty"` // sorted by external ID
}

// Failure is a change that was not acknowledged.
type Failure struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Action     Action `json:"action"`
	Refused    bool   `json:"refused"` // rests until the page changes; else it is tried again by the next run
	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message"`
	RequestID  string `json:"request_id,omitempty"`
}

// Apply sends the creates and updates of a plan, then its deletes, by a pool of
// workers, and records each once the API acknowledged it; then it records the
// misses of a complete crawl. A page that is refused or fails does not stop the
// others. An error ends it: the context's, the ledger's, or a fatal one of the
// API; what was acknowledged until then is recorded, and in the Result.
func Apply(ctx context.Context, plan Plan, t Target) (Result, error) { panic("not yet") }
