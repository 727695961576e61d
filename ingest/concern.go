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

// Concerns are what of a run's plan and result asks for a person. A change that waits to
// be confirmed does not, and neither does one about which somebody has decided.
func Concerns(plan Plan, result Result) []state.Concern {
	refused := make(map[string]bool)
	for _, f := range result.Failed {
		refused[f.ExternalID] = f.Refused
	}
	var list []state.Concern
	for _, c := range plan.Changes {
		switch failed, known := refused[c.ExternalID]; {
		case c.Guard == GuardApproval: // of this run alone
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

// FailedToRead is the concern about a URL that could not be read.
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

// holdSign is what a hold is known by from night to night: what would be done, by which
// guard it is held, and for which rules, with what they found. The rest of the text may
// change meanwhile.
func holdSign(c Change) string {
	signs := []string{string(c.Wants), string(c.Guard)}
	for _, f := range c.Findings {
		if f.Action != "hold" {
			continue
		}
		sign := f.Kind + " " + f.Rule
		if f.Kind != "shrunk" { // whose excerpt has numbers
			sign += " " + f.Excerpt
		}
		signs = append(signs, sign)
	}
	slices.Sort(signs[2:])
	return strings.Join(slices.Compact(signs), "\n")
}

// Attention is what of a run's concerns is to be told by its exit code.
type Attention struct {
	New      int `json:"new"`      // that stood at the end of no earlier run
	Due      int `json:"due"`      // that were told of so long ago that it is time again
	Standing int `json:"standing"` // that were told of
	// Held and Failed count, of those new and due, what is held and the others.
	Held   int `json:"held"`
	Failed int `json:"failed"`
	// Always says what never goes quiet, for people; none mostly.
	Always []string `json:"always,omitempty"`
	// Secret: a credential is in the library already, which is among what never goes quiet.
	Secret bool `json:"secret,omitempty"`
}

// Remember compares what stands now with what stood at the end of the run before: it
// keeps since when, and when it was told of last, and counts what is to be told now.
// remind is after how long a concern is told of again.
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

// Said returns the concerns with a note that those which were due have been told of.
func Said(list []state.Concern, at time.Time, remind time.Duration) []state.Concern {
	list = slices.Clone(list)
	for i, c := range list {
		if c.Said.IsZero() || !at.Before(c.Said.Add(remind)) {
			list[i].Said = at
		}
	}
	return list
}

// nextToNothing is the share of the pages that the library has of a source of which a
// crawl that read fewer has read next to nothing.
const nextToNothing = 0.25

// NeverQuiet says what of a plan is told of by every run, however long it stands.
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
		always = append(always, fmt.Sprintf("the crawl read %s, and the library has %d", plural.Count(read, "page"), recorded))
	}
	if live > 0 {
		always = append(always, plural.Count(live, "page")+" with a credential in the library already")
	}
	return always, live > 0
}
