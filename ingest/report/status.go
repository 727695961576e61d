package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Status is how things stand between two runs.
type Status struct {
	State   string         `json:"state"`   // path of the state file
	Runs    []RunStatus    `json:"runs"`    // the last ones, the newest first
	Sources []SourceStatus `json:"sources"` // as in sources.yaml
	Orphans []Orphan       `json:"orphans,omitempty"`
}

// RunStatus is how a run went. Its Finished is zero where it still runs, or was killed.
type RunStatus struct {
	ID       string    `json:"id"`
	Mode     string    `json:"mode"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished,omitzero"`
	ExitCode int       `json:"exit_code"`
}

// SourceStatus is how a source stands.
type SourceStatus struct {
	Name         string             `json:"name"`
	URL          string             `json:"url"`
	ImportSource ImportSourceStatus `json:"import_source"`
	Pages        int                `json:"pages"`                 // that the library has, as recorded
	LastSuccess  time.Time          `json:"last_success,omitzero"` // of a run that saw all of it and sent what it had to
	LastVerified time.Time          `json:"last_verified,omitzero"`
	Refused      []RefusedPage      `json:"refused,omitempty"`
	Missing      []MissingPage      `json:"missing,omitempty"` // deletes that wait to be confirmed
	Drifted      int                `json:"drifted,omitempty"` // pages found changed in Intercom, and not mended yet
}

// ImportSourceStatus is what is known of an import source.
type ImportSourceStatus struct {
	ID     int64       `json:"id,omitempty"`
	URL    string      `json:"url,omitempty"`
	Status ImportState `json:"status"`
	Online bool        `json:"online"` // asked in Intercom just now, rather than as the last run left it
}

// ImportState is how an import source stands.
type ImportState string

// The states of an import source.
const (
	ImportNone        ImportState = "none"        // none recorded: the next sync finds or makes it
	ImportFound       ImportState = "found"       // there, and switched on
	ImportDeactivated ImportState = "deactivated" // there, and switched off
	ImportMissing     ImportState = "missing"     // deleted in Intercom: the next sync makes it again
)

// RefusedPage is a page that rests, since Intercom refused it.
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
	Misses     int    `json:"misses"` // complete crawls in a row
	Of         int    `json:"of"`     // that it takes
}

// StatusJSON writes the status as one indented document.
func StatusJSON(w io.Writer, s Status) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return fmt.Errorf("write status as JSON: %w", err)
	}
	return nil
}

// StatusText writes the status for people.
func StatusText(w io.Writer, s Status, o TextOptions) error {
	p := &printer{w: bufio.NewWriter(w), width: max(40, cmp.Or(o.Width, 100)), color: o.Color}
	most := cmp.Or(o.MaxListed, 50)
	for _, source := range s.Sources {
		sourceStatus(p, source, most)
	}
	if len(s.Runs) > 0 {
		p.heading("Last runs")
		for _, r := range s.Runs {
			p.paragraph(4, 6, span{dim, moment(r.Started)}, span{plain, r.Mode}, span{exitStyle(r), ending(r)}, span{dim, "· " + r.ID})
		}
		p.blank()
	}
	orphans(p, s.Orphans)
	p.paragraph(0, 2, span{dim, "state file " + s.State})
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	return nil
}

func sourceStatus(p *printer, s SourceStatus, most int) {
	p.paragraph(0, 2, span{bold, s.Name}, span{plain, "·"}, span{dim, s.URL})
	p.blank()
	importSource(p, s.ImportSource)
	p.field("Pages", span{plain, count(s.Pages, "page") + " in the library"})
	if s.Drifted > 0 {
		p.field("", span{yellow, count(s.Drifted, "page") + " found changed in Intercom, and not mended yet"})
	}
	p.field("Success", span{plain, cmp.Or(moment(s.LastSuccess), "none yet")})
	if !s.LastVerified.IsZero() {
		p.field("Compared", span{plain, moment(s.LastVerified) + ", with what Intercom has"})
	}
	p.blank()
	if n := len(s.Refused); n > 0 {
		p.heading(fmt.Sprintf("Refused by Intercom (%d): not sent again until the page changes, or by fincrawl retry", n))
		for _, r := range s.Refused[:min(n, most)] {
			p.title(span{red, "!"}, cmp.Or(r.Title, r.URL))
			p.reasonAndURL(answer(r.Message, r.Status, r.Code, r.RequestID)+" · "+moment(r.At), r.URL)
		}
		p.more(n - most)
		p.blank()
	}
	if n := len(s.Missing); n > 0 {
		p.heading(fmt.Sprintf("Missing on the site (%d): deleted once that is confirmed", n))
		for _, m := range s.Missing[:min(n, most)] {
			p.title(span{magenta, "?"}, cmp.Or(m.Title, m.URL))
			p.reasonAndURL(fmt.Sprintf("missing for %d of %d complete crawls", m.Misses, m.Of), m.URL)
		}
		p.more(n - most)
		p.blank()
	}
}

func importSource(p *printer, s ImportSourceStatus) {
	what := span{plain, fmt.Sprintf("import source %d, switched on", s.ID)}
	switch s.Status {
	case ImportNone:
		what = span{plain, "no import source yet: the next sync finds or makes it"}
	case ImportDeactivated:
		what = span{yellow, fmt.Sprintf("import source %d is deactivated in Intercom: Fin answers from none of its pages", s.ID)}
	case ImportMissing:
		what = span{red, fmt.Sprintf("import source %d was deleted in Intercom: the next sync makes it again and sends every page", s.ID)}
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

// moment writes a time; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
