package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/plural"
)

// Policy holds dangerous changes back. A delete needs four yeses: complete coverage or
// proof of its own, ours, confirmed, and under the ceiling.
type Policy struct {
	// ConfirmRuns is how many complete crawls in a row must miss a page. A 404 or 410 of
	// its own URL is enough at once; in a crawl that is not complete it counts as one of
	// them, of which there must be two at least.
	ConfirmRuns int
	MaxCount    int     // deletes of one run, at most
	MaxShare    float64 // of the pages recorded, rounded up, so that one page may always go
	MaxHTML     int     // bytes of HTML that Intercom takes; 0 for any
	MaxSameText int     // pages that may have one and the same text, where some had others before; 0 for any number
	MaxShrink   float64 // share of its text that a page may lose; 1 for all of it

	// Because is what pages may have other texts for than the site's own doing, such as a
	// setting that changed; "" for nothing.
	Because string

	// Allow is how many deletes a person agreed to for this run: where it is higher,
	// it takes the place of MaxCount, and of what MaxShare allows.
	Allow int
	// Approved is what a person agreed to: the rest is held. nil holds nothing.
	Approved *ApprovedSource
}

// Apply returns the plan with what the policy forbids turned into held changes.
// Over a ceiling, all deletes are held, not only those too many. The plan given
// is left as it is.
func (p Policy) Apply(plan Plan) Plan { return p.ApplyDecided(plan, Decisions{}) }

// ApplyDecided does what Apply does, but for single changes that persons decided about:
// those that they agreed to pass the guards that held them, and no ceiling counts them.
func (p Policy) ApplyDecided(plan Plan, d Decisions) Plan {
	return judging{p, d}.apply(plan)
}

// judging is a policy with what persons decided.
type judging struct {
	Policy
	Decisions
}

func (p judging) apply(plan Plan) Plan {
	given := plan.Changes
	lost := p.judgeLosses(plan)
	set := func(i int, c Change) {
		if &plan.Changes[0] == &given[0] { // a large plan is copied only where it must be
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

// wanted is the change as it would be if it were not held, which it reports.
func (c Change) wanted() (wanted Change, held bool) {
	if c.Action != Held {
		return c, false
	}
	wanted = c
	wanted.Action, wanted.Wants, wanted.Guard = c.Wants, "", ""
	return wanted, true
}

// planned reports whether the planner holds changes by the guard, and not the policy.
func (g Guard) planned() bool { return g == GuardRefused || g == GuardWithdrawn }

// credential reports whether the guard is about credentials.
func (g Guard) credential() bool { return g == GuardSecret || g == GuardOwnSecret }

func (d *Decided) says(verdict string) bool { return d != nil && d.Verdict == verdict }

// settle completes a held change with what is known of how it will end.
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

// guards are asked in this order, each about what the ones before it let pass.
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

// guard is one reason to hold changes back.
type guard struct {
	name   Guard
	judges []Action
	// objects says why a change must not be done; "" lets it pass.
	objects func(Change, scene) string
	// blind: the crawl was no look at the site, so that it counts no miss.
	blind bool
	// whole: it judges all that would be done together, and nothing that is held already.
	whole bool
}

func (g guard) hold(c Change, why string) Change {
	c.Wants, c.Action, c.Guard = c.Action, Held, g.name
	if !c.Decided.says(Withdraw) { // of which nobody has to hear more
		c.Decided = nil
	}
	c.Reason += "; " + why
	if g.blind {
		c.Misses = c.Missed
	}
	return c
}

// scene is what a guard sees of the plan around a change.
type scene struct {
	complete bool
	partial  bool // only single pages were looked at
	gaps     int
	crawled  int               // pages
	recorded int               // pages that the library has; all parts of one are one
	deletes  int               // pages with deletes that are not held so far, and that nobody agreed to by name
	blocked  map[string]string // held changes that others await, by their external IDs and those of the others
}

func (p judging) survey(plan Plan) scene {
	s := scene{complete: plan.Coverage.Complete, partial: plan.Coverage.Partial, gaps: plan.Coverage.GapsInAll, blocked: blockedChanges(plan.Changes)}
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

// counts reports whether a change is a delete that nobody agreed to by name.
func (p judging) counts(c Change) bool {
	return c.Action == Delete && !c.takenOut() && !p.approved(c)
}

// finds holds a page on which something of a kind was found that must not be
// published. It holds one too that did not change: what Intercom has of it stays,
// and a person should hear of it in each run until it is mended or allowed.
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

// loses holds the changes of a page that a guard has found to lose text.
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

// hinted: what many such signs have in common is that one mistake in a template, or in a
// server's settings, makes them, and that the page is still there.
func hinted(c Change, _ scene) string {
	if !c.Hint {
		return ""
	}
	return "that may be a mistake, and is for a person to decide"
}

// notComplete holds what is only missing. What answered itself that it is gone is judged
// by [Policy.seenTooRarely], and a hint by [hinted].
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

// seenTooRarely: beside failures, a page that answers 404 may be one that the site has
// only now, such as while it is being installed. See docs/adr/0024.
func (p Policy) seenTooRarely(c Change, s scene) string {
	looks := max(p.ConfirmRuns, 2)
	// Of a page that was read alone, all of it was seen.
	if s.complete || !c.Gone || c.Misses >= looks || s.partial && strings.HasSuffix(c.Reason, partGone) {
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

// notOurs: a page that was accepted has Intercom's ID in its entry. A page that
// was never accepted isn't in the library, and only its entry goes.
func notOurs(c Change, _ scene) string {
	switch {
	case c.Unproved:
		return "it was found in Intercom, and nothing shows that fincrawl sent it"
	case c.RemoteID != "" || c.Before.Hash == "":
		return ""
	}
	return "its ID in Intercom is not recorded"
}

// overwrites: a create would update what somebody else has put there under the same external
// ID. Whose page it is, no approval changes.
func overwrites(c Change, _ scene) string {
	if !c.Foreign {
		return ""
	}
	return "the import source has a page of somebody else with this external ID, which would be overwritten; fincrawl adopt takes it over"
}

// unconfirmed: that a page is one too many is no absence, and was confirmed by Intercom.
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
	// The subtraction keeps 0.1 of 30 from being a hair more than 3.
	ceiling := max(1, int(math.Ceil(p.MaxShare*float64(s.recorded)-1e-9)))
	if s.deletes <= max(ceiling, p.Allow) {
		return ""
	}
	return fmt.Sprintf("%s of %s at once, deletes.max_share %g allows %d",
		plural.Count(s.deletes, "delete"), plural.Count(s.recorded, "page"), p.MaxShare, ceiling)
}
