// Package ingest brings the library in line with what a crawl saw. NewPlan works out the
// difference as data, Policy holds dangerous changes back, and Apply sends the rest. Each page
// is recorded after the API acknowledged it.
//
// NewPlan and Policy are pure: the same input gives the same plan, byte for byte.
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

// Action is what a plan does with a page. Its value is the symbol that reports show.
type Action string

// The actions. Every page of a plan has exactly one.
const (
	Create    Action = "+"
	Update    Action = "~"
	Delete    Action = "-"
	Unchanged Action = "="
	Held      Action = "?" // Change.Wants is not done, because of Change.Guard
)

// Guard is the name of a rule that holds changes back.
type Guard string

// The guards.
const (
	GuardCoverage     Guard = "coverage"     // the crawl was not complete
	GuardOwnership    Guard = "ownership"    // not recorded as ours
	GuardForeign      Guard = "foreign"      // would overwrite a page of somebody else
	GuardHint         Guard = "hint"         // the reason for the delete may be a mistake of the site
	GuardConfirmation Guard = "confirmation" // not missing for long enough
	GuardCount        Guard = "count"        // more deletes than deletes.max_count
	GuardShare        Guard = "share"        // more deletes than deletes.max_share
	GuardZeroPages    Guard = "zero-pages"   // the crawl found no page at all
	GuardSize         Guard = "size"         // larger than Intercom accepts
	GuardRefused      Guard = "refused"      // the API refused this version before
	GuardSameText     Guard = "same-text"    // many pages would get the same text
	GuardWhole        Guard = "whole-page"   // removes text while the page that gets it is held
	GuardApproval     Guard = "approval"     // not in the plan that was approved
	GuardWall         Guard = "wall"         // a login in place of the text; only the crawler knows, so no change has it

	// The next ones are for what the screening found: see docs/sources.md, sources.screen.
	GuardOwnSecret Guard = "own-secret" // a secret of fincrawl itself
	GuardSecret    Guard = "secret"     // credentials
	GuardPersonal  Guard = "personal"   // personal data
	GuardMarker    Guard = "marker"     // words that mark it as internal
	GuardInjection Guard = "injection"  // orders to a model
	GuardRedaction Guard = "redaction"  // text that a file contains but does not show
	GuardRule      Guard = "rule"       // a rule of the user's own
	GuardShrunk    Guard = "shrunk"     // much of the text that was sent is gone
	GuardWithdrawn Guard = "withdrawn"  // a person withdrew the page; set by the planner
)

// Rests reports whether the guard is about a page that cannot be sent as it is, rather than
// about a danger that a person has to judge.
func (g Guard) Rests() bool { return g == GuardRefused || g == GuardSize }

// Version is what is compared and shown of a page.
type Version struct {
	Hash      string `json:"hash,omitempty"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	AIAgent   bool   `json:"ai_agent"`
	AICopilot bool   `json:"ai_copilot"`
	Size      int    `json:"size,omitempty"` // bytes of HTML, as crawled; 0 where unknown
	// Sketch is the sketch of the text, or the zero value where the text is not known.
	Sketch state.Sketch `json:"-"`
	// Replaced reports whether the text replaced another one: see [state.Entry].
	Replaced bool   `json:"-"`
	End      string `json:"-"` // how its document ended: see crawler.Page
}

// Change is one page of a plan.
type Change struct {
	Action     Action   `json:"action"`
	ExternalID string   `json:"external_id"`
	RemoteID   string   `json:"remote_id,omitempty"`
	Before     *Version `json:"before,omitempty"` // as recorded; nil for a page that was never sent
	After      *Version `json:"after,omitempty"`  // as crawled; nil for a page that was not found
	Reason     string   `json:"reason"`           // for people
	Wants      Action   `json:"wants,omitempty"`  // the action of a held change if it were not held
	Guard      Guard    `json:"guard,omitempty"`  // the guard that holds it
	// Misses is the new value of Entry.Misses. Missed is the recorded one.
	Misses int `json:"misses,omitempty"`
	Missed int `json:"missed,omitempty"`
	// Gone reports that the page is proved to be absent: its URL answered 404 or 410, or gave a
	// page without this part.
	Gone bool `json:"gone,omitempty"`
	// Fact reports that the source named the page itself as gone or hidden. No second look is needed.
	Fact bool `json:"fact,omitempty"`
	// Hint reports that the reason for the delete may be a mistake of the site. A person decides.
	Hint bool `json:"hint,omitempty"`
	// Drift reports that the page at Intercom differs from what was sent. Reason says how.
	Drift bool `json:"drift,omitempty"`
	// Surplus marks another page at Intercom with the external ID of the page that is kept. The
	// change of the kept page comes before this one.
	Surplus bool `json:"surplus,omitempty"`
	// Unproved reports that the page was found at Intercom, and nothing shows yet that it is
	// fincrawl's. See [state.Entry.Ours].
	Unproved bool `json:"unproved,omitempty"`
	// Foreign reports that a page of somebody else at Intercom has this external ID.
	Foreign bool `json:"foreign,omitempty"`
	// Learn reports that Intercom has what was crawled although state did not know. Nothing is
	// sent, and the page is recorded as if it had been.
	Learn bool `json:"learn,omitempty"`
	// Doubt is the new value of Entry.Doubted. Doubted is the recorded one.
	Doubt   string `json:"doubt,omitempty"`
	Doubted string `json:"-"`
	// Template, Notice and MayShrink are those of the staged page.
	Template  int    `json:"-"`
	Notice    string `json:"-"`
	MayShrink bool   `json:"-"`
	// Awaits are the external IDs of creates and updates that have to be acknowledged before
	// this change, because they may have the text that it removes.
	Awaits []string `json:"awaits,omitempty"`
	// Carries are the external IDs of updates that this one exchanges text with. It is first
	// sent with the text of all of them, and again with its own text once they were sent.
	Carries []string `json:"carries,omitempty"`
	// Findings are what the screening of the page found. Secrets in them are masked.
	Findings []state.Finding `json:"findings,omitempty"`
	// Also are further guards that hold the change.
	Also []Guard `json:"also,omitempty"`
	// Pending reports that a held delete waits for another complete crawl, not for a person.
	Pending bool `json:"pending,omitempty"`
	// Live reports that the library already contains what the change is held for.
	Live bool `json:"live,omitempty"`
	// Since is the day of the first report of a held change, where an earlier run made one.
	Since string `json:"held_since,omitempty"`
	// Decided is a person's verdict on the change, or nil.
	Decided *Decided `json:"decided,omitempty"`
	// Approved is set in a saved plan, for each held change. It is false until a person sets it
	// to true.
	Approved *bool `json:"approved,omitempty"`
	// Verdict is what else a person says in a saved plan: to reject a change that is held, or
	// to withdraw its page, whatever is to be done with that.
	Verdict string `json:"verdict,omitempty"`
}

// Page returns the external ID of the page that the change belongs to, and the anchor of its
// part, which is "" for the page itself.
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

// Inputs are what NewPlan compares.
type Inputs struct {
	Source   string
	Coverage crawler.Coverage
	Pages    iter.Seq2[state.Staged, error] // what was crawled, sorted by external ID
	Entries  iter.Seq2[state.Entry, error]  // what was sent, sorted by external ID
	Surplus  []verify.Surplus               // further pages at Intercom with the external ID of an entry
	// Foreign reports whether a page of somebody else at Intercom has an external ID. nil means
	// that there is none.
	Foreign func(externalID string) bool
	// Outcome returns how the crawl of a URL ended. ok is false where it was never discovered.
	Outcome func(url string) (o crawler.Outcome, detail string, ok bool, err error)
	// Texts returns the Markdown of a page as it was sent and as it was crawled, each "" where
	// it is not known. It is called only where text may move between pages. Where Texts is nil,
	// every update is taken to lose text.
	Texts func(externalID string) (sent, crawled string, err error)
	// Resend turns unchanged pages into updates.
	Resend bool
	// SentText returns the text that was sent of a page whose entry has no sketch, or "" where
	// it is not known. It may be nil.
	SentText func(externalID string) (string, error)
	// Decisions has the withdrawals.
	Decisions Decisions
}

// NewPlan works out the difference between what was crawled and what was sent. A page that was
// not found becomes a delete, whatever the coverage: holding it back is up to the Policy. A
// page whose URL could not be read is unchanged. A version that the API refused before is held.
// The error comes from the inputs, or says that they are not sorted.
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
			c.Doubt = c.Doubted // the page was not read
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

// sketch adds the sketch of what was sent, where the entry was written before there were sketches.
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

// key identifies a change within its plan.
func (c Change) key() [2]string {
	if c.Surplus {
		return [2]string{c.ExternalID, c.RemoteID}
	}
	return [2]string{c.ExternalID, ""}
}

// surplus returns the delete of a page at Intercom whose external ID another page has.
func surplus(s verify.Surplus) Change {
	before := recordedVersion(s.Page)
	return Change{
		Action: Delete, ExternalID: s.Page.ExternalID, RemoteID: s.Page.RemoteID, Before: &before,
		Surplus: true, Drift: true,
		Reason: fmt.Sprintf("surplus: page %s in Intercom has the same external ID and is kept", s.Kept),
	}
}

// unsent returns the change of a page that the library does not have.
func unsent(p pair) Change {
	after := crawledVersion(p.page)
	c := Change{Action: Create, ExternalID: p.page.ExternalID, After: &after, Reason: "new", Missed: p.entry.Misses}
	if p.entry.Drift != "" {
		c.Reason, c.Drift = p.entry.Drift, true
	}
	return restIfRefused(c, p.entry)
}

// sent returns the change of a page that both the library and the site have.
func sent(p pair) Change {
	after := crawledVersion(p.page)
	after.Replaced = p.entry.Replaced // holds as long as the page is not sent
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

// vanished returns the change of a page that was recorded and not crawled. The outcome of its
// own URL tells whether it is gone, could not be read, or is no longer wanted.
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
	var outcome crawler.Outcome
	var detail string
	var known bool
	var err error
	if !isAddress(id) { // what is said of the page itself counts more than what is at its URL now
		outcome, detail, known, err = outcomeOf(id)
	}
	if err == nil && !known {
		outcome, detail, known, err = outcomeOf(address)
	}
	if err == nil && !known && id != address {
		// Somebody may have written the URL of an adopted page at Intercom.
		outcome, detail, known, err = outcomeOf(id)
	}
	if err == nil && c.Unproved && isPage(outcome) && id != address && isAddress(id) {
		// A page at the URL does not show that the page with another URL as its external ID exists.
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
	case outcome.Failed(): // the outcome does not show whether the page exists
		c.Action, c.Misses, c.Reason = Unchanged, e.Misses, kept(outcome, detail)
	case outcome.Meaning().Leaves == crawler.GroundNever: // the page exists
		c.Action, c.Misses, c.Reason = Unchanged, 0, kept(outcome, detail)
	case outcome.Meaning().Leaves == crawler.GroundHint: // repeating the crawl does not make it surer
		c.Hint, c.Misses, c.Reason = true, e.Misses, absence(outcome, detail)
	case anchor != "" && isPage(outcome): // the whole page was read
		c.Gone, c.Reason = true, partGone
	default:
		c.Fact = outcome.Meaning().Leaves == crawler.GroundFact
		c.Gone = c.Fact || outcome.Meaning().Leaves == crawler.GroundProved
		c.Reason = absence(outcome, detail)
	}
	// A URL of this source that is gone or redirected is one that the source had, so the page
	// was ours. For a redirect, the target has to have the text that Intercom has of this page.
	if c.Fact || c.Gone && outcome == crawler.Gone || outcome == crawler.Redirected {
		c.Unproved = false
	}
	if e.Drift != "" {
		c.Reason, c.Drift = e.Drift+"; "+c.Reason, true
	}
	return c, nil
}

// leftToACrawl turns a delete into no change where only single pages were read, unless the page
// is proved to be gone. A crawl of the whole source decides about it.
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

// doubtParts clears Gone for parts of a page whose URL now gives a page with another identity.
func doubtParts(changes []Change) {
	lostPart := func(c Change) (page string, ok bool) {
		page, anchor := c.Page()
		return page, anchor != "" && c.After == nil && strings.HasSuffix(c.Reason, partGone)
	}
	crawled := make(map[string]bool) // by page that lost parts: whether it was crawled
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

// restIfRefused holds a change if the API refused its version before.
func restIfRefused(c Change, e state.Entry) Change {
	if e.Refused == nil || e.Refused.Hash != c.After.Hash {
		return c
	}
	c.Action, c.Wants, c.Guard = Held, c.Action, GuardRefused
	c.Reason = refusal(*e.Refused)
	return c
}

// resend turns a change that would not send its page into one that does.
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

// crawledVersion clones the texts that a plan keeps, because those that state returns share the
// memory of the whole record.

func crawledVersion(p state.Staged) Version {
	return Version{Hash: strings.Clone(p.Hash), URL: address(p.URL, p.ExternalID), Title: strings.Clone(p.Title),
		AIAgent: p.AIAgent, AICopilot: p.AICopilot, Size: p.Size, Sketch: cloned(p.Sketch), End: strings.Clone(p.End)}
}

func recordedVersion(e state.Entry) Version {
	return Version{Hash: strings.Clone(e.Hash), URL: address(e.URL, e.ExternalID), Title: strings.Clone(e.Title),
		AIAgent: e.AIAgent, AICopilot: e.AICopilot,
		Sketch: cloned(e.Sketch), Replaced: e.Replaced}
}

func cloned(s state.Sketch) state.Sketch {
	s.Pairs = strings.Clone(s.Pairs)
	return s
}

// address returns a page's URL. Where it is the external ID, as mostly, both share memory.
func address(url, externalID string) string {
	if url == externalID {
		return externalID
	}
	return strings.Clone(url)
}

// Counts returns the number of changes by action.
func (p Plan) Counts() map[Action]int {
	counts := make(map[Action]int)
	for _, c := range p.Changes {
		counts[c.Action]++
	}
	return counts
}

// Pending returns the number of changes that Apply would send.
func (p Plan) Pending() int {
	n := p.Counts()
	return n[Create] + n[Update] + n[Delete]
}

// HeldBack returns the number of held changes that wait for a person and are not resting: see
// [Change.Asks]. A change that only waits for another held change does not count.
func (p Plan) HeldBack() int { return p.held(false) }

// Resting returns the number of changes that are held because their page cannot be sent as it
// is: see [Guard.Rests].
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
