package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// Decided is what a person said to a change.
type Decided struct {
	Verdict string `json:"verdict"` // approve, reject or withdraw
	By      string `json:"by"`
	At      string `json:"at"` // as in RFC 3339
	Reason  string `json:"reason,omitempty"`
}

// Withdraw is the verdict on a page that is not to be answered from: see [state.Withdrawal].
const Withdraw = "withdraw"

// Binding is the hash that a decision on a change is bound to: the page, what is to be
// done with it, what it was sent as, what it would be sent as, and the rules for which
// it is held. It says nothing of the guard, which a decision names, nor of the run.
func (c Change) Binding() string {
	wants := c.Action
	if c.Action == Held {
		wants = c.Wants
	}
	var before, after string
	if c.Before != nil {
		before = c.Before.Hash
	}
	if c.After != nil {
		after = c.After.Hash
	}
	h := sha256.New()
	for _, field := range append([]string{c.ExternalID, string(wants), before, after}, c.rules()...) {
		fmt.Fprintf(h, "%d %s\n", len(field), field)
	}
	if c.Surplus {
		fmt.Fprintf(h, "surplus %s\n", c.RemoteID)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// rules are those that speak against publishing the page, sorted.
func (c Change) rules() []string {
	var rules []string
	for _, f := range c.Findings {
		if f.Action == "hold" {
			rules = append(rules, f.Kind+" "+f.Rule)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// Guards are all guards that hold the change: the one that it is named by, and those
// that would hold it too.
func (c Change) Guards() []Guard {
	if c.Guard == "" {
		return nil
	}
	return append([]Guard{c.Guard}, c.Also...)
}

// Asks reports whether the change waits for a person: it is held, and not only until
// the next crawl or as long as its page is, and nobody has said yet that it is to stay so.
func (c Change) Asks() bool {
	return c.Action == Held && !c.Pending && c.Decided == nil && c.Guard != GuardWhole
}

// Decisions are what persons said to the changes of one source. The zero value has none.
type Decisions struct {
	changes map[[2]string]state.Decision
	// pages are those withdrawn, by their external ID; "" for all.
	pages map[string]state.Withdrawal
	// exposed are pages of which what the library has has a credential in it.
	exposed map[string]bool
}

// Exposed returns the decisions with the external IDs of pages to be updated of which
// what the library has now has a credential in it.
func (d Decisions) Exposed(pages map[string]bool) Decisions {
	d.exposed = pages
	return d
}

// Decide returns the decisions with those on held changes added; of two on one page the
// later one counts.
func (d Decisions) Decide(list ...state.Decision) Decisions {
	added := Decisions{changes: make(map[[2]string]state.Decision, len(d.changes)+len(list)), pages: d.pages, exposed: d.exposed}
	for key, one := range d.changes {
		added.changes[key] = one
	}
	for _, one := range list {
		added.changes[[2]string{one.ExternalID, one.RemoteID}] = one
	}
	return added
}

// on returns the decision that is bound to a change, which is not held, if there is one.
// One page that was sent as it was approved is approved still.
func (d Decisions) on(c Change) (state.Decision, bool) {
	one, ok := d.changes[c.key()]
	if !ok {
		return one, false
	}
	sent := c.Action == Unchanged && c.After != nil && one.After != "" && c.After.Hash == one.After && one.Verdict == state.Approve
	return one, one.Change == c.Binding() || sent
}

// approval returns what lets a change pass a guard.
func (d Decisions) approval(c Change, g Guard) (state.Decision, bool) {
	one, ok := d.on(c)
	if !ok || one.Verdict != state.Approve || ReleaseOf(g) == Never {
		return one, false
	}
	// Who agreed to a delete looked at that page: it is none of those that are too many.
	named := c.Action == Delete && (g == GuardCount || g == GuardShare)
	return one, named || slices.Contains(one.Guards, string(g))
}

// approved reports whether a person agreed to a change that some guard would hold.
func (d Decisions) approved(c Change) bool {
	one, ok := d.on(c)
	return ok && one.Verdict == state.Approve
}

// Agreed reports whether somebody agreed to a change of the page that has an external ID,
// or an address: whether it is still that change is for the plan to tell.
func (d Decisions) Agreed(externalID, url string) bool {
	for _, one := range d.changes {
		if one.Verdict == state.Approve && (one.ExternalID == externalID || one.URL == url) {
			return true
		}
	}
	return false
}

// Spent are the decisions on changes that a plan, of a crawl that saw everything, no
// longer has.
func (d Decisions) Spent(plan Plan) (list []state.Decision) {
	spent := make(map[[2]string]state.Decision, len(d.changes))
	for key, one := range d.changes {
		spent[key] = one
	}
	for _, c := range plan.Changes {
		wanted, _ := c.wanted()
		if _, ok := d.on(wanted); ok {
			delete(spent, c.key())
		}
	}
	for _, one := range spent {
		list = append(list, one)
	}
	return list
}

// rejected returns what keeps a held change from being told of again.
func (d Decisions) rejected(c Change) (state.Decision, bool) {
	one, ok := d.on(c)
	return one, ok && one.Verdict == state.Reject
}

func decidedBy(d state.Decision) *Decided {
	return &Decided{Verdict: string(d.Verdict), By: d.By, At: d.At.UTC().Format(time.RFC3339), Reason: d.Reason}
}

// ReleaseOf says how a person may let go of what a guard holds.
func ReleaseOf(g Guard) Release {
	for _, info := range Guards() {
		if info.Name == g {
			return info.Release
		}
	}
	return ByURL
}

// Releasing says how a person may let go of what several guards hold: as the strictest
// of them has it.
func Releasing(guards []string) Release {
	strictest := ByGuard
	for _, g := range guards {
		switch r := ReleaseOf(Guard(g)); {
		case r == Never:
			return Never
		case r == ByURL:
			strictest = ByURL
		}
	}
	return strictest
}

// Choice is which of the held changes of a source a person means.
type Choice struct {
	URLs  []string // each of a page, with all its parts, or an external ID
	Guard Guard    // all that it holds; "" for none
	All   bool
	Keeps bool // what was sent is to stay: that may be said of anything, page by page
}

// Pick returns of what is held what a choice means, and what it means but has to leave
// out: each of those is to be looked at by itself, or can't be let go of at all. URLs
// that nothing is held of are returned too.
func (ch Choice) Pick(held []state.Concern) (picked, left []state.Concern, unknown []string) {
	for _, c := range held {
		if c.Kind != state.ConcernHeld {
			continue
		}
		release := Releasing(c.Guards)
		singly := slices.ContainsFunc(ch.URLs, func(u string) bool { return concerns(c, u) })
		together := ch.All || ch.Guard != "" && slices.Contains(c.Guards, string(ch.Guard))
		switch {
		case singly && (release != Never || ch.Keeps), together && release == ByGuard:
			picked = append(picked, c)
		case singly, together:
			left = append(left, c)
		}
	}
	for _, u := range ch.URLs {
		if !slices.ContainsFunc(held, func(c state.Concern) bool { return c.Kind == state.ConcernHeld && concerns(c, u) }) {
			unknown = append(unknown, u)
		}
	}
	return picked, left, unknown
}

// concerns reports whether a held change is of the page at a URL, or of a part of it.
func concerns(c state.Concern, u string) bool {
	if c.ID == u || c.URL == u {
		return true
	}
	id, address, _ := crawler.CutPart(c.ID, c.URL)
	return id == u || address == u || address == strings.TrimSuffix(u, "#")
}

// Word is a decision on a held change.
func Word(c state.Concern, v state.Verdict, by, reason string, at time.Time) state.Decision {
	return state.Decision{
		ExternalID: c.ID, RemoteID: c.RemoteID, URL: c.URL, Verdict: v, Guards: c.Guards, Change: c.Change, After: c.After,
		By: by, At: at, Reason: reason,
	}
}
