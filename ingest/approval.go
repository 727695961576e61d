package ingest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// Approval is what a person was shown and approved. It is not carried out as it stands,
// because the site and Intercom may have changed since. A later run makes a plan of its own
// and makes those of its changes that the approval covers.
type Approval struct {
	Format    int       `json:"fincrawl_plan"` // approvalFormat
	Run       string    `json:"run"`           // ID of the preview that saved it
	Created   time.Time `json:"created"`
	Workspace string    `json:"workspace,omitempty"` // Intercom's ID of the workspace
	// By and Reason say who decided and why, if the person said so in a report.
	By      string           `json:"by,omitempty"`
	Reason  string           `json:"reason,omitempty"`
	Sources []ApprovedSource `json:"sources"`
}

// ApprovedSource is what was approved for one source.
type ApprovedSource struct {
	Name         string       `json:"name"`
	ImportSource SourceChange `json:"import_source"`
	// Deletes is the number of deletes that were shown and not held.
	Deletes int `json:"deletes"`
	// Changes are the changes of the plan that would write something or were held. A held
	// change is approved only where a person set its Approved to true.
	Changes []Change `json:"changes"`
}

// approvalFormat is the version of the file's format.
const approvalFormat = 1

// NewApproval returns an approval without sources.
func NewApproval(run, workspace string, created time.Time) Approval {
	return Approval{Format: approvalFormat, Run: run, Workspace: workspace, Created: created, Sources: []ApprovedSource{}}
}

// Add adds the plan of a source.
func (a *Approval) Add(plan Plan, is SourceChange) {
	s := ApprovedSource{Name: plan.Source, ImportSource: is, Changes: []Change{}}
	for _, c := range plan.Changes {
		if c.Action == Unchanged {
			continue
		}
		if c.Action == Delete {
			s.Deletes++
		}
		if c.Action == Held {
			c.Approved = new(bool)
		}
		s.Changes = append(s.Changes, c)
	}
	a.Sources = append(a.Sources, s)
}

// Decisions returns the approvals of the held changes whose Approved a person set. The
// error names those that no approval can release.
func (s ApprovedSource) Decisions(by string, at time.Time) ([]state.Decision, error) {
	var list []state.Decision
	var mistakes []error
	for _, c := range s.Changes {
		approved, rejected := c.Approved != nil && *c.Approved, c.Verdict == string(state.Reject)
		if c.Action != Held || !approved && !rejected {
			continue
		}
		concern := about(c, state.ConcernHeld, "")
		verdict := state.Approve
		switch {
		case approved && c.Verdict != "":
			mistakes = append(mistakes, fmt.Errorf("%s: it is approved, and its verdict is %q: choose one", concern.URL, c.Verdict))
			continue
		case rejected:
			verdict = state.Reject
		case Releasing(concern.Guards) == Never:
			mistakes = append(mistakes, fmt.Errorf("%s: no approval lets go of what is held by %s", concern.URL, c.Guard))
			continue
		}
		list = append(list, Word(concern, verdict, by, "decided in a saved plan", at))
	}
	return list, errors.Join(mistakes...)
}

// Withdrawals are the pages that a person withdrew, but for those that are withdrawn already.
func (s ApprovedSource) Withdrawals(d Decisions, by string, at time.Time) (list []state.Withdrawal, err error) {
	var mistakes []error
	for _, c := range s.Changes {
		switch {
		case c.Verdict == "" || c.Verdict == string(state.Reject) && c.Action == Held:
			continue
		case c.Verdict != Withdraw:
			mistakes = append(mistakes, fmt.Errorf("%s: the verdict is reject, on what is held, or withdraw, not %q", c.ExternalID, c.Verdict))
			continue
		case c.After == nil && c.Before == nil || c.Unproved || c.Foreign:
			mistakes = append(mistakes, fmt.Errorf("%s: nothing shows that fincrawl sent it: take it out in Intercom", c.ExternalID))
			continue
		}
		page, _ := c.Page()
		if _, out := d.pages[page]; out {
			continue
		}
		v := c.After
		if v == nil {
			v = c.Before
		}
		list = append(list, state.Withdrawal{Page: page, URL: crawler.Address(v.URL), By: by, At: at, Reason: "withdrawn in a saved plan"})
	}
	return list, errors.Join(mistakes...)
}

// Who returns who decided, as the approval says or else by default; nil says nothing.
func (a *Approval) Who(byDefault string) string {
	if a == nil {
		return byDefault
	}
	return cmp.Or(a.By, byDefault)
}

// Write writes the approval as one JSON document.
func (a Approval) Write(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(a)
}

// ReadApproval reads what [Approval.Write] wrote.
func ReadApproval(r io.Reader) (Approval, error) {
	var a Approval
	if err := json.NewDecoder(r).Decode(&a); err != nil {
		return a, fmt.Errorf("it is not a plan that preview --out saved: %w", err)
	}
	switch {
	case a.Format == 0:
		return a, errors.New("it is not a plan that preview --out saved")
	case a.Format != approvalFormat:
		return a, fmt.Errorf("its format is %d, and this fincrawl knows %d: save it again", a.Format, approvalFormat)
	}
	return a, nil
}

// Source returns what was approved for a source.
func (a Approval) Source(name string) (ApprovedSource, bool) {
	i := slices.IndexFunc(a.Sources, func(s ApprovedSource) bool { return s.Name == name })
	if i < 0 {
		return ApprovedSource{}, false
	}
	return a.Sources[i], true
}

// Policy returns p with a guard that holds everything that was not approved. Deletes that
// were shown and not held pass even where the ceilings are lower by now.
func (s ApprovedSource) Policy(p Policy) Policy {
	p.Allow, p.Approved = s.Deletes, &s
	return p
}

// objection returns the guard's check. It holds a page that would be sent with another
// content than was shown, and a delete that was not shown. It holds nothing where s is nil.
func (s *ApprovedSource) objection() func(Change, scene) string {
	if s == nil {
		return func(Change, scene) string { return "" }
	}
	agreed := make(map[[2]string]Change, len(s.Changes))
	for _, c := range s.Changes {
		agreed[c.key()] = c
	}
	return func(c Change, _ scene) string {
		shown := agreed[c.key()]
		switch {
		case shown.Approved != nil && *shown.Approved && shown.Binding() == c.Binding():
			return ""
		case c.Action == Delete && shown.Action == Delete:
			return ""
		case c.Action != Delete && (shown.Action == Create || shown.Action == Update) && shown.After.Hash == c.After.Hash:
			return ""
		}
		return "the approved plan does not have this"
	}
}

// showsHeld returns a check for a guard that judges all changes together. It holds those
// that the plan showed as held by that guard and that nobody approved, so that they are
// held for the reason that was shown.
func (s *ApprovedSource) showsHeld(by Guard) func(Change, scene) string {
	held := make(map[[2]string]Change)
	if s != nil {
		for _, c := range s.Changes {
			if c.Action == Held && c.Guard == by && (c.Approved == nil || !*c.Approved) {
				held[c.key()] = c
			}
		}
	}
	return func(c Change, _ scene) string {
		if shown, ok := held[c.key()]; ok && shown.Binding() == c.Binding() {
			return "the approved plan shows it as held"
		}
		return ""
	}
}

// Check returns an error where the import source would be changed in a way that was not approved.
func (s ApprovedSource) Check(now SourceChange) error {
	same := func(a, b state.ImportSource) bool {
		return a.ID == b.ID && sameAddress(a.URL, b.URL) && sameSet(a.AudienceIDs, b.AudienceIDs)
	}
	asApproved := now.Action == s.ImportSource.Action && now.Activate == s.ImportSource.Activate &&
		same(now.Want, s.ImportSource.Want)
	if asApproved || now.Action == Unchanged && now.Want.ID == s.ImportSource.Want.ID {
		return nil
	}
	return fmt.Errorf("the import source is not as the approved plan has it (%s): save and approve a new plan", now.Reason)
}
