package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
)

// changes lists the changes of a plan by action. It leaves out those that failed, which have a
// list of their own.
func changes(p *printer, s Source, o TextOptions) error {
	groups := map[ingest.Action][]ingest.Change{}
	failed := failedChanges(s)
	for _, c := range s.Plan.Changes {
		isListed := c.Action != ingest.Unchanged || o.Verbose || len(c.Findings) > 0
		if isListed && !failed[failedChange{c.ExternalID, c.Surplus}] {
			groups[c.Action] = append(groups[c.Action], c)
		}
	}
	for _, a := range []ingest.Action{ingest.Create, ingest.Update, ingest.Delete, ingest.Held, ingest.Unchanged} {
		group := groups[a]
		if len(group) == 0 {
			continue
		}
		if a == ingest.Unchanged && !o.Verbose {
			p.heading(fmt.Sprintf("Unchanged, with findings (%d)", len(group)))
		} else {
			if a == ingest.Held {
				p.heading(headingOfHeld(group))
			} else {
				p.heading(headingOf(a, len(group), s.Result))
			}
		}
		listed := group[:min(len(group), o.MaxListed)]
		for _, c := range listed {
			item(p, c)
			if c.Action == ingest.Update && o.Texts != nil {
				before, after, err := o.Texts(s.Name, c.ExternalID)
				if err != nil {
					return fmt.Errorf("read the texts of %s: %w", c.ExternalID, err)
				}
				difference(p, before, after, o.MaxDiffLines)
			}
		}
		p.more(len(group) - len(listed))
		p.blank()
	}
	return nil
}

// failedChange identifies a failed change. A surplus page has the external ID of another page.
type failedChange struct {
	externalID string
	surplus    bool
}

func failedChanges(s Source) map[failedChange]bool {
	failed := map[failedChange]bool{}
	if s.Result != nil {
		for _, f := range s.Result.Failed {
			failed[failedChange{f.ExternalID, f.Surplus}] = true
		}
	}
	return failed
}

// headingOf returns the heading for changes of one action. It says whether they were made.
func headingOf(a ingest.Action, n int, r *ingest.Result) string {
	done := 0
	if r != nil {
		done = r.Applied[a]
	}
	var what string
	switch {
	case a == ingest.Held:
		what = "Held back"
	case a == ingest.Unchanged:
		what = "Unchanged"
	case done == n:
		what = strings.ToUpper(past(a)[:1]) + past(a)[1:]
	case done > 0:
		return fmt.Sprintf("To %s (%d, of which %d done)", verb(a), n, done)
	default:
		what = "To " + verb(a)
	}
	return fmt.Sprintf("%s (%d)", what, n)
}

// headingOfHeld returns the heading for held changes. It counts those that wait for a person apart.
func headingOfHeld(group []ingest.Change) string {
	pending, decided := 0, 0
	for _, c := range group {
		switch {
		case c.Pending:
			pending++
		case c.Decided != nil:
			decided++
		}
	}
	var parts []string
	if n := len(group) - pending - decided; n > 0 {
		parts = append(parts, fmt.Sprintf("Held back (%d)", n))
	}
	if pending > 0 {
		parts = append(parts, fmt.Sprintf("Pending (%d): another complete crawl decides", pending))
	}
	if decided > 0 {
		parts = append(parts, fmt.Sprintf("Kept back as you decided (%d)", decided))
	}
	return strings.Join(parts, " · ")
}

// item prints one change: its title, its reason and its URL.
func item(p *printer, c ingest.Change) {
	seen := shown(c)
	p.title(span{colorOf(c.Action), string(c.Action)}, seen.Title)
	why := c.Reason
	if c.Action == ingest.Held {
		why = "would " + verb(c.Wants) + ": " + why
	}
	if c.Since != "" {
		why += "; held since " + c.Since
	}
	if d := c.Decided; d != nil && d.Verdict != ingest.Withdraw {
		why += fmt.Sprintf("; %s by %s", map[string]string{"approve": "approved", "reject": "rejected"}[d.Verdict], d.By)
	}
	p.reasonAndURL(why, seen.URL)
	findings(p, c.Findings)
	if c.Before == nil || c.After == nil {
		return
	}
	if c.Before.Title != c.After.Title {
		p.paragraph(4, 6, span{dim, "the title was:"}, span{plain, c.Before.Title})
	}
	if c.Before.URL != c.After.URL {
		p.paragraph(4, 6, span{dim, "the URL was:"}, span{plain, c.Before.URL})
	}
}

// shown returns the version whose title and URL name the page.
func shown(c ingest.Change) ingest.Version {
	v := ingest.Version{URL: c.ExternalID}
	switch {
	case c.After != nil:
		v = *c.After
	case c.Before != nil:
		v = *c.Before
	}
	if v.Title == "" {
		v.Title = v.URL
	}
	return v
}

func colorOf(a ingest.Action) style {
	switch a {
	case ingest.Create:
		return green
	case ingest.Update:
		return yellow
	case ingest.Delete:
		return red
	case ingest.Held:
		return magenta
	}
	return dim
}

// failures lists the changes that failed and those that the API refused, with its answers.
func failures(p *printer, s Source, o TextOptions) {
	if s.Result == nil {
		return
	}
	for _, refused := range []bool{false, true} {
		group := slices.DeleteFunc(slices.Clone(s.Result.Failed),
			func(f ingest.Failure) bool { return f.Refused != refused })
		if len(group) == 0 {
			continue
		}
		heading := "Failed (%d): the next run tries again"
		if refused {
			heading = "Refused by Intercom (%d): not sent again until the page changes"
		}
		p.heading(fmt.Sprintf(heading, len(group)))
		listed := group[:min(len(group), o.MaxListed)]
		for _, f := range listed {
			p.title(span{red, "!"}, titleOf(s.Plan, f))
			p.reasonAndURL(Answer(f), f.URL)
		}
		p.more(len(group) - len(listed))
		p.blank()
	}
}

func titleOf(plan *ingest.Plan, f ingest.Failure) string {
	if plan != nil {
		i, found := slices.BinarySearchFunc(plan.Changes, f.ExternalID, func(c ingest.Change, id string) int {
			return strings.Compare(c.ExternalID, id)
		})
		if found {
			return shown(plan.Changes[i]).Title
		}
	}
	return f.URL
}

// Answer returns the API's answer and the request ID, which Intercom's support asks for.
func Answer(f ingest.Failure) string {
	return verb(f.Action) + ": " + answer(f.Message, f.Status, f.Code, f.RequestID)
}

func answer(message string, code int, name, requestID string) string {
	var status, request string
	if code != 0 {
		status = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", code, name))
	}
	if requestID != "" {
		request = "request " + requestID
	}
	return join(" · ", message, status, request)
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}
