package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// Status says how things stand between two runs.
type Status struct {
	State   string         `json:"state"`   // path of the state file
	Runs    []RunStatus    `json:"runs"`    // the last runs, the newest first
	Sources []SourceStatus `json:"sources"` // in the order of sources.yaml
	Orphans []Orphan       `json:"orphans,omitempty"`
	// Running is the process that is writing to the state file now, or nil.
	Running *Holder `json:"running,omitempty"`
	// Workspace is Intercom's ID of the workspace that the pages are in, or "" where it was not recorded.
	Workspace string `json:"workspace,omitempty"`
}

// Holder is a process that holds the state file.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// SourceFailure says why a source could not be read at all, or nothing could be sent to Intercom.
type SourceFailure struct {
	Error string    `json:"error"`
	Run   string    `json:"run"` // ID of the last run
	At    time.Time `json:"at"`
	Since time.Time `json:"since"` // when the first of the failed runs in a row started
	Runs  int       `json:"runs"`
}

// RunStatus says how a run ended. Finished is zero while it runs, and after a kill.
type RunStatus struct {
	ID       string    `json:"id"`
	Mode     string    `json:"mode"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	ExitCode int       `json:"exit_code"`
}

// SourceStatus says how things stand with a source.
type SourceStatus struct {
	Name         string             `json:"name"`
	URL          string             `json:"url"`
	ImportSource ImportSourceStatus `json:"import_source"`
	Pages        int                `json:"pages"`                 // number of recorded pages in the library
	LastSuccess  time.Time          `json:"last_success,omitzero"` // of a run that saw and sent everything
	LastVerified time.Time          `json:"last_verified,omitzero"`
	Failure      *SourceFailure     `json:"failure,omitempty"` // of the last run; nil where it succeeded
	Refused      []RefusedPage      `json:"refused,omitempty"`
	Missing      []MissingPage      `json:"missing,omitempty"` // deletes that wait for confirmation
	// Waiting are the concerns after the last run. Decided are decisions on changes that no run
	// has made yet.
	Waiting   []state.Concern    `json:"waiting,omitempty"`
	Decided   []state.Decision   `json:"decided,omitempty"`
	Withdrawn []state.Withdrawal `json:"withdrawn,omitempty"`
	Drifted   int                `json:"drifted,omitempty"` // pages that changed at Intercom and were not sent again yet
}

// ImportSourceStatus is what is known of an import source.
type ImportSourceStatus struct {
	ID     int64       `json:"id,omitempty"`
	URL    string      `json:"url,omitempty"`
	Status ImportState `json:"status"`
	Online bool        `json:"online"` // Intercom was asked now; otherwise it is what the last run saw
}

// ImportState is the state of an import source.
type ImportState string

// The states of an import source.
const (
	ImportNone        ImportState = "none"        // none is recorded: the next sync finds or creates it
	ImportFound       ImportState = "found"       // it exists and is switched on
	ImportDeactivated ImportState = "deactivated" // it exists and is switched off
	ImportMissing     ImportState = "missing"     // it was deleted in Intercom: the next sync creates it again
)

// RefusedPage is a page that is not sent again because Intercom refused it.
type RefusedPage struct {
	ExternalID string    `json:"external_id"`
	URL        string    `json:"url"`
	Title      string    `json:"title"`
	Status     int       `json:"status"`
	Code       string    `json:"code,omitempty"`
	Message    string    `json:"message"`
	RequestID  string    `json:"request_id,omitempty"`
	At         time.Time `json:"at"`
}

// MissingPage is a page that complete crawls did not find.
type MissingPage struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Title      string `json:"title"`
	Misses     int    `json:"misses"` // number of complete crawls in a row that did
	Of         int    `json:"of"`     // number that is needed to delete it

	Outcome string    `json:"outcome,omitempty"` // outcome of its URL in the last crawl
	Since   time.Time `json:"since,omitzero"`    // when it first had that outcome
}

// StatusJSON writes the status as one indented document.
func StatusJSON(w io.Writer, s Status) error {
	if err := WriteJSON(w, struct {
		document
		Status
	}{newDocument(), s}); err != nil {
		return fmt.Errorf("write status as JSON: %w", err)
	}
	return nil
}

// StatusText writes the status for people.
func StatusText(w io.Writer, s Status, o TextOptions) error {
	p := newPrinter(w, o)
	most := cmp.Or(o.MaxListed, 50)
	if r := s.Running; r != nil {
		p.paragraph(0, 2,
			span{yellow, fmt.Sprintf("Process %d on %s has been at work since %s.", r.PID, r.Host, moment(r.Since))},
			span{dim, "What follows is as it left things so far. " +
				"An interrupt (SIGINT or SIGTERM) ends it, and keeps what it has done."})
		p.blank()
	}
	for _, source := range s.Sources {
		sourceStatus(p, source, most)
	}
	if len(s.Runs) > 0 {
		p.heading("Last runs")
		for i, r := range s.Runs {
			how := span{exitStyle(r), ending(r)}
			if i == 0 && s.Running != nil && r.Finished.IsZero() {
				how = span{plain, "at work"}
			}
			p.paragraph(4, 6, span{dim, moment(r.Started)}, span{plain, r.Mode}, how, span{dim, "· " + r.ID})
		}
		p.paragraph(4, 6, span{yellow, "→"}, span{plain, "what they did: " + p.command("fincrawl history")})
		p.blank()
	}
	orphans(p, s.Orphans)
	where := "state file " + s.State
	if s.Workspace != "" {
		where += fmt.Sprintf(", of Intercom workspace %q", s.Workspace)
	}
	p.paragraph(0, 2, span{dim, where})
	return p.end("status")
}

func sourceStatus(p *printer, s SourceStatus, most int) {
	p.paragraph(0, 2, span{bold, s.Name}, span{plain, "·"}, span{dim, s.URL})
	p.blank()
	importSource(p, s.ImportSource)
	p.field("Pages", span{plain, plural.Count(s.Pages, "page") + " in the library"})
	if s.Drifted > 0 {
		p.field("", span{yellow, plural.Count(s.Drifted, "page") + " found changed in Intercom, and not mended yet"})
	}
	p.field("Success", span{plain, cmp.Or(moment(s.LastSuccess), "none yet")})
	if !s.LastVerified.IsZero() {
		p.field("Compared", span{plain, moment(s.LastVerified) + ", with what Intercom has"})
	}
	p.blank()
	if f := s.Failure; f != nil {
		failed(p, 2, f.Error)
		since := "the last run, " + moment(f.At)
		if f.Runs > 1 {
			since = fmt.Sprintf("since %s, %s", moment(f.Since), plural.Count(f.Runs, "run"))
		}
		p.paragraph(4, 6, span{dim, since + " · " + f.Run})
		p.paragraph(4, 6, span{yellow, "→"}, span{plain, p.command("fincrawl check --online") +
			" tries the token and each login; then " + p.command("fincrawl sync "+Quoted(s.Name))})
		p.blank()
	}
	waiting(p, s, most)
	if n := len(s.Refused); n > 0 {
		p.heading(p.sentence(fmt.Sprintf("Refused by Intercom (%d): not sent again until the page changes, "+
			"or by `fincrawl retry %s`", n, Quoted(s.Name))))
		for _, r := range s.Refused[:min(n, most)] {
			p.title(span{red, "!"}, cmp.Or(r.Title, r.URL))
			p.reasonAndURL(answer(r.Message, r.Status, r.Code, r.RequestID)+" · since "+moment(r.At), r.URL)
		}
		p.more(n - most)
		p.blank()
	}
	if n := len(s.Missing); n > 0 {
		p.heading(fmt.Sprintf("Missing on the site (%d): deleted once that is confirmed", n))
		for _, m := range s.Missing[:min(n, most)] {
			p.title(span{magenta, "?"}, cmp.Or(m.Title, m.URL))
			why := fmt.Sprintf("missing for %d of %d complete crawls", m.Misses, m.Of)
			if m.Outcome != "" {
				why += fmt.Sprintf(" · %s since %s", m.Outcome, moment(m.Since))
			}
			p.reasonAndURL(why, m.URL)
		}
		p.more(n - most)
		p.blank()
	}
}

// waiting lists what waits for a person, each with the command that releases it, and the withdrawals.
func waiting(p *printer, s SourceStatus, most int) {
	for _, kind := range []struct {
		kind    state.ConcernKind
		heading string
	}{
		{state.ConcernHeld, "Held back (%d)"},
		{state.ConcernFailed, "Failed in the last run (%d)"},
	} {
		var list []state.Concern
		for _, c := range s.Waiting {
			if c.Kind == kind.kind {
				list = append(list, c)
			}
		}
		if len(list) == 0 {
			continue
		}
		p.heading(fmt.Sprintf(kind.heading, len(list)))
		for _, c := range list[:min(len(list), most)] {
			p.title(span{magenta, "?"}, cmp.Or(c.Title, c.URL))
			why := c.Reason
			if c.Kind == state.ConcernHeld {
				why = "would " + verb(ingest.Action(c.Wants)) + ": " + why
			}
			p.reasonAndURL(why+" · since "+moment(c.Since), c.URL)
			release(p, s, c)
		}
		p.more(len(list) - most)
		p.blank()
	}
	if n := len(s.Withdrawn); n > 0 {
		p.heading(fmt.Sprintf("Withdrawn (%d): out until they are restored", n))
		for _, w := range s.Withdrawn[:min(n, most)] {
			p.title(span{dim, "·"}, cmp.Or(w.URL, w.Page, "the whole source"))
			p.paragraph(4, 6, span{dim, withdrawn(w)})
			p.paragraph(4, 6, span{yellow, "→"}, span{plain, p.command(restoreCommand(s.Name, w))})
		}
		p.more(n - most)
		p.blank()
	}
}

// release prints the command to look at a page that failed, or to approve a held change. Where a
// person approved the change already, it says so.
func release(p *printer, s SourceStatus, c state.Concern) {
	if c.Kind == state.ConcernFailed {
		p.paragraph(4, 6, span{yellow, "→"}, span{plain, p.command("fincrawl explain --fetch " + Quoted(c.URL))})
		return
	}
	i := slices.IndexFunc(s.Decided, func(d state.Decision) bool {
		return d.ExternalID == c.ID && d.RemoteID == c.RemoteID && d.Change == c.Change
	})
	switch {
	case i >= 0 && s.Decided[i].Verdict == state.Approve:
		p.paragraph(4, 6, span{green, "approved by " + s.Decided[i].By + ": the next sync makes the change"})
	case ingest.Releasing(c.Guards) == ingest.Never:
		p.paragraph(4, 6, span{dim, "no approval releases what is held by " + strings.Join(c.Guards, ", ")})
	default:
		p.paragraph(4, 6, span{yellow, "→"}, span{plain, p.command(DecideCommand("approve", s.Name, c.URL))})
	}
}

func importSource(p *printer, s ImportSourceStatus) {
	what := span{plain, fmt.Sprintf("import source %d, switched on", s.ID)}
	switch s.Status {
	case ImportNone:
		what = span{plain, "no import source yet: the next sync finds or makes it"}
	case ImportDeactivated:
		what = span{yellow, fmt.Sprintf("import source %d is deactivated in Intercom: "+
			"Fin answers from none of its pages", s.ID)}
	case ImportMissing:
		what = span{red, fmt.Sprintf("import source %d was deleted in Intercom: "+
			"the next sync makes it again and sends every page", s.ID)}
	}
	p.field("Library", span{dim, s.URL}, what)
	if !s.Online && s.ID != 0 {
		p.field("", span{dim, "as the last run left it; --online asks Intercom"})
	}
}

func ending(r RunStatus) string {
	if r.Finished.IsZero() {
		return "did not end"
	}
	return fmt.Sprintf("exit code %d after %s", r.ExitCode, r.Finished.Sub(r.Started).Round(time.Second/10))
}

func exitStyle(r RunStatus) style {
	if r.Finished.IsZero() || r.ExitCode != 0 {
		return yellow
	}
	return green
}

// moment formats a time. The zero time is "".
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
