// Package report renders what a run did or would do: as text for a terminal, which a content
// owner reads before a sync, and as one JSON document for programs.
//
// Text from sites and from the API is shown as data: control characters, terminal escapes and
// invisible characters are removed.
package report

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// Run is one invocation.
type Run struct {
	ID        string    `json:"id"`
	Mode      string    `json:"mode"` // preview, sync, resync or lint
	Version   string    `json:"version"`
	Started   time.Time `json:"started"`
	Finished  time.Time `json:"finished,omitzero"`
	ExitCode  int       `json:"exit_code"`
	Workspace string    `json:"workspace,omitempty"` // Intercom's ID of the workspace
	Sources   []Source  `json:"sources"`             // in the order of sources.yaml
	Error     string    `json:"error,omitempty"`     // what ended the run as a whole
	// Orphans are recorded sources that are no longer in sources.yaml.
	Orphans []Orphan `json:"orphans,omitempty"`
}

// Orphan is an import source that no source of sources.yaml feeds any more. Its pages stay until
// a person forgets the source.
type Orphan struct {
	Name           string `json:"name"` // of the former source
	ImportSourceID int64  `json:"import_source_id,omitempty"`
	LibraryURL     string `json:"library_url,omitempty"`
	Pages          int    `json:"pages"`
	SharedWith     string `json:"shared_with,omitempty"` // a source of sources.yaml with the same import source
}

// Source says what a run did to one source.
type Source struct {
	Name         string               `json:"name"`
	URL          string               `json:"url"`
	LibraryURL   string               `json:"library_url"`
	ImportSource *ingest.SourceChange `json:"import_source,omitempty"`
	// Settings are the settings that changed since the source was last read.
	Settings []Setting `json:"settings_changed,omitempty"`
	// Resumed is when the crawl began that this run resumed. It is zero for a crawl of its own.
	Resumed time.Time `json:"resumed,omitzero"`
	// Verification is the result of comparing entries with the library, or nil.
	Verification *verify.Verification `json:"verification,omitempty"`
	// Foreign are the pages of the import source that are not fincrawl's, at the last comparison.
	Foreign state.Foreign `json:"foreign,omitzero"`
	// Counts are the numbers of all changes of the plan, including those that
	// [Run.WithoutUnchanged] removed. Where it is nil, Plan.Changes has all of them.
	Counts map[ingest.Action]int `json:"counts,omitempty"`
	Plan   *ingest.Plan          `json:"plan,omitempty"`   // nil where the run ended before it
	Result *ingest.Result        `json:"result,omitempty"` // nil where the plan was not applied
	// Attention is what the exit code has to report, or nil where the run ended before it.
	Attention *ingest.Attention `json:"attention,omitempty"`
	// Template is what was removed from the pages that were read, or nil.
	Template *Template `json:"template,omitempty"`
	// Phrases are the lines that change with each run, or nil where none are known.
	Phrases *Phrases `json:"volatile_phrases,omitempty"`
	// Advice is about pages that are hard to answer from, sorted by kind.
	Advice  []Advice `json:"advice,omitempty"`
	Error   string   `json:"error,omitempty"` // what ended this source
	Seconds float64  `json:"seconds"`
}

// JSON writes the run as one indented document. The same run gives the same bytes.
func JSON(w io.Writer, run Run) error {
	run.Sources = slices.Clone(run.Sources)
	for i := range run.Sources {
		run.Sources[i].Counts = run.Sources[i].counts()
	}
	if err := WriteJSON(w, struct {
		document
		Run
	}{newDocument(), run}); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// WithoutUnchanged returns the run without its advice and without unchanged changes that have no
// findings. Counts still count them. The result is short enough to be recorded.
func (r Run) WithoutUnchanged() Run {
	r.Sources = slices.Clone(r.Sources)
	for i, s := range r.Sources {
		r.Sources[i].Advice = nil
		if s.Plan == nil {
			continue
		}
		plan := *s.Plan
		plan.Changes = []ingest.Change{}
		for _, c := range s.Plan.Changes {
			if c.Action != ingest.Unchanged || len(c.Findings) > 0 {
				plan.Changes = append(plan.Changes, c)
			}
		}
		r.Sources[i].Plan, r.Sources[i].Counts = &plan, s.counts()
	}
	return r
}

func (s Source) counts() map[ingest.Action]int {
	if s.Counts != nil || s.Plan == nil {
		return s.Counts
	}
	return s.Plan.Counts()
}
