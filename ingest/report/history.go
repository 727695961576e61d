package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// Document is something that a command prints, either as JSON or as text for people.
type Document interface {
	WriteJSON(w io.Writer) error
	WriteText(w io.Writer, o TextOptions) error
}

// WriteJSON writes the run as [JSON] does.
func (r Run) WriteJSON(w io.Writer) error { return JSON(w, r) }

// WriteText writes the run as [Text] does.
func (r Run) WriteText(w io.Writer, o TextOptions) error { return Text(w, r, o) }

// History has the recorded runs, the newest first.
type History struct {
	Runs []PastRun `json:"runs"`
}

// PastRun is a recorded run with what it changed.
type PastRun struct {
	RunStatus
	Error   string       `json:"error,omitempty"`
	Sources []PastSource `json:"sources,omitempty"` // empty where the run did not end
}

// PastSource says what a run did to a source.
type PastSource struct {
	Name     string                `json:"name"`
	Applied  map[ingest.Action]int `json:"applied,omitempty"` // number of acknowledged changes
	Failed   int                   `json:"failed,omitempty"`
	Complete bool                  `json:"complete"` // the crawl was complete
	Error    string                `json:"error,omitempty"`

	said string
}

// NewPastSource returns the summary of one source of a run.
func NewPastSource(s Source) PastSource {
	complete := s.Plan != nil && s.Plan.Coverage.Complete
	p := PastSource{Name: s.Name, Error: s.Error, Complete: complete, said: tallyOf(s).String()}
	if s.Result != nil {
		p.Applied, p.Failed = s.Result.Applied, len(s.Result.Failed)
	}
	return p
}

// Said is the summary of what the run did to the source, in words.
func (p PastSource) Said() string { return p.said }

// PageHistory says what runs did with a page, the newest first.
type PageHistory struct {
	Source  string       `json:"source"`
	URL     string       `json:"url"`
	Runs    int          `json:"runs"` // number of recorded runs
	Changes []PastChange `json:"changes"`
}

// PastChange is a change that a run made to a page, or that it held.
type PastChange struct {
	Run    RunStatus     `json:"run"`
	Change ingest.Change `json:"change"`
	Failed string        `json:"failed,omitempty"` // why it failed
}

// NewPastChange returns the change that a run made to a page.
func NewPastChange(run RunStatus, s Source, c ingest.Change) PastChange {
	p := PastChange{Run: run, Change: c}
	if s.Result != nil {
		i := slices.IndexFunc(s.Result.Failed, func(f ingest.Failure) bool {
			return f.ExternalID == c.ExternalID && f.Surplus == c.Surplus
		})
		if i >= 0 {
			p.Failed = Answer(s.Result.Failed[i])
		}
	}
	return p
}

// WriteJSON writes the history as one indented document.
func (h History) WriteJSON(w io.Writer) error {
	return WriteJSON(w, struct {
		document
		History
	}{newDocument(), h})
}

// WriteJSON writes the history of a page as one indented document.
func (h PageHistory) WriteJSON(w io.Writer) error {
	return WriteJSON(w, struct {
		document
		PageHistory
	}{newDocument(), h})
}

// WriteText writes the history for people.
func (h History) WriteText(w io.Writer, o TextOptions) error {
	p := newPrinter(w, o)
	for _, r := range h.Runs {
		p.paragraph(0, 2, span{bold, r.ID}, span{plain, r.Mode}, span{exitStyle(r.RunStatus), ending(r.RunStatus)})
		if r.Error != "" {
			failed(p, 2, r.Error)
		}
		for _, s := range r.Sources {
			p.paragraph(2, 4, span{plain, s.Name + ":"}, span{dim, s.said})
			if s.Error != "" {
				failed(p, 4, s.Error)
			}
		}
	}
	if len(h.Runs) == 0 {
		p.paragraph(0, 2, span{plain, "No run is remembered yet."})
	}
	p.blank()
	p.paragraph(0, 2, span{dim, p.sentence("What a run did to each page: `fincrawl history RUN`. " +
		"What became of a page: `fincrawl history URL`.")})
	return p.end("history")
}

// WriteText writes the history of a page for people.
func (h PageHistory) WriteText(w io.Writer, o TextOptions) error {
	p := newPrinter(w, o)
	p.paragraph(0, 2, span{bold, h.URL}, span{dim, "· " + h.Source})
	p.blank()
	for _, c := range h.Changes {
		what, s := past(c.Change.Action), colorOf(c.Change.Action)
		switch {
		case c.Failed != "":
			what, s = "failed to "+c.Failed, red
		case c.Change.Action == ingest.Held:
			what = "held back, would " + verb(c.Change.Wants)
		}
		p.paragraph(2, 4, span{dim, moment(c.Run.Started)}, span{s, what},
			span{plain, "· " + c.Change.Reason}, span{dim, "· " + c.Run.ID})
		if v := cmp.Or(c.Change.After, c.Change.Before); v != nil && v.Title != "" {
			p.paragraph(4, 6, span{plain, v.Title})
		}
	}
	if len(h.Changes) == 0 {
		p.paragraph(2, 4, span{plain, fmt.Sprintf("No run that is remembered changed it (%s).", plural.Count(h.Runs, "run"))})
	}
	p.blank()
	p.paragraph(0, 2, span{dim, p.sentence("Why it is as it is now: `fincrawl explain " + Quoted(h.URL) + "`.")})
	return p.end("history")
}

func newPrinter(w io.Writer, o TextOptions) *printer {
	return &printer{w: bufio.NewWriter(w), width: max(40, cmp.Or(o.Width, 100)), color: o.Color, config: o.Config}
}

// end flushes the printer. The error names what was written.
func (p *printer) end(what string) error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", what, err)
	}
	return nil
}
