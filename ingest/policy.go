package ingest

import (
	"fmt"
	"math"
	"slices"
)

// Policy holds dangerous changes back. A delete needs four yeses: complete
// coverage, ours, confirmed, and under the ceiling.
type Policy struct {
	ConfirmRuns int     // complete crawls in a row that must miss a page; a 404 or 410 of its own URL is enough at once
	MaxCount    int     // deletes of one run, at most
	MaxShare    float64 // of the pages recorded, rounded up, so that one page may always go
	MaxHTML     int     // bytes of HTML that Intercom takes; 0 for any
}

// Apply returns the plan with what the policy forbids turned into held changes.
// Over a ceiling, all deletes are held, not only those too many. The plan given
// is left as it is.
func (p Policy) Apply(plan Plan) Plan {
	plan.Changes = slices.Clone(plan.Changes)
	for _, g := range p.guards() {
		seen := survey(plan)
		for i, c := range plan.Changes {
			if !slices.Contains(g.judges, c.Action) {
				continue
			}
			if why := g.objects(c, seen); why != "" {
				plan.Changes[i] = g.hold(c, why)
			}
		}
	}
	return plan
}

// guards are asked in this order, each about what the ones before it let pass.
func (p Policy) guards() []guard {
	deletes := []Action{Delete}
	return []guard{
		{name: GuardSize, judges: []Action{Create, Update}, objects: p.tooLarge},
		{name: GuardCoverage, judges: deletes, objects: notComplete, blind: true},
		{name: GuardZeroPages, judges: deletes, objects: noPages, blind: true},
		{name: GuardOwnership, judges: deletes, objects: notOurs},
		{name: GuardConfirmation, judges: deletes, objects: p.unconfirmed},
		{name: GuardCount, judges: deletes, objects: p.tooMany},
		{name: GuardShare, judges: deletes, objects: p.tooLargeAShare},
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
}

func (g guard) hold(c Change, why string) Change {
	c.Wants, c.Action, c.Guard = c.Action, Held, g.name
	c.Reason += "; " + why
	if g.blind {
		c.Misses = c.Missed
	}
	return c
}

// scene is what a guard sees of the plan around a change.
type scene struct {
	complete bool
	gaps     int
	crawled  int // pages
	recorded int // pages that the library has
	deletes  int // not held so far
}

func survey(plan Plan) scene {
	s := scene{complete: plan.Coverage.Complete, gaps: plan.Coverage.GapsInAll}
	for _, c := range plan.Changes {
		if c.After != nil {
			s.crawled++
		}
		if c.RemoteID != "" {
			s.recorded++
		}
		if c.Action == Delete {
			s.deletes++
		}
	}
	return s
}

func (p Policy) tooLarge(c Change, _ scene) string {
	if p.MaxHTML == 0 || c.After.Size <= p.MaxHTML {
		return ""
	}
	return fmt.Sprintf("%d bytes of HTML are more than intercom.max_html (%d)", c.After.Size, p.MaxHTML)
}

func notComplete(_ Change, s scene) string {
	switch {
	case s.complete:
		return ""
	case s.gaps == 0:
		return "the crawl was not complete"
	}
	return "the crawl was not complete: " + count(s.gaps, "gap")
}

func noPages(_ Change, s scene) string {
	if s.crawled > 0 {
		return ""
	}
	return "the crawl found no page at all"
}

// notOurs: a page that was accepted has Intercom's ID in its entry. A page that
// was never accepted isn't in the library, and only its entry goes.
func notOurs(c Change, _ scene) string {
	if c.RemoteID != "" || c.Before.Hash == "" {
		return ""
	}
	return "its ID in Intercom is not recorded"
}

func (p Policy) unconfirmed(c Change, _ scene) string {
	if c.Gone || c.Misses >= p.ConfirmRuns {
		return ""
	}
	return fmt.Sprintf("missing for %d of %d complete crawls", c.Misses, p.ConfirmRuns)
}

func (p Policy) tooMany(_ Change, s scene) string {
	if s.deletes <= p.MaxCount {
		return ""
	}
	return fmt.Sprintf("%s at once, deletes.max_count is %d", count(s.deletes, "delete"), p.MaxCount)
}

func (p Policy) tooLargeAShare(_ Change, s scene) string {
	// The subtraction keeps 0.1 of 30 from being a hair more than 3.
	ceiling := max(1, int(math.Ceil(p.MaxShare*float64(s.recorded)-1e-9)))
	if s.deletes <= ceiling {
		return ""
	}
	return fmt.Sprintf("%s of %s at once, deletes.max_share %g allows %d",
		count(s.deletes, "delete"), count(s.recorded, "page"), p.MaxShare, ceiling)
}
