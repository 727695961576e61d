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

// Decided is a person's verdict on a change.
type Decided struct {
	Verdict string `json:"verdict"` // approve, reject or withdraw
	By      string `json:"by"`
	At      string `json:"at"` // RFC 3339
	Reason  string `json:"reason,omitempty"`
}

// Withdraw is the verdict on a page that a person took out of the library: see [state.Withdrawal].
const Withdraw = "withdraw"

// Binding returns the hash that a decision on a change is bound to. It covers the page, the
// action, the hashes of the page as it was and would be sent, and the rules for which it is
// held. It covers neither the guard, which a decision names, nor the run.
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

// rules returns the sorted rules that object to publishing the page.
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

// Guards returns all guards that hold the change. The first is the one that reports name.
func (c Change) Guards() []Guard {
	if c.Guard == "" {
		return nil
	}
	return append([]Guard{c.Guard}, c.Also...)
}

// Asks reports whether the change waits for a person: it is held, neither the next crawl nor
// its page will release it, and nobody rejected it yet.
func (c Change) Asks() bool {
	return c.Action == Held && !c.Pending && c.Decided == nil && c.Guard != GuardWhole
}

// Decisions are people's decisions on the changes of one source. The zero value has none.
type Decisions struct {
	changes map[[2]string]state.Decision
	// pages are the withdrawals by external ID. That of the whole source is under "".
	pages map[string]state.Withdrawal
	// exposed has the external IDs of pages whose version in the library contains a credential.
	exposed map[string]bool
}

// Exposed returns the decisions with the external IDs of pages whose version in the library
// contains a credential.
func (d Decisions) Exposed(pages map[string]bool) Decisions {
	d.exposed = pages
	return d
}

// Decide returns the decisions with those on held changes added. A later decision replaces an
// earlier one on the same page.
func (d Decisions) Decide(list ...state.Decision) Decisions {
	added := Decisions{
		changes: make(map[[2]string]state.Decision, len(d.changes)+len(list)), pages: d.pages, exposed: d.exposed,
	}
	for key, one := range d.changes {
		added.changes[key] = one
	}
	for _, one := range list {
		added.changes[[2]string{one.ExternalID, one.RemoteID}] = one
	}
	return added
}

// on returns the decision that is bound to a change before guards held it. A page that was
// sent as approved stays approved.
func (d Decisions) on(c Change) (state.Decision, bool) {
	one, ok := d.changes[c.key()]
	if !ok {
		return one, false
	}
	sent := c.Action == Unchanged && c.After != nil && one.After != "" && c.After.Hash == one.After &&
		one.Verdict == state.Approve
	return one, one.Change == c.Binding() || sent
}

// approval returns the decision by which a change passes a guard.
func (d Decisions) approval(c Change, g Guard) (state.Decision, bool) {
	one, ok := d.on(c)
	if !ok || one.Verdict != state.Approve || ReleaseOf(g) == Never {
		return one, false
	}
	// Whoever approved a delete looked at that page, so the ceilings do not apply to it.
	named := c.Action == Delete && (g == GuardCount || g == GuardShare)
	return one, named || slices.Contains(one.Guards, string(g))
}

// approved reports whether a person approved a change, whichever guard would hold it.
func (d Decisions) approved(c Change) bool {
	one, ok := d.on(c)
	return ok && one.Verdict == state.Approve
}

// Agreed reports whether a person approved a change of the page with the given external ID
// or URL. Only the plan can tell whether it is still the same change.
func (d Decisions) Agreed(externalID, url string) bool {
	for _, one := range d.changes {
		if one.Verdict == state.Approve && (one.ExternalID == externalID || one.URL == url) {
			return true
		}
	}
	return false
}

// Spent returns the decisions on changes that are not in plan any more. The crawl of the plan
// has to be complete.
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

// rejected returns the decision by which a held change is not reported again.
func (d Decisions) rejected(c Change) (state.Decision, bool) {
	one, ok := d.on(c)
	return one, ok && one.Verdict == state.Reject
}

func decidedBy(d state.Decision) *Decided {
	return &Decided{Verdict: string(d.Verdict), By: d.By, At: d.At.UTC().Format(time.RFC3339), Reason: d.Reason}
}

// ReleaseOf returns how a person can release what a guard holds.
func ReleaseOf(g Guard) Release {
	for _, info := range Guards() {
		if info.Name == g {
			return info.Release
		}
	}
	return ByURL
}

// Releasing returns how a person can release what several guards hold. The strictest guard decides.
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

// Choice is a person's choice among the held changes of a source.
type Choice struct {
	URLs  []string // URLs or external IDs of pages; each stands for all parts of its page
	Guard Guard    // chooses everything that this guard holds; "" for none
	All   bool
	Keeps bool // what was sent is to stay, which may be said of any change, page by page
}

// Pick returns the held changes that a choice covers. left are those that it covers but that
// cannot be released, or only one by one. unknown are URLs for which nothing is held.
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

// concerns reports whether a held change is that of the page at a URL, or of one of its parts.
func concerns(c state.Concern, u string) bool {
	if c.ID == u || c.URL == u {
		return true
	}
	id, address, _ := crawler.CutPart(c.ID, c.URL)
	return id == u || address == u || address == strings.TrimSuffix(u, "#")
}

// Word returns a decision on a held change.
func Word(c state.Concern, v state.Verdict, by, reason string, at time.Time) state.Decision {
	return state.Decision{
		ExternalID: c.ID, RemoteID: c.RemoteID, URL: c.URL, Verdict: v, Guards: c.Guards, Change: c.Change, After: c.After,
		By: by, At: at, Reason: reason,
	}
}
