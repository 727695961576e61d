package report

import (
	"fmt"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// tally counts the pages of a source by what happened to them. Each page is counted once.
type tally struct {
	done      map[ingest.Action]int // acknowledged changes
	left      map[ingest.Action]int // planned changes that were not sent
	failed    int
	refused   int
	held      int
	pending   int // held until another complete crawl
	unchanged int
}

func tallyOf(s Source) tally {
	t := tally{done: map[ingest.Action]int{}, left: map[ingest.Action]int{}}
	counts := s.counts()
	t.held, t.unchanged = counts[ingest.Held], counts[ingest.Unchanged]
	for _, a := range written() {
		t.left[a] = counts[a]
	}
	if s.Plan != nil {
		for _, c := range s.Plan.Changes {
			if c.Pending {
				t.pending++
			}
		}
		t.held -= t.pending
	}
	if s.Result == nil {
		return t
	}
	for _, a := range written() {
		t.done[a] = s.Result.Applied[a]
		t.left[a] -= s.Result.Applied[a]
	}
	for _, f := range s.Result.Failed {
		t.left[f.Action]--
		if f.Refused {
			t.refused++
		} else {
			t.failed++
		}
	}
	return t
}

// written returns the actions that write to the library, in the order of a report.
func written() []ingest.Action { return []ingest.Action{ingest.Create, ingest.Update, ingest.Delete} }

func (t *tally) add(o tally) {
	if t.done == nil {
		t.done, t.left = map[ingest.Action]int{}, map[ingest.Action]int{}
	}
	for _, a := range written() {
		t.done[a] += o.done[a]
		t.left[a] += o.left[a]
	}
	t.failed += o.failed
	t.refused += o.refused
	t.held += o.held
	t.pending += o.pending
	t.unchanged += o.unchanged
}

// String returns a summary such as "1 created, 3 updated, 12 unchanged: 16 pages in all".
func (t tally) String() string {
	var parts []string
	total := 0
	part := func(n int, what string) {
		total += n
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	for _, a := range written() {
		part(t.done[a], past(a))
	}
	for _, a := range written() {
		part(t.left[a], "to "+verb(a))
	}
	part(t.failed, "failed")
	part(t.refused, "refused")
	part(t.held, "held back")
	part(t.pending, "pending")
	part(t.unchanged, "unchanged")
	switch len(parts) {
	case 0:
		return "no pages"
	case 1:
		return parts[0]
	}
	return strings.Join(parts, ", ") + ": " + plural.Count(total, "page") + " in all"
}

// verb returns the verb for an action, and past its past tense.
func verb(a ingest.Action) string {
	switch a {
	case ingest.Create:
		return "create"
	case ingest.Update:
		return "update"
	case ingest.Delete:
		return "delete"
	case ingest.Unchanged:
		return "keep"
	}
	return ""
}

func past(a ingest.Action) string {
	switch a {
	case ingest.Create, ingest.Update, ingest.Delete:
		return verb(a) + "d"
	}
	return ""
}

// Total is how many pages of a source ended in one way, or would.
type Total struct {
	Kind  string `json:"kind"`  // create, update, delete, failed, held, pending or unchanged
	Words string `json:"words"` // such as "3 updated"
	N     int    `json:"n"`
}

// Totals counts each page of a source once; what there is none of is left out.
func (s Source) Totals() []Total {
	t := tallyOf(s)
	totals := []Total{}
	add := func(kind string, n int, what string) {
		if n > 0 {
			totals = append(totals, Total{kind, fmt.Sprintf("%d %s", n, what), n})
		}
	}
	for _, a := range written() {
		add(verb(a), t.done[a], past(a))
		add(verb(a), t.left[a], "to "+verb(a))
	}
	add("failed", t.failed, "failed")
	add("failed", t.refused, "refused")
	add("held", t.held, "held back")
	add("pending", t.pending, "pending")
	add("unchanged", t.unchanged, "unchanged")
	return totals
}

// Said says in words what became of the pages of a source.
func (s Source) Said() string { return tallyOf(s).String() }
