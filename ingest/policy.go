package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/plural"
)

// Policy holds dangerous changes back. A delete has to pass four tests: the crawl was complete
// or the page is proved to be gone, the page is ours, its absence is confirmed, and the number of deletes is
// below the ceiling.
type Policy struct {
	// ConfirmRuns is the number of complete crawls in a row that have to miss a page. A 404 or
	// 410 of its own URL is enough at once. In a crawl that is not complete it only counts as
	// one of them, and there have to be at least two.
	ConfirmRuns int
	MaxCount    int     // largest number of deletes in one run
	MaxShare    float64 // largest share of the recorded pages to delete, rounded up to at least one page
	MaxHTML     int     // largest number of bytes of HTML in a page; 0 for no limit
	MaxSameText int     // largest number of pages with one text, where some had others before; 0 for no limit
	MaxShrink   float64 // largest share of its text that a page may lose; 1 for all of it
	// Because names what may have changed the texts of pages other than the site itself, such
	// as a changed setting. It is "" for nothing.
	Because string
	// Allow is the number of deletes that a person approved for this run. It raises the ceilings
	// of MaxCount and MaxShare.
	Allow int
	// Approved is the approved plan. Everything else is held. nil holds nothing.
	Approved *ApprovedSource
}

// Apply returns the plan with forbidden changes held. Where a ceiling is exceeded, all deletes
// are held. The given plan is not changed.
func (p Policy) Apply(plan Plan) Plan { return p.ApplyDecided(plan, Decisions{}) }

// ApplyDecided is Apply with people's decisions. A change that a person approved passes the
// guards that held it and does not count for the ceilings.
func (p Policy) ApplyDecided(plan Plan, d Decisions) Plan {
	return judging{p, d}.apply(plan)
}

// judging is a policy together with people's decisions.
type judging struct {
	Policy
	Decisions
}

func (p judging) apply(plan Plan) Plan {
	given := plan.Changes
	lost := p.judgeLosses(plan)
	set := func(i int, c Change) {
		if &plan.Changes[0] == &given[0] { // the first change: copy the plan only now, since it may be large
			plan.Changes = slices.Clone(given)
		}
		plan.Changes[i] = c
	}
	for i, c := range plan.Changes {
		if no, ok := p.rejected(c); ok && c.Action != Held && len(no.Guards) > 0 {
			set(i, guard{name: Guard(no.Guards[0])}.hold(c, "rejected"))
		}
	}
	for _, g := range p.guards(lost) {
		seen := p.survey(plan)
		for i, c := range plan.Changes {
			switch wanted, held := c.wanted(); {
			case !slices.Contains(g.judges, wanted.Action), c.takenOut():
			case held && (g.whole || c.Guard.planned()):
			default:
				why := g.objects(wanted, seen)
				if why == "" {
					continue
				}
				if held {
					if slices.Contains(c.Guards(), g.name) {
						continue
					}
					c.Also = append(slices.Clip(c.Also), g.name)
					set(i, c)
				} else if agreed, ok := p.approval(c, g.name); ok {
					c.Decided = decidedBy(agreed)
					set(i, c)
				} else {
					held := g.hold(c, why)
					if g.name == GuardShrunk || g.name == GuardSameText {
						page, _ := c.Page()
						held.Doubt = lost[page].doubt
					}
					set(i, held)
				}
			}
		}
	}
	for i, c := range plan.Changes {
		if c.Action == Held && !c.Guard.planned() {
			set(i, p.settle(c))
		}
	}
	return plan
}

// wanted returns the change as it would be without being held. held reports whether it is held.
func (c Change) wanted() (wanted Change, held bool) {
	if c.Action != Held {
		return c, false
	}
	wanted = c
	wanted.Action, wanted.Wants, wanted.Guard = c.Wants, "", ""
	return wanted, true
}

// planned reports whether the planner, and not the policy, holds changes by the guard.
func (g Guard) planned() bool { return g == GuardRefused || g == GuardWithdrawn }

// credential reports whether the guard is about credentials.
func (g Guard) credential() bool { return g == GuardSecret || g == GuardOwnSecret }

func (d *Decided) says(verdict string) bool { return d != nil && d.Verdict == verdict }

// settle sets the fields of a held change that depend on all of its guards.
func (p judging) settle(c Change) Change {
	c.Pending = c.Guard == GuardConfirmation
	if c.Guard.credential() && c.RemoteID != "" && !c.isOff() {
		c.Live = c.Wants == Unchanged || p.exposed[c.ExternalID]
	}
	wanted, _ := c.wanted()
	if no, ok := p.rejected(wanted); ok {
		c.Decided = decidedBy(no)
	}
	return c
}

// isOff reports whether a person withdrew the page and the library has it switched off.
func (c Change) isOff() bool {
	return c.Decided.says(Withdraw) && !c.Before.AIAgent && !c.Before.AICopilot
}

// guards returns the guards in order. Each one judges what the ones before it let pass.
func (p Policy) guards(lost map[string]verdict) []guard {
	deletes := []Action{Delete}
	writes := []Action{Create, Update, Delete}
	pages := []Action{Create, Update, Unchanged}
	return []guard{
		{name: GuardOwnSecret, judges: pages, objects: finds("own-secret")},
		{name: GuardSecret, judges: pages, objects: finds("credential")},
		{name: GuardInjection, judges: pages, objects: finds("injection")},
		{name: GuardRedaction, judges: pages, objects: finds("redaction")},
		{name: GuardPersonal, judges: pages, objects: finds("personal")},
		{name: GuardMarker, judges: pages, objects: finds("marker")},
		{name: GuardRule, judges: pages, objects: finds("custom")},
		{name: GuardSize, judges: []Action{Create, Update}, objects: p.tooLarge},
		{name: GuardSameText, judges: writes, objects: loses(lost, GuardSameText)},
		{name: GuardShrunk, judges: writes, objects: loses(lost, GuardShrunk)},
		{name: GuardCoverage, judges: deletes, objects: notComplete, blind: true},
		{name: GuardConfirmation, judges: deletes, objects: p.seenTooRarely},
		{name: GuardZeroPages, judges: deletes, objects: noPages, blind: true},
		{name: GuardForeign, judges: []Action{Create}, objects: overwrites},
		{name: GuardOwnership, judges: deletes, objects: notOurs},
		{name: GuardHint, judges: deletes, objects: hinted},
		{name: GuardConfirmation, judges: deletes, objects: p.unconfirmed},
		{name: GuardWhole, judges: []Action{Update, Delete}, objects: p.Approved.showsHeld(GuardWhole), whole: true},
		{name: GuardCount, judges: deletes, objects: p.Approved.showsHeld(GuardCount), whole: true},
		{name: GuardShare, judges: deletes, objects: p.Approved.showsHeld(GuardShare), whole: true},
		{name: GuardApproval, judges: []Action{Create, Update, Delete}, objects: p.Approved.objection(), whole: true},
		{name: GuardWhole, judges: []Action{Update, Delete}, objects: partOfHeld, whole: true},
		{name: GuardCount, judges: deletes, objects: p.tooMany, whole: true},
		{name: GuardShare, judges: deletes, objects: p.tooLargeAShare, whole: true},
	}
}

// guard is a rule that holds changes back.
type guard struct {
	name   Guard
	judges []Action
	// objects returns why a change must not be made, or "".
	objects func(Change, scene) string
	// blind reports that the crawl did not really see the site, so that it counts no miss.
	blind bool
	// whole reports that the guard judges all changes together and leaves out those already held.
	whole bool
}

func (g guard) hold(c Change, why string) Change {
	c.Wants, c.Action, c.Guard = c.Action, Held, g.name
	if !c.Decided.says(Withdraw) { // a withdrawal needs no further report
		c.Decided = nil
	}
	c.Reason += "; " + why
	if g.blind {
		c.Misses = c.Missed
	}
	return c
}

// scene is what a guard knows about the rest of the plan.
type scene struct {
	complete bool
	partial  bool // only single pages were read
	gaps     int
	crawled  int               // number of pages
	recorded int               // number of pages in the library; a page with parts counts once
	deletes  int               // number of pages with deletes that are neither held nor approved by name
	blocked  map[string]string // by external ID: the held change that keeps the change back
}

func (p judging) survey(plan Plan) scene {
	s := scene{complete: plan.Coverage.Complete, partial: plan.Coverage.Partial, gaps: plan.Coverage.GapsInAll,
		blocked: blockedChanges(plan.Changes)}
	split := make(map[string]*struct{ recorded, deletes bool }) // pages that have parts
	for _, c := range plan.Changes {
		if page, anchor := c.Page(); anchor != "" && split[page] == nil {
			split[page] = new(struct{ recorded, deletes bool })
		}
	}
	for _, c := range plan.Changes {
		if c.After != nil {
			s.crawled++
		}
		page, _ := c.Page()
		if whole := split[page]; whole != nil {
			whole.recorded = whole.recorded || c.RemoteID != ""
			whole.deletes = whole.deletes || p.counts(c)
			continue
		}
		if c.RemoteID != "" {
			s.recorded++
		}
		if p.counts(c) {
			s.deletes++
		}
	}
	for _, whole := range split {
		if whole.recorded {
			s.recorded++
		}
		if whole.deletes {
			s.deletes++
		}
	}
	return s
}

// counts reports whether a change is a delete that counts for the ceilings.
func (p judging) counts(c Change) bool {
	return c.Action == Delete && !c.takenOut() && !p.approved(c)
}

// finds returns a check that holds a page with findings of a kind that must not be published.
// It also holds an unchanged page, which stays in the library: each run has to report it until
// the finding is mended or allowed.
func finds(kind string) func(Change, scene) string {
	return func(c Change, _ scene) string {
		var rules []string
		for _, f := range c.Findings {
			if f.Kind == kind && f.Action == "hold" && !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
		}
		if len(rules) == 0 {
			return ""
		}
		if kind == "redaction" {
			return "its file has text that it does not show (" + enumerate(rules) + ")"
		}
		if kind == "own-secret" {
			return "shows a secret that fincrawl itself uses for this site or for Intercom"
		}
		return "has what must not be published (" + enumerate(rules) + ")"
	}
}

func (p Policy) tooLarge(c Change, _ scene) string {
	if p.MaxHTML == 0 || c.After.Size <= p.MaxHTML {
		return ""
	}
	return fmt.Sprintf("%d bytes of HTML are more than intercom.max_html (%d)", c.After.Size, p.MaxHTML)
}

// loses returns a check that holds the changes of pages on which the guard g has a verdict.
func loses(lost map[string]verdict, g Guard) func(Change, scene) string {
	return func(c Change, _ scene) string {
		if len(lost) == 0 || c.Surplus {
			return ""
		}
		page, _ := c.Page()
		v := lost[page]
		if v.guard != g || c.Action == Delete && !v.byParts {
			return ""
		}
		return v.why
	}
}

// hinted holds deletes whose reason is only a hint. One mistake in a template or in a server's
// settings produces many hints at once while the pages still exist.
func hinted(c Change, _ scene) string {
	if !c.Hint {
		return ""
	}
	return "that may be a mistake, and is for a person to decide"
}

// notComplete holds deletes of pages that are only missing. [Policy.seenTooRarely] judges a
// proof of absence, and [hinted] a hint.
func notComplete(c Change, s scene) string {
	if s.complete || c.Gone || c.Hint {
		return ""
	}
	return notCompleteBy(s)
}

func notCompleteBy(s scene) string {
	if s.partial {
		return "only single pages were looked at"
	}
	if s.gaps == 0 {
		return "the crawl was not complete"
	}
	return "the crawl was not complete: " + plural.Count(s.gaps, "gap")
}

// seenTooRarely holds deletes of pages that answer 404 in a crawl with failures. Such an answer
// may be temporary, for example during an installation. See docs/adr/0024.
func (p Policy) seenTooRarely(c Change, s scene) string {
	looks := max(p.ConfirmRuns, 2)
	// A page that was read by itself was read completely.
	if s.complete || !c.Gone || c.Fact || c.Misses >= looks || s.partial && strings.HasSuffix(c.Reason, partGone) {
		return ""
	}
	return fmt.Sprintf("%s, so this is look %d of %d", notCompleteBy(s), c.Misses, looks)
}

func noPages(_ Change, s scene) string {
	if s.crawled > 0 || s.partial {
		return ""
	}
	return "the crawl found no page at all"
}

// notOurs holds deletes of pages that are not known to be ours. A page that Intercom never
// accepted is not in the library, so its entry may go.
func notOurs(c Change, _ scene) string {
	switch {
	case c.Unproved:
		return "it was found in Intercom, and nothing shows that fincrawl sent it"
	case c.RemoteID != "" || c.Before.Hash == "":
		return ""
	}
	return "its ID in Intercom is not recorded"
}

// overwrites holds a create that would overwrite somebody else's page with the same external ID.
// No approval can release it.
func overwrites(c Change, _ scene) string {
	if !c.Foreign {
		return ""
	}
	return "the import source has a page of somebody else with this external ID, which would be overwritten; " +
		"fincrawl adopt takes it over"
}

// unconfirmed holds deletes of pages that too few crawls missed. A surplus page needs no
// confirmation, because Intercom itself lists it twice.
func (p Policy) unconfirmed(c Change, _ scene) string {
	if c.Gone || c.Surplus || c.Misses >= p.ConfirmRuns {
		return ""
	}
	return fmt.Sprintf("missing for %d of %d complete crawls", c.Misses, p.ConfirmRuns)
}

func (p Policy) tooMany(_ Change, s scene) string {
	if s.deletes <= max(p.MaxCount, p.Allow) {
		return ""
	}
	return fmt.Sprintf("%s at once, deletes.max_count is %d", plural.Count(s.deletes, "delete"), p.MaxCount)
}

func (p Policy) tooLargeAShare(_ Change, s scene) string {
	// The subtraction keeps rounding errors from turning 0.1 × 30 into slightly more than 3.
	ceiling := max(1, int(math.Ceil(p.MaxShare*float64(s.recorded)-1e-9)))
	if s.deletes <= max(ceiling, p.Allow) {
		return ""
	}
	return fmt.Sprintf("%s of %s at once, deletes.max_share %g allows %d",
		plural.Count(s.deletes, "delete"), plural.Count(s.recorded, "page"), p.MaxShare, ceiling)
}
