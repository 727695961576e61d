package state

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"
)

// An export is JSON lines. Each line is one record of a kind:
//
//	{"kind":"fincrawl-state","version":1}                             the first line
//	{"kind":"workspace","workspace":"ab12cd34"}                       Intercom's ID of the workspace, where known
//	{"kind":"import_source","source":"wiki","import_source":{…}}
//	{"kind":"verification","source":"wiki","verification":{…}}
//	{"kind":"health","source":"wiki","health":{…}}                     how its runs went
//	{"kind":"template","source":"wiki","template":{…}}
//	{"kind":"entry","source":"wiki","entry":{…},"markdown":"…"}        the Markdown as sent, where known
//	{"kind":"trail","source":"wiki","trail":{…}}                       the outcomes of a URL
//	{"kind":"decision","source":"wiki","decision":{…}}                 a person's word on a held change
//	{"kind":"withdrawal","source":"wiki","withdrawal":{…}}
//	{"kind":"concern","source":"wiki","concern":{…}}                   something that a person has to look at
//	{"kind":"run","run":{…}}
//	{"kind":"end","records":7}                                        the last line, with the number of records
//
// The first and the last line do not count as records. Crawls in progress and sessions
// of logins are not exported.
type exported struct {
	Kind         string        `json:"kind"`
	Version      int           `json:"version,omitempty"`
	Workspace    string        `json:"workspace,omitempty"`
	Source       string        `json:"source,omitempty"`
	ImportSource *ImportSource `json:"import_source,omitempty"`
	Verification *Verification `json:"verification,omitempty"`
	Health       *Health       `json:"health,omitempty"`
	Template     *Template     `json:"template,omitempty"`
	Entry        *Entry        `json:"entry,omitempty"`
	Markdown     string        `json:"markdown,omitempty"`
	Trail        *Trail        `json:"trail,omitempty"`
	Decision     *Decision     `json:"decision,omitempty"`
	Withdrawal   *Withdrawal   `json:"withdrawal,omitempty"`
	Concern      *Concern      `json:"concern,omitempty"`
	Run          *exportedRun  `json:"run,omitempty"`
	Records      *int          `json:"records,omitempty"`
}

// exportedRun is a Run whose summary is plain JSON instead of base64.
type exportedRun struct {
	ID       string          `json:"id"`
	Mode     string          `json:"mode"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished,omitzero"`
	ExitCode int             `json:"exit_code"`
	Summary  json.RawMessage `json:"summary,omitempty"`
}

const (
	exportVersion = 1

	kindHead         = "fincrawl-state"
	kindWorkspace    = "workspace"
	kindImportSource = "import_source"
	kindVerification = "verification"
	kindHealth       = "health"
	kindTemplate     = "template"
	kindEntry        = "entry"
	kindTrail        = "trail"
	kindDecision     = "decision"
	kindWithdrawal   = "withdrawal"
	kindConcern      = "concern"
	kindRun          = "run"
	kindEnd          = "end"
)

// Export writes the state as JSON lines. The same state gives the same bytes.
func (s *Store) Export(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	n := 0
	for e, err := range s.exported() {
		if err != nil {
			return err
		}
		n++
		if err := encoder.Encode(e); err != nil {
			return fmt.Errorf("export the state: %w", err)
		}
	}
	n-- // the first line does not count
	if err := errors.Join(encoder.Encode(exported{Kind: kindEnd, Records: &n}), buffered.Flush()); err != nil {
		return fmt.Errorf("export the state: %w", err)
	}
	return nil
}

func (s *Store) exported() iter.Seq2[exported, error] {
	return func(yield func(exported, error) bool) {
		if !yield(exported{Kind: kindHead, Version: exportVersion}, nil) {
			return
		}
		workspace, err := s.Workspace()
		if err != nil || workspace != "" && !yield(exported{Kind: kindWorkspace, Workspace: workspace}, nil) {
			yieldError(yield, err)
			return
		}
		names, err := s.Sources()
		if err == nil {
			names, err = s.withDecided(names)
		}
		if err != nil {
			yield(exported{}, err)
			return
		}
		for _, name := range names {
			for e, err := range s.exportedSource(name) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
		runs, err := s.Runs()
		if err != nil {
			yield(exported{}, err)
			return
		}
		slices.Reverse(runs) // the oldest first
		for _, r := range runs {
			run := exportedRun{r.ID, r.Mode, r.Started, r.Finished, r.ExitCode, r.Summary}
			if !yield(exported{Kind: kindRun, Run: &run}, nil) {
				return
			}
		}
	}
}

func (s *Store) exportedSource(name string) iter.Seq2[exported, error] {
	return func(yield func(exported, error) bool) {
		is, ok, err := s.ImportSource(name)
		if err != nil || ok && !yield(exported{Kind: kindImportSource, Source: name, ImportSource: &is}, nil) {
			yieldError(yield, err)
			return
		}
		v, err := s.Verification(name)
		if err != nil || !v.isZero() && !yield(exported{Kind: kindVerification, Source: name, Verification: &v}, nil) {
			yieldError(yield, err)
			return
		}
		h, err := s.Health(name)
		if err != nil || !h.isZero() && !yield(exported{Kind: kindHealth, Source: name, Health: &h}, nil) {
			yieldError(yield, err)
			return
		}
		t, ok, err := s.Template(name)
		if err != nil || ok && !yield(exported{Kind: kindTemplate, Source: name, Template: &t}, nil) {
			yieldError(yield, err)
			return
		}
		for e, err := range s.Entries(name) {
			var text string
			if err == nil {
				text, err = s.SentMarkdown(name, e.ExternalID)
			}
			if err != nil || !yield(exported{Kind: kindEntry, Source: name, Entry: &e, Markdown: text}, nil) {
				yieldError(yield, err)
				return
			}
		}
		for t, err := range s.Trails(name) {
			if err != nil || !yield(exported{Kind: kindTrail, Source: name, Trail: &t}, nil) {
				yieldError(yield, err)
				return
			}
		}
		for d, err := range s.Decisions(name) {
			if err != nil || !yield(exported{Kind: kindDecision, Source: name, Decision: &d}, nil) {
				yieldError(yield, err)
				return
			}
		}
		for w, err := range s.Withdrawals(name) {
			if err != nil || !yield(exported{Kind: kindWithdrawal, Source: name, Withdrawal: &w}, nil) {
				yieldError(yield, err)
				return
			}
		}
		for c, err := range s.Concerns(name) {
			if err != nil || !yield(exported{Kind: kindConcern, Source: name, Concern: &c}, nil) {
				yieldError(yield, err)
				return
			}
		}
	}
}

func yieldError(yield func(exported, error) bool, err error) {
	if err != nil {
		yield(exported{}, err)
	}
}

// Import creates a state file at path from an export. It reads and checks all of the
// export before it replaces the file. With force it also replaces a file that is not
// empty. The next run compares the imported state with what Intercom has.
func Import(r io.Reader, path string, force bool) (err error) {
	target, err := openToWrite(path, 0, true) // takes the lock
	if err != nil && !(force && errors.Is(err, ErrCorrupt)) {
		return err
	}
	if target != nil {
		defer func() { err = errors.Join(err, target.Close()) }()
		target.note = announce(path)
		empty, err := target.empty()
		if err != nil {
			return err
		}
		if !empty && !force {
			return fmt.Errorf("import into %s: it remembers something already; back it up, then say --force to replace it", path)
		}
	}
	return replace(path, func(temporary string) error {
		s, err := openToWrite(temporary, 0, true)
		if err != nil {
			return err
		}
		return errors.Join(s.importAll(r), s.Close())
	})
}

func (s *Store) empty() (bool, error) {
	names, err := s.Sources()
	if err != nil {
		return false, err
	}
	runs, err := s.Runs()
	return len(names) == 0 && len(runs) == 0, err
}

// maxLine is the largest length of a line. The Markdown of a page is on one line.
const maxLine = 256 << 20

func (s *Store) importAll(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n, ended := 0, false
	for ; lines.Scan(); n++ {
		if ended {
			return fmt.Errorf("import, line %d: there is more after the end", n+1)
		}
		e, err := parseLine(lines.Bytes())
		if err == nil && (n == 0) != (e.Kind == kindHead) {
			err = errors.New(`an export begins with one line of the kind "fincrawl-state"`)
		}
		if err == nil {
			ended = e.Kind == kindEnd
			err = s.importRecord(e, n-1)
		}
		if err != nil {
			return fmt.Errorf("import, line %d: %w", n+1, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("import, line %d: %w", n+1, err)
	}
	if !ended {
		return fmt.Errorf("import: it is cut off after %d lines", n)
	}
	return errors.Join(s.Doubt("the state was imported"), s.Flush())
}

func parseLine(line []byte) (exported, error) {
	var e exported
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		return e, err
	}
	if decoder.More() {
		return e, errors.New("more than one record")
	}
	return e, nil
}

// importRecord imports one record. records is how many came before it, without the first line.
func (s *Store) importRecord(e exported, records int) error {
	switch e.Kind {
	case kindHead:
		if e.Version != exportVersion {
			return fmt.Errorf("version %d of the export, and this fincrawl knows %d", e.Version, exportVersion)
		}
		return nil
	case kindEnd:
		if e.Records == nil || *e.Records != records {
			return fmt.Errorf("%d records came before the end, and it names another number", records)
		}
		return nil
	case kindRun:
		if e.Run == nil || e.Run.ID == "" {
			return errors.New("a run without an id")
		}
		return s.PutRun(Run{e.Run.ID, e.Run.Mode, e.Run.Started, e.Run.Finished, e.Run.ExitCode, e.Run.Summary})
	}
	if e.Kind == kindWorkspace && e.Workspace != "" {
		return s.SetWorkspace(e.Workspace)
	}
	if e.Source == "" {
		return fmt.Errorf("a record of the kind %q without a source", e.Kind)
	}
	switch {
	case e.Kind == kindImportSource && e.ImportSource != nil && e.ImportSource.ID > 0:
		return s.SetImportSource(e.Source, *e.ImportSource)
	case e.Kind == kindVerification && e.Verification != nil:
		return s.SetVerification(e.Source, *e.Verification)
	case e.Kind == kindHealth && e.Health != nil:
		return s.SetHealth(e.Source, *e.Health)
	case e.Kind == kindTemplate && e.Template != nil:
		return s.SetTemplate(e.Source, *e.Template)
	case e.Kind == kindEntry && e.Entry != nil && e.Entry.ExternalID != "":
		return s.importEntry(e.Source, *e.Entry, e.Markdown)
	case e.Kind == kindDecision && e.Decision != nil && e.Decision.ExternalID != "":
		return s.PutDecision(e.Source, *e.Decision)
	case e.Kind == kindWithdrawal && e.Withdrawal != nil:
		return s.PutWithdrawal(e.Source, *e.Withdrawal)
	case e.Kind == kindConcern && e.Concern != nil && e.Concern.ID != "":
		return s.putConcern(e.Source, *e.Concern)
	case e.Kind == kindTrail && e.Trail != nil && e.Trail.URL != "" && len(e.Trail.Earlier) <= EarlierKept:
		return s.add(write{trails(e.Source), e.Trail.URL, e.Trail.encode()})
	}
	return fmt.Errorf("a record of the kind %q that is not whole, or that this fincrawl doesn't know", e.Kind)
}

func (s *Store) importEntry(source string, e Entry, text string) error {
	switch _, there, err := s.Entry(source, e.ExternalID); {
	case err != nil:
		return err
	case there:
		return fmt.Errorf("a second entry of %s in %s", e.ExternalID, source)
	}
	value, err := e.encode()
	if err != nil {
		return err
	}
	writes := []write{{entries(source), e.ExternalID, value}}
	if text != "" {
		writes = append(writes, write{sent(source), e.ExternalID, s.compress(text)})
	}
	return s.add(writes...)
}
