package ingest

import (
	"fmt"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// offPrefix marks the hash of a page that is withdrawn by switching it off. So neither this page
// nor the restored one has the hash of the other.
const offPrefix = "off:"

// Withdrawn returns the decisions with further withdrawals.
func (d Decisions) Withdrawn(list ...state.Withdrawal) Decisions {
	pages := make(map[string]state.Withdrawal, len(d.pages)+len(list))
	for page, w := range d.pages {
		pages[page] = w
	}
	for _, w := range list {
		pages[w.Page] = w
	}
	d.pages = pages
	return d
}

// AnyWithdrawn reports whether anything is withdrawn.
func (d Decisions) AnyWithdrawn() bool { return len(d.pages) > 0 }

// withdrawal returns the withdrawal of a page, or of its source. ok is false where there is none.
func (d Decisions) withdrawal(p pair) (state.Withdrawal, bool) {
	if len(d.pages) == 0 {
		return state.Withdrawal{}, false
	}
	id, url := p.entry.ExternalID, p.entry.URL
	if p.crawled {
		id, url = p.page.ExternalID, p.page.URL
	}
	page, _, _ := crawler.CutPart(id, url)
	w, byItself := d.pages[page]
	all, withSource := d.pages[""]
	if byItself && (w.Delete || !all.Delete) {
		return w, true
	}
	return all, withSource
}

// Same reports whether the library has a page as it was crawled, or switched off if it is withdrawn.
func (d Decisions) Same(e state.Entry, p state.Staged) bool {
	w, out := d.withdrawal(pair{entry: e, recorded: true})
	if out && !w.Delete {
		p = switchedOff(p)
	}
	return e.Hash == p.Hash
}

// switchedOff returns a page as it is sent while it is withdrawn.
func switchedOff(p state.Staged) state.Staged {
	p.AIAgent, p.AICopilot = false, false
	if p.Hash != "" {
		p.Hash = offPrefix + p.Hash
	}
	p.Content = "" // the staged hash is that of another content
	return p
}

// switchedOffEntry returns the entry of a page that was switched off and not changed otherwise.
func switchedOffEntry(e state.Entry) state.Entry {
	e.AIAgent, e.AICopilot = false, false
	if e.Hash != "" && !isOff(e) {
		e.Hash = offPrefix + e.Hash
	}
	return e
}

// withdrawn adds the withdrawal of its page to a change. A page that has to leave the library is
// deleted and not sent again.
func withdrawn(c Change, w state.Withdrawal) Change {
	decided := &Decided{Verdict: Withdraw, By: w.By, At: w.At.UTC().Format(time.RFC3339), Reason: w.Reason}
	why := fmt.Sprintf("withdrawn by %s on %s", w.By, w.At.UTC().Format("2006-01-02"))
	switch {
	case !w.Delete:
		c.Decided = decided
		c.Reason += "; " + why
	case c.RemoteID != "" && (c.After != nil || !c.Unproved):
		c = Change{
			Action: Delete, ExternalID: c.ExternalID, RemoteID: c.RemoteID, Before: c.Before,
			Misses: c.Missed, Missed: c.Missed, Gone: true, Reason: why, Decided: decided,
		}
	case c.After == nil:
	default:
		c.Wants, c.Action, c.Guard, c.Decided = Create, Held, GuardWithdrawn, decided
		c.Reason = why + ": fincrawl restore brings it back"
	}
	return c
}
