// Package report renders what a run did, or would do: as text for a terminal,
// where a content owner reads it before letting it happen, and as one JSON
// document for programs.
//
// What sites and the API say is shown as data: control characters, terminal
// escapes and invisible characters are taken out on the way.
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
	Workspace string    `json:"workspace,omitempty"` // Intercom's ID of it
	Sources   []Source  `json:"sources"`             // as in sources.yaml
	Error     string    `json:"error,omitempty"`     // what ended the run, beyond one source
	// Orphans are what is recorded of sources that are no longer in sources.yaml.
	Orphans []Orphan `json:"orphans,omitempty"`
}

// Orphan is an import source that no source of sources.yaml feeds any more. Its pages
// stay as they are until it is forgotten.
type Orphan struct {
	Name           string `json:"name"` // of the source, when there was one
	ImportSourceID int64  `json:"import_source_id,omitempty"`
	LibraryURL     string `json:"library_url,omitempty"`
	Pages          int    `json:"pages"`
	SharedWith     string `json:"shared_with,omitempty"` // a source of sources.yaml that has the same import source
}

// Source is what a run did to one source.
type Source struct {
	Name         string               `json:"name"`
	URL          string               `json:"url"`
	LibraryURL   string               `json:"library_url"`
	ImportSource *ingest.SourceChange `json:"import_source,omitempty"`
	// Settings are those that changed since the source was last read.
	Settings []Setting `json:"settings_changed,omitempty"`
	// Resumed is when the crawl began that this run went on with; zero where it made its own.
	Resumed time.Time `json:"resumed,omitzero"`
	// Verification is what a comparison with the library found; nil: there was none.
	Verification *verify.Verification `json:"verification,omitempty"`
	// Foreign are the pages of the import source that are not fincrawl's, when it was compared last.
	Foreign state.Foreign `json:"foreign,omitzero"`
	// Counts are those of all changes of the plan, also of those that
	// [Run.WithoutUnchanged] left out; nil: count Plan.Changes.
	Counts map[ingest.Action]int `json:"counts,omitempty"`
	Plan   *ingest.Plan          `json:"plan,omitempty"`   // nil: it didn't come to that
	Result *ingest.Result        `json:"result,omitempty"` // nil: not applied
	// Attention is what of this is to be told by the exit code; nil: it didn't come to that.
	Attention *ingest.Attention `json:"attention,omitempty"`
	// Template is what was left out of the pages that were read; nil: nothing was.
	Template *Template `json:"template,omitempty"`
	// Phrases are what changes on pages with each run, and is no change; nil: nothing is known.
	Phrases *Phrases `json:"volatile_phrases,omitempty"`
	// Advice is about pages that are poor to answer from, sorted by kind.
	Advice  []Advice `json:"advice,omitempty"`
	Error   string   `json:"error,omitempty"` // what ended this source
	Seconds float64  `json:"seconds"`
}

// JSON writes the run as one indented document, the same bytes for the same run.
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

// WithoutUnchanged returns the run without its advice and the changes that change
// nothing and have no findings, which its Counts still count: short enough to be
// remembered.
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
