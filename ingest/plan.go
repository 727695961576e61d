// Package ingest brings the library in line with what a crawl saw: Plan works
// out the difference as data, Policy holds back what is dangerous, Apply sends
// the rest and records each page after the API acknowledged it.
//
// Plan and Policy are pure: same input, same plan, byte for byte.
package ingest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// Action is what a plan does with a page. Its value is its symbol.
type Action string

// The actions. Every page of a plan has exactly one.
const (
	Create    Action = "+"
	Update    Action = "~"
	Delete    Action = "-"
	Unchanged Action = "="
	Held      Action = "?" // Change.Wants is not done, because of Change.Guard
)

// Guard names what holds a change back.
type Guard string

// The guards.
const (
	GuardCoverage     Guard = "coverage"     // the crawl was not complete
	GuardOwnership    Guard = "ownership"    // not recorded as ours
	GuardForeign      Guard = "foreign"      // would overwrite a page of somebody else
	GuardHint         Guard = "hint"         // what speaks for the delete may be a mistake of the site's
	GuardConfirmation Guard = "confirmation" // not missing for long enough
	GuardCount        Guard = "count"        // more deletes than deletes.max_count
	GuardShare        Guard = "share"        // more deletes than deletes.max_share
	GuardZeroPages    Guard = "zero-pages"   // the crawl found no page at all
	GuardSize         Guard = "size"         // larger than Intercom takes
	GuardRefused      Guard = "refused"      // this version was refused by the API before
	GuardSameText     Guard = "same-text"    // many pages would get one and the same text
	GuardWhole        Guard = "whole-page"   // takes text away while what is to have it is held back
	GuardApproval     Guard = "approval"     // not in the plan that was approved
	GuardWall         Guard = "wall"         // a login where the text should be; the crawler's: no change has it

	// What the screening of a page found on it: see docs/sources.md, sources.screen.
	GuardOwnSecret Guard = "own-secret" // what gets fincrawl itself in
	GuardSecret    Guard = "secret"     // credentials
	GuardPersonal  Guard = "personal"   // personal data
	GuardMarker    Guard = "marker"     // words that mark it as internal
	GuardInjection Guard = "injection"  // orders to a model
	GuardRedaction Guard = "redaction"  // text that a file has and does not show
	GuardRule      Guard = "rule"       // a rule of the user's own
	GuardShrunk    Guard = "shrunk"     // much of the text that was sent is gone

	GuardWithdrawn Guard = "withdrawn" // a person took the page out; the planner's
)

// Rests reports whether the guard is about one page that cannot be sent as it
// is, rather than about a danger to the library that a person should judge.
func (g Guard) Rests() bool { return g == GuardRefused || g == GuardSize }

// Version is what of a page is compared and shown.
type Version struct {
	Hash      string `json:"hash,omitempty"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	AIAgent   bool   `json:"ai_agent"`
	AICopilot bool   `json:"ai_copilot"`
	Size      int    `json:"size,omitempty"` // bytes of HTML, as crawled; 0 where unknown
	// Sketch is of the text; the zero value where that is not known.
	Sketch state.Sketch `json:"-"`
	// Replaced reports whether the text took the place of another one: see [state.Entry].
	Replaced bool   `json:"-"`
	End      string `json:"-"` // how its document ended: see crawler.Page
}

// Change is one page of a plan.
type Change struct {
	Action     Action   `json:"action"`
	ExternalID string   `json:"external_id"`
	RemoteID   string   `json:"remote_id,omitempty"`
	Before     *Version `json:"before,omitempty"` // as recorded; nil for a page never sent
	After      *Version `json:"after,omitempty"`  // as crawled; nil for a page that was not found
	Reason     string   `json:"reason"`           // for people
	Wants      Action   `json:"wants,omitempty"`  // of a held change: what it would be
	Guard      Guard    `json:"guard,omitempty"`  // of a held change
	// Misses is what to record as Entry.Misses; Missed is what is recorded now.
	Misses int `json:"misses,omitempty"`
	Missed int `json:"missed,omitempty"`
	// Gone: the page's own URL answered 404 or 410, or gave a page that no longer has this
	// part, which confirms its absence.
	Gone bool `json:"gone,omitempty"`
	// Hint: what speaks for the delete may be a mistake of the site's. A person decides.
	Hint bool `json:"hint,omitempty"`
	// Drift: the library is not as it was left. Its reason says how.
	Drift bool `json:"drift,omitempty"`
	// Surplus: this is another page in Intercom, which has the external ID of the one that
	// is kept. The page itself has a change of its own, before this one.
	Surplus bool `json:"surplus,omitempty"`
	// Unproved: the page was found in Intercom, and nothing shows yet that it is fincrawl's.
	// See [state.Entry.Ours].
	Unproved bool `json:"unproved,omitempty"`
	// Foreign: Intercom has a page of somebody else with this external ID.
	Foreign bool `json:"foreign,omitempty"`
	// Learn: Intercom has what was crawled, though the state didn't know: nothing is
	// sent, and the page recorded as if it had been.
	Learn bool `json:"learn,omitempty"`
	// Doubt is what to record as Entry.Doubted; Doubted is what is recorded now.
	Doubt   string `json:"doubt,omitempty"`
	Doubted string `json:"-"`
	// Template, Notice and MayShrink are those of the page as it was staged.
	Template  int    `json:"-"`
	Notice    string `json:"-"`
	MayShrink bool   `json:"-"`
	// Awaits are the external IDs of those creates and updates of the plan that must be
	// acknowledged before this change, as they may have the text that it takes away.
	Awaits []string `json:"awaits,omitempty"`
	// Carries are the external IDs of updates that this one exchanges text with: it is sent
	// with the text of all of them first, and once they were sent, with its own alone.
	Carries []string `json:"carries,omitempty"`
	// Findings are what the screening of the page found, masked.
	Findings []state.Finding `json:"findings,omitempty"`
	// Also are further guards that would hold a held change.
	Also []Guard `json:"also,omitempty"`
	// Pending: a held delete waits for another complete crawl, and not for a person.
	Pending bool `json:"pending,omitempty"`
	// Live: what a held change is held for is in the library already.
	Live bool `json:"live,omitempty"`
	// Since is the day since when a change has been held, where an earlier run told of it.
	Since string `json:"held_since,omitempty"`
	// Decided is what a person said to the change; nil for nothing.
	Decided *Decided `json:"decided,omitempty"`
	// Approved is set in a plan that is saved for a person to look at, for each change that
	// is held: false until the person sets it to true.
	Approved *bool `json:"approved,omitempty"`
	// Verdict is what else a person says in a saved plan: to reject a change that is held, or
	// to withdraw its page, whatever is to be done with that.
	Verdict string `json:"verdict,omitempty"`
}

// Page returns the external ID of the page that the change is of, and the anchor of the
// part of it that it is about; "" for the page itself.
func (c Change) Page() (externalID, anchor string) {
	v := c.After
	if v == nil {
		v = c.Before
	}
	externalID, _, anchor = crawler.CutPart(c.ExternalID, v.URL)
	return externalID, anchor
}

// Plan is what one run would do to one source's pages.
type Plan struct {
	Source   string           `json:"source"`
	Coverage crawler.Coverage `json:"coverage"`
	Changes  []Change         `json:"changes"` // sorted by external ID; surplus pages by Intercom's, too
}

// Inputs are what a plan is worked out from.
type Inputs struct {
	Source   string
	Coverage crawler.Coverage
	Pages    iter.Seq2[state.Staged, error] // what was crawled, sorted by external ID
	Entries  iter.Seq2[state.Entry, error]  // what was sent, sorted by external ID
	Surplus  []verify.Surplus               // pages that Intercom has beside those
	// Foreign reports whether Intercom has a page of somebody else with an external ID.
	// nil: it has none.
	Foreign func(externalID string) bool
	// Outcome says how the crawl of a URL ended; ok is false where it was never
	// discovered.
	Outcome func(url string) (o crawler.Outcome, detail string, ok bool, err error)
	// Texts returns the Markdown of a page as it was sent, and as it was crawled; "" where
	// one is not known. It is asked only where text may move from page to page. Without it,
	// every update is taken to lose text.
	Texts func(externalID string) (sent, crawled string, err error)
	// Resend makes an update of every page that would be unchanged.
	Resend bool
	// SentText returns the text that was sent of a page whose entry has no sketch of it;
	// "" where it is not known. nil knows of none.
	SentText func(externalID string) (string, error)
	// Decisions say which pages are withdrawn.
	Decisions Decisions
}

// NewPlan works out the difference between what was crawled and what was sent.
// A page that was not found becomes a delete, whatever the coverage: holding it
// back is the Policy's. A page whose own URL could not be read stays unchanged,
// and a version that the API refused before is held. The error is one that the
// inputs gave, or says that they were not sorted.
func NewPlan(in Inputs) (Plan, error) {
	plan := Plan{
		Source:   in.Source,
		Coverage: in.Coverage,
		// Most plans have about as many changes as the crawl has pages.
		Changes: make([]Change, 0, max(0, in.Coverage.Outcomes[crawler.Paged])),
	}
	for p, err := range join(in.Pages, in.Entries) {
		if err != nil {
			return Plan{}, err
		}
		var c Change
		w, out := in.Decisions.withdrawal(p)
		if out && !w.Delete {
			p.page = switchedOff(p.page)
		}
		switch {
		case !p.crawled:
			c, err = vanished(p.entry, in.Outcome)
		case !p.recorded || p.entry.RemoteID == "":
			c = unsent(p)
			c.Foreign = in.Foreign != nil && in.Foreign(c.ExternalID)
		default:
			c = sent(p)
		}
		if err != nil {
			return Plan{}, err
		}
		if in.Resend {
			c = resend(c)
		}
		if out {
			c = withdrawn(c, w)
		}
		if err := in.sketch(&c); err != nil {
			return Plan{}, err
		}
		if c.Doubted = strings.Clone(p.entry.Doubted); !p.crawled {
			c.Doubt = c.Doubted // it was not looked at
		}
		c.Template, c.Notice, c.MayShrink = p.page.Template, strings.Clone(p.page.Notice), p.page.MayShrink
		if p.crawled && p.page.Findings != "" {
			if c.Findings, err = p.page.Findings.List(); err != nil {
				return Plan{}, fmt.Errorf("what was found on %s: %w", p.page.URL, err)
			}
		}
		plan.Changes = append(plan.Changes, c)
	}
	doubtParts(plan.Changes)
	if in.Coverage.Partial {
		for i, c := range plan.Changes {
			plan.Changes[i] = leftToACrawl(c)
		}
	}
	if err := orderChanges(in, plan.Changes); err != nil {
		return Plan{}, err
	}
	if len(in.Surplus) > 0 {
		for _, s := range in.Surplus {
			plan.Changes = append(plan.Changes, surplus(s))
		}
		slices.SortFunc(plan.Changes, func(a, b Change) int {
			x, y := a.key(), b.key()
			return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
		})
	}
	return plan, nil
}

// sketch fills in what the page of a change said, where its entry is older than sketches.
func (in Inputs) sketch(c *Change) error {
	if in.SentText == nil || c.Before == nil || c.Before == c.After || c.Before.Sketch.Known() {
		return nil
	}
	text, err := in.SentText(c.ExternalID)
	if err != nil {
		return fmt.Errorf("read what was sent of %s: %w", c.Before.URL, err)
	}
	if text != "" {
		c.Before.Sketch = sketch.OfMarkdown(text)
	}
	return nil
}

// key tells a change from all others of its plan.
func (c Change) key() [2]string {
	if c.Surplus {
		return [2]string{c.ExternalID, c.RemoteID}
	}
	return [2]string{c.ExternalID, ""}
}

// surplus is the change of a page that is in Intercom beside the one with its external ID.
func surplus(s verify.Surplus) Change {
	before := recordedVersion(s.Page)
	return Change{
		Action: Delete, ExternalID: s.Page.ExternalID, RemoteID: s.Page.RemoteID, Before: &before, Surplus: true, Drift: true,
		Reason: fmt.Sprintf("surplus: page %s in Intercom has the same external ID and is kept", s.Kept),
	}
}

// unsent is the change of a page that the library doesn't have.
func unsent(p pair) Change {
	after := crawledVersion(p.page)
	c := Change{Action: Create, ExternalID: p.page.ExternalID, After: &after, Reason: "new", Missed: p.entry.Misses}
	if p.entry.Drift != "" {
		c.Reason, c.Drift = p.entry.Drift, true
	}
	return restIfRefused(c, p.entry)
}

// sent is the change of a page that the library has and the site too.
func sent(p pair) Change {
	after := crawledVersion(p.page)
	after.Replaced = p.entry.Replaced // unless it is sent
	c := Change{
		Action:     Unchanged,
		ExternalID: p.page.ExternalID,
		RemoteID:   strings.Clone(p.entry.RemoteID),
		Before:     &after,
		After:      &after,
		Reason:     "as it was sent",
		Missed:     p.entry.Misses,
		Unproved:   !p.entry.Ours(),
	}
	if p.page.Hash == p.entry.Hash {
		return c
	}
	if p.entry.Hash == "" && p.entry.Remote != "" && p.page.Content == p.entry.Remote {
		c.Reason, c.Learn = "as Intercom has it", true
		return c
	}
	before := recordedVersion(p.entry)
	c.Action, c.Before, c.Reason = Update, &before, difference(before, after)
	if p.entry.Drift != "" {
		c.Reason, c.Drift = p.entry.Drift, true
	}
	return restIfRefused(c, p.entry)
}

// vanished is the change of a page that was recorded and not crawled: its own
// URL tells whether it is gone, only unreadable, or no longer wanted.
func vanished(e state.Entry, outcomeOf func(string) (crawler.Outcome, string, bool, error)) (Change, error) {
	before := recordedVersion(e)
	c := Change{
		Action:     Delete,
		ExternalID: e.ExternalID,
		RemoteID:   strings.Clone(e.RemoteID),
		Before:     &before,
		Misses:     e.Misses + 1,
		Missed:     e.Misses,
		Unproved:   e.RemoteID != "" && !e.Ours(),
	}
	id, address, anchor := crawler.CutPart(e.ExternalID, e.URL)
	outcome, detail, known, err := outcomeOf(address)
	if err == nil && !known && id != address {
		// Of a page that was adopted, the URL may be one that somebody wrote in Intercom.
		outcome, detail, known, err = outcomeOf(id)
	}
	if err == nil && c.Unproved && isPage(outcome) && id != address && isAddress(id) {
		// That the URL leads to a page says nothing of one that is known by another address.
		outcome, detail, known, err = outcomeOf(id)
	}
	if err != nil {
		return Change{}, err
	}
	if known && outcome == "" {
		outcome = crawler.Interrupted
	}
	switch {
	case !known:
		c.Reason = unlinked
	case outcome.Failed(): // says nothing of whether it is there
		c.Action, c.Misses, c.Reason = Unchanged, e.Misses, kept(outcome, detail)
	case outcome.Meaning().Leaves == crawler.GroundNever: // it is there
		c.Action, c.Misses, c.Reason = Unchanged, 0, kept(outcome, detail)
	case outcome.Meaning().Leaves == crawler.GroundHint: // which no repetition makes surer
		c.Hint, c.Misses, c.Reason = true, e.Misses, absence(outcome, detail)
	case anchor != "" && isPage(outcome): // all of it was seen
		c.Gone, c.Reason = true, partGone
	default:
		c.Gone = outcome.Meaning().Leaves == crawler.GroundProved
		c.Reason = absence(outcome, detail)
	}
	// At an address of this source there was a page of ours. That it leads elsewhere is
	// believed only where the page there has all that Intercom has of this one.
	if c.Gone && outcome == crawler.Gone || outcome == crawler.Redirected {
		c.Unproved = false
	}
	if e.Drift != "" {
		c.Reason, c.Drift = e.Drift+"; "+c.Reason, true
	}
	return c, nil
}

// leftToACrawl keeps a page that was not looked at where only single ones were, and one that
// is absent without a proof: a crawl of everything judges that.
func leftToACrawl(c Change) Change {
	if c.Action != Delete || c.Gone {
		return c
	}
	if before, ok := strings.CutSuffix(c.Reason, unlinked); ok {
		c.Reason = before + "not looked at"
	} else {
		c.Reason += "; a crawl of the whole source decides about it"
	}
	c.Action, c.Hint, c.Misses = Unchanged, false, c.Missed
	return c
}

// doubtParts takes back that parts are gone for sure where what their address gives now
// is another page, with an identity of its own.
func doubtParts(changes []Change) {
	lostPart := func(c Change) (page string, ok bool) {
		page, anchor := c.Page()
		return page, anchor != "" && c.After == nil && strings.HasSuffix(c.Reason, partGone)
	}
	crawled := make(map[string]bool) // of pages that lost parts
	for _, c := range changes {
		if page, ok := lostPart(c); ok {
			crawled[page] = false
		}
	}
	for _, c := range changes {
		if _, lost := crawled[c.ExternalID]; lost && c.After != nil {
			crawled[c.ExternalID] = true
		}
	}
	for i, c := range changes {
		if page, ok := lostPart(c); ok && !crawled[page] {
			changes[i].Gone = false
			changes[i].Reason = strings.TrimSuffix(c.Reason, partGone) + absence(crawler.Paged, "")
		}
	}
}

const unlinked = "nothing leads to its URL any more"

// restIfRefused holds a change whose version the API refused before.
func restIfRefused(c Change, e state.Entry) Change {
	if e.Refused == nil || e.Refused.Hash != c.After.Hash {
		return c
	}
	c.Action, c.Wants, c.Guard = Held, c.Action, GuardRefused
	c.Reason = refusal(*e.Refused)
	return c
}

// resend makes a change send its page even where it would not.
func resend(c Change) Change {
	switch {
	case c.After == nil:
	case c.Action == Unchanged:
		c.Action, c.Reason, c.Learn = Update, "resync: sent again", false
	case c.Guard == GuardRefused:
		c.Action, c.Reason = c.Wants, "resync: sent again; "+c.Reason
		c.Wants, c.Guard = "", ""
	}
	return c
}

// Of a page, a plan keeps only what it has of it: what the state returns shares the
// memory of the whole record, so its texts are cloned.

func crawledVersion(p state.Staged) Version {
	return Version{Hash: strings.Clone(p.Hash), URL: address(p.URL, p.ExternalID), Title: strings.Clone(p.Title),
		AIAgent: p.AIAgent, AICopilot: p.AICopilot, Size: p.Size, Sketch: cloned(p.Sketch), End: strings.Clone(p.End)}
}

func recordedVersion(e state.Entry) Version {
	return Version{Hash: strings.Clone(e.Hash), URL: address(e.URL, e.ExternalID), Title: strings.Clone(e.Title), AIAgent: e.AIAgent, AICopilot: e.AICopilot,
		Sketch: cloned(e.Sketch), Replaced: e.Replaced}
}

func cloned(s state.Sketch) state.Sketch {
	s.Pairs = strings.Clone(s.Pairs)
	return s
}

// address is a page's URL; mostly its external ID, which is in memory once then.
func address(url, externalID string) string {
	if url == externalID {
		return externalID
	}
	return strings.Clone(url)
}

// Counts returns how many changes have each action.
func (p Plan) Counts() map[Action]int {
	counts := make(map[Action]int)
	for _, c := range p.Changes {
		counts[c.Action]++
	}
	return counts
}

// Pending returns how many changes Apply would send.
func (p Plan) Pending() int {
	n := p.Counts()
	return n[Create] + n[Update] + n[Delete]
}

// HeldBack returns how many changes are held by a guard that a person should
// look at; Resting, how many by one that is about a page that cannot be sent as
// it is. See [Change.Asks] and [Guard.Rests]. What only waits for another held change is
// counted with that one.
func (p Plan) HeldBack() int { return p.held(false) }

// Resting returns how many changes rest: see [Plan.HeldBack].
func (p Plan) Resting() int { return p.held(true) }

func (p Plan) held(rests bool) int {
	n := 0
	for _, c := range p.Changes {
		if c.Asks() && c.Guard.Rests() == rests {
			n++
		}
	}
	return n
}
