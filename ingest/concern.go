package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// Concerns returns what a person has to look at in a run's plan and result. That is neither a
// change that waits for confirmation nor one that a person decided on.
func Concerns(plan Plan, result Result) []state.Concern {
	refused := make(map[string]bool)
	for _, f := range result.Failed {
		refused[f.ExternalID] = f.Refused
	}
	var list []state.Concern
	for _, c := range plan.Changes {
		switch failed, known := refused[c.ExternalID]; {
		case c.Guard == GuardApproval: // concerns this run only
		case c.Asks() && c.Guard.Rests(), known && failed && !c.Surplus:
			list = append(list, about(c, state.ConcernRefused, cmp.Or(afterHash(c), c.Binding())))
		case c.Asks():
			list = append(list, about(c, state.ConcernHeld, holdSign(c)))
		}
	}
	for _, f := range result.Failed {
		if !f.Refused {
			list = append(list, state.Concern{Kind: state.ConcernFailed, ID: f.ExternalID, URL: f.URL,
				Sign: fmt.Sprintf("sent %s %d %s", f.Action, f.Status, f.Code), Reason: f.Message})
		}
	}
	return list
}

// FailedToRead returns the concern about a URL that could not be read.
func FailedToRead(url string, o crawler.Outcome, detail string) state.Concern {
	return state.Concern{Kind: state.ConcernFailed, ID: url, URL: url, Sign: "read " + string(o),
		Reason: strings.TrimSpace(string(o) + " " + detail)}
}

func about(c Change, kind state.ConcernKind, sign string) state.Concern {
	v := cmp.Or(c.After, c.Before)
	concern := state.Concern{Kind: kind, ID: c.ExternalID, URL: v.URL, Title: v.Title, Sign: sign, Reason: c.Reason}
	if kind != state.ConcernHeld {
		return concern
	}
	concern.Wants, concern.Change, concern.After = string(c.Wants), c.Binding(), afterHash(c)
	for _, g := range c.Guards() {
		concern.Guards = append(concern.Guards, string(g))
	}
	if c.Surplus {
		concern.RemoteID = c.RemoteID
	}
	return concern
}

func afterHash(c Change) string {
	if c.After == nil {
		return ""
	}
	return c.After.Hash
}

// holdSign identifies a held change from run to run: by what would be done, the guard that
// holds it, and the rules with what they found. The rest of the text may change meanwhile.
func holdSign(c Change) string {
	signs := []string{string(c.Wants), string(c.Guard)}
	for _, f := range c.Findings {
		if f.Action != "hold" {
			continue
		}
		sign := f.Kind + " " + f.Rule
		if f.Kind != "shrunk" { // its excerpt has numbers that change
			sign += " " + f.Excerpt
		}
		signs = append(signs, sign)
	}
	slices.Sort(signs[2:])
	return strings.Join(slices.Compact(signs), "\n")
}

// Attention summarises the concerns that a run's exit code has to report.
type Attention struct {
	New      int `json:"new"`      // concerns that were not there at the end of an earlier run
	Due      int `json:"due"`      // concerns whose last report is so long ago that they are reported again
	Standing int `json:"standing"` // concerns that were reported and are not due
	// Held and Failed divide those that are new or due into held changes and the rest.
	Held   int `json:"held"`
	Failed int `json:"failed"`
	// Always describes, for people, what is reported by every run. It is mostly empty.
	Always []string `json:"always,omitempty"`
	// Secret reports whether a credential is in the library already. Every run reports that.
	Secret bool `json:"secret,omitempty"`
}

// Remember compares the concerns of this run with those of the run before. It keeps when each
// began and when it was last reported, and counts what has to be reported now. remind is the
// time after which a concern is reported again.
func Remember(now, before []state.Concern, at time.Time, remind time.Duration) ([]state.Concern, Attention) {
	known := make(map[string]state.Concern, len(before))
	for _, c := range before {
		known[c.Key()] = c
	}
	var a Attention
	list := make([]state.Concern, 0, len(now))
	for _, c := range now {
		was, ok := known[c.Key()]
		if same := ok && was.Sign == c.Sign; same {
			c.Since, c.Said = was.Since, was.Said
		} else {
			c.Since = at
		}
		switch {
		case c.Said.IsZero():
			a.New++
		case !at.Before(c.Said.Add(remind)):
			a.Due++
		default:
			a.Standing++
			list = append(list, c)
			continue
		}
		if c.Kind == state.ConcernHeld {
			a.Held++
		} else {
			a.Failed++
		}
		list = append(list, c)
	}
	return list, a
}

// Said returns the concerns with at as the time of their last report, for those that were new or due.
func Said(list []state.Concern, at time.Time, remind time.Duration) []state.Concern {
	list = slices.Clone(list)
	for i, c := range list {
		if c.Said.IsZero() || !at.Before(c.Said.Add(remind)) {
			list[i].Said = at
		}
	}
	return list
}

// nextToNothing is the smallest share of the pages in the library that a crawl has to read.
// A crawl that reads fewer is reported.
const nextToNothing = 0.25

// NeverQuiet returns what every run has to report about a plan, however long it lasts.
func NeverQuiet(plan Plan) (always []string, secret bool) {
	read := plan.Coverage.Outcomes[crawler.Paged] + plan.Coverage.Outcomes[crawler.NotModified]
	recorded := 0
	live := 0
	for _, c := range plan.Changes {
		if c.RemoteID != "" && !c.Surplus && c.Decided == nil {
			if _, anchor := c.Page(); anchor == "" {
				recorded++
			}
		}
		if c.Live {
			live++
		}
	}
	switch thin := isThin(plan.Coverage); {
	case plan.Coverage.Partial && plan.Coverage.Ended == "":
	case plan.Coverage.Ended != "":
		always = append(always, "the crawl ended before it was through: "+plan.Coverage.Ended)
	case read == 0:
		always = append(always, "the crawl found no page at all")
	case thin != "":
		always = append(always, thin)
	case float64(read) < nextToNothing*float64(recorded):
		always = append(always,
			fmt.Sprintf("the crawl read %s, and the library has %d", plural.Count(read, "page"), recorded))
	}
	if live > 0 {
		always = append(always, plural.Count(live, "page")+" with a credential in the library already")
	}
	return always, live > 0
}
