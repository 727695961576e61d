// Package ingest brings the library in line with what a crawl saw: Plan works
// out the difference as data, Policy holds back what is dangerous, Apply sends
// the rest and records each page after the API acknowledged it.
//
// Plan and Policy are pure: same input, same plan, byte for byte.
package ingest

import (
	"iter"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// Action is what a plan does with a page. Its value is its symbol.
type Action string

// The actions. Every page of a plan has exactly one.
const (
	Create    Action = "+"
	Update    Action = "~"
	Delete    Action = "-"
	Unchanged Action = "="
	Held      Action = "?" // Change.Wants is not done, because of Change.Guard
)

// Guard names what holds a change back.
type Guard string

// The guards.
const (
	GuardCoverage     Guard = "coverage"     // the crawl was not complete
	GuardOwnership    Guard = "ownership"    // not recorded as ours
	GuardConfirmation Guard = "confirmation" // not missing for long enough
	GuardCount        Guard = "count"        // more deletes than deletes.max_count
	GuardShare        Guard = "share"        // more deletes than deletes.max_share
	GuardZeroPages    Guard = "zero-pages"   // the crawl found no page at all
	GuardSize         Guard = "size"         // larger than Intercom takes
	GuardRefused      Guard = "refused"      // this version was refused by the API before
)

// Rests reports whether the guard is about one page that cannot be sent as it
// is, rather than about a danger to the library that a person should judge.
func (g Guard) Rests() bool { return g == GuardRefused || g == GuardSize }

// Version is what of a page is compared and shown.
type Version struct {
	Hash      string `json:"hash,omitempty"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	AIAgent   bool   `json:"ai_agent"`
	AICopilot bool   `json:"ai_copilot"`
}

// Change is one page of a plan.
type Change struct {
	Action     Action   `json:"action"`
	ExternalID string   `json:"external_id"`
	RemoteID   string   `json:"remote_id,omitempty"`
	Before     *Version `json:"before,omitempty"` // as recorded; nil for a page never sent
	After      *Version `json:"after,omitempty"`  // as crawled; nil for a page that was not found
	Reason     string   `json:"reason"`           // for people
	Wants      Action   `json:"wants,omitempty"`  // of a held change: what it would be
	Guard      Guard    `json:"guard,omitempty"`  // of a held change
	// Misses is what to record as Entry.Misses.
	Misses int `json:"misses,omitempty"`
	// Gone: the page's own URL answered 404 or 410, which confirms its absence.
	Gone bool `json:"gone,omitempty"`
}

// Plan is what one run would do to one source's pages.
type Plan struct {
	Source   string           `json:"source"`
	Coverage crawler.Coverage `json:"coverage"`
	Changes  []Change         `json:"changes"` // sorted by external ID
}

// Inputs are what a plan is worked out from.
type Inputs struct {
	Source   string
	Coverage crawler.Coverage
	Pages    iter.Seq2[state.Staged, error] // what was crawled, sorted by external ID
	Entries  iter.Seq2[state.Entry, error]  // what was sent, sorted by external ID
	// Outcome says how the crawl of a URL ended; ok is false where it was never
	// discovered.
	Outcome func(url string) (o crawler.Outcome, detail string, ok bool, err error)
	// Resend makes an update of every page that would be unchanged.
	Resend bool
}

// NewPlan works out the difference between what was crawled and what was sent.
// A page that was not found becomes a delete, whatever the coverage: holding it
// back is the Policy's. A page whose own URL could not be read stays unchanged.
// The error is one that the inputs gave.
func NewPlan(in Inputs) (Plan, error) { panic("not yet") }

// Counts returns how many changes have each action.
func (p Plan) Counts() map[Action]int { panic("not yet") }
