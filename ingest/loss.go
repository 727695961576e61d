package ingest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// This file judges updates by the text that they would remove from the library: see
// docs/adr/0026. One page that says less is an edit. Several pages that say less at the same
// time, or that all get the same text, point to a broken template, an error, or a notice of
// maintenance.

const (
	lostShare = 0.5 // a page that keeps less than this share of its old text says something else
	longText  = 600 // letters: a single page of this length that loses half of its text is confirmed by a second run
	shortText = 200 // letters: people rewrite shorter pages freely, many at a time
	// Authors may shorten this many pages at once: of long pages, of those that are not short,
	// and as a share of all pages.
	longTogether  = 2
	anyTogether   = 5
	shareTogether = 0.002
	alikeText     = 20 // letters: several pages may share a shorter text, such as “To be done”
	hardly        = 60 // letters: less is hardly a text, where there were ten times as many
)

// rewrite describes how the text of a page, with all its parts, would change.
type rewrite struct {
	id       string
	before   state.Sketch
	after    state.Sketch
	template int      // number of letters of the old text that turned out to be template
	notice   string   // why the new text looks like a notice; "" where it does not
	doubted  []string // versions that were held until a second crawl confirms them
	versions []string // hashes of the new parts, in order
	exempt   bool     // a person allowed the page to lose text
	written  bool     // the page itself changes, not only its further parts
}

// add adds the change of one part of the page.
func (r *rewrite) add(c Change) {
	if c.Before != nil {
		r.before = sketch.Union(r.before, c.Before.Sketch)
	}
	if c.After != nil {
		r.after = sketch.Union(r.after, c.After.Sketch)
		r.versions = append(r.versions, c.After.Hash)
	}
	if _, anchor := c.Page(); anchor == "" && (c.Action == Create || c.Action == Update) {
		r.written = true
	}
	r.template += c.Template
	r.notice = cmp.Or(r.notice, c.Notice)
	if c.Before != nil && c.Before.Hash == "" && c.After != nil && crawler.EndsOpen(c.After.End) {
		r.notice = cmp.Or(r.notice, "its document leaves elements open") // as if it had been cut off
	}
	r.exempt = r.exempt || c.MayShrink
	if c.Doubted != "" {
		r.doubted = append(r.doubted, c.Doubted)
	}
}

// version returns a hash of the page with all its parts.
func (r rewrite) version() string {
	if len(r.versions) == 1 {
		return r.versions[0]
	}
	h := sha256.New()
	for _, v := range r.versions {
		_, _ = io.WriteString(h, v+"\n")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// had returns the number of letters of the old text that count.
func (r rewrite) had() int { return max(0, r.before.Letters-r.template) }

// left returns the number of letters of the new text.
func (r rewrite) left() int { return r.after.Letters }

// shrinks reports whether the page loses more than the given share of its text.
func (r rewrite) shrinks(share float64) bool {
	return share < 1 && float64(r.left()) < (1-share)*float64(r.had())
}

// loses reports whether the page would lose most of what it says. It is true where the old text
// is not known.
func (r rewrite) loses() bool {
	if !r.before.Known() || r.shrinks(lostShare) {
		return true
	}
	share, ok := sketch.Remains(r.before, r.after)
	return r.had() > 0 && (!ok || share < lostShare)
}

// isReplaced reports whether a few lines with nothing of the old text would replace a text of
// some length. That is what an error notice looks like whose words are in no list. Such a notice may stay for days.
func (r rewrite) isReplaced() bool {
	kept, seen := sketch.Shared(r.before, r.after)
	return r.had() >= shortText && r.left() < shortText && seen > 0 && kept == 0
}

// verdict is the objection to the change of a page.
type verdict struct {
	guard   Guard
	why     string
	doubt   string // version to record, so that the next run can confirm it
	byParts bool   // only further parts of the page change
}

// judgeLosses returns the verdicts on the pages that would lose text, by their external IDs.
func (p Policy) judgeLosses(plan Plan) map[string]verdict {
	rewrites := rewritesOf(plan)
	if len(rewrites) == 0 {
		return nil
	}
	judged := losses{having: textsAfter(plan, rewrites), alike: alikeAfter(plan, rewrites, p.MaxSameText)}
	recorded := 0
	for _, c := range plan.Changes {
		if _, anchor := c.Page(); anchor == "" && c.RemoteID != "" && !c.Surplus {
			recorded++
		}
	}
	for _, r := range rewrites {
		switch {
		case r.exempt || r.had() < shortText || !r.shrinks(p.MaxShrink):
			continue
		case r.had() >= longText:
			judged.long++
		}
		judged.all++
	}
	share := int(math.Ceil(shareTogether * float64(recorded)))
	judged.tooManyLong = judged.long > max(longTogether, share)
	judged.tooMany = judged.all > max(anyTogether, share)

	verdicts := make(map[string]verdict)
	for _, r := range rewrites {
		v := p.judge(r, judged)
		if v.why == "" {
			continue
		}
		if p.Because != "" {
			v.why = p.Because + ": " + v.why
		}
		v.byParts = !r.written
		verdicts[r.id] = v
	}
	return verdicts
}

// losses sums up the rewrites of a whole plan.
type losses struct {
	alike                map[string]int // by page: the number of pages with nearly its text after the run, see alikeAfter
	having               map[uint64]int // by text: the number of pages that have it after the run, see textsAfter
	long, all            int            // number of pages that shrink: long ones, and all that are not short
	tooManyLong, tooMany bool
}

// judge returns the verdict on one page.
func (p Policy) judge(r rewrite, of losses) verdict {
	n := max(of.having[sketch.SameText(r.after)], of.alike[r.id])
	if p.MaxSameText > 0 && n > p.MaxSameText && r.loses() {
		return verdict{guard: GuardSameText,
			why: fmt.Sprintf("%s would say this same text, and said others; updates.max_same_text is %d",
				plural.Count(n, "page"), p.MaxSameText)}
	}
	if p.MaxShrink >= 1 || r.exempt || !r.before.Known() {
		return verdict{}
	}
	if n := of.alike[r.id]; n > 1 {
		return verdict{guard: GuardSameText,
			why: fmt.Sprintf("%s would say nearly this same text, and said others", plural.Count(n, "page"))}
	}
	notice := r.notice
	if notice == "" && r.left() < hardly && r.left()*10 < r.had() {
		notice = "it is hardly a text"
	}
	if !r.shrinks(p.MaxShrink) {
		if notice == "" || !r.loses() {
			return verdict{}
		}
		return verdict{guard: GuardShrunk,
			why: "none of its text would be left, and what comes instead looks like a notice: " + notice}
	}
	share := 100 * float64(r.had()-r.left()) / float64(r.had())
	held := verdict{guard: GuardShrunk,
		why: fmt.Sprintf("%.0f %% of its text would go (%d letters are left of %d)", share, r.left(), r.had())}
	long := r.had() >= longText
	switch {
	case notice != "":
		held.why += ", and what is left looks like a notice: " + notice
	case p.Because != "" && long:
	case of.tooManyLong && long:
		held.why += fmt.Sprintf("; %s lose as much at once", plural.Count(of.long, "page"))
	case of.tooMany && r.had() >= shortText:
		held.why += fmt.Sprintf("; %s lose as much at once", plural.Count(of.all, "page"))
	case r.isReplaced():
		held.why += ", and they say nothing of what it said; a person decides whether that is an edit"
	case long && !slices.Contains(r.doubted, r.version()):
		held.why += "; the next run sends it if the page still says so"
		held.doubt = r.version()
	default:
		return verdict{}
	}
	return held
}

// rewritesOf returns the pages of a plan whose text would change, sorted by external ID. It
// leaves out pages whose text at Intercom is not known.
func rewritesOf(plan Plan) []rewrite {
	split := make(map[string]*rewrite) // pages that have parts
	for _, c := range plan.Changes {
		if page, anchor := c.Page(); anchor != "" && split[page] == nil {
			split[page] = &rewrite{id: page}
		}
	}
	var rewrites []rewrite
	for _, c := range plan.Changes {
		page, _ := c.Page()
		switch whole := split[page]; {
		case c.Surplus:
		case whole != nil:
			whole.add(c)
		case c.After != nil && c.Before != nil && c.After != c.Before:
			r := rewrite{id: page}
			r.add(c)
			rewrites = append(rewrites, r)
		}
	}
	for _, r := range split {
		rewrites = append(rewrites, *r)
	}
	rewrites = slices.DeleteFunc(rewrites, func(r rewrite) bool {
		return len(r.versions) == 0 || r.before == r.after
	})
	slices.SortFunc(rewrites, func(a, b rewrite) int { return cmp.Compare(a.id, b.id) })
	return rewrites
}

// alikeAfter counts, for each page that loses most of what it said, the pages that get nearly
// the same text in this run. The texts may differ in a number or a name. Pages that were alike
// before do not count, nor do texts of less than alikeText letters. Where the count exceeds
// most together with the pages that got the text in earlier runs, these count too, so that a
// text cannot spread from night to night. It stops counting above most.
func alikeAfter(plan Plan, rewrites []rewrite, most int) map[string]int {
	having := make(map[uint32][]int) // by pair of words: the first rewrites with it
	counts := make(map[string]int)
	for i, r := range rewrites {
		if most == 0 || !r.before.Known() || r.after.Letters < alikeText || !r.loses() {
			continue
		}
		counts[r.id]++
		met := make(map[int]bool)
		for _, pair := range sketch.Pairs(r.after) {
			for _, j := range having[pair] {
				met[j] = true
			}
			if len(having[pair]) <= most {
				having[pair] = append(having[pair], i)
			}
		}
		for j := range met {
			if other := rewrites[j]; sketch.Alike(r.after, other.after) && !sketch.Alike(r.before, other.before) {
				counts[r.id]++
				counts[other.id]++
			}
		}
	}
	for id, n := range alikeBefore(plan, rewrites, having, most) {
		if counts[id]+n > most {
			counts[id] += n
		}
	}
	return counts
}

// alikeBefore counts, for each rewrite, the pages that already have nearly its new text, and
// got it in an earlier run in place of another text.
func alikeBefore(plan Plan, rewrites []rewrite, having map[uint32][]int, most int) map[string]int {
	counts := make(map[string]int)
	if len(having) == 0 {
		return counts
	}
	for _, c := range plan.Changes {
		if c.Action != Unchanged || c.After == nil || !c.After.Replaced {
			continue
		}
		text := c.After.Sketch
		met := make(map[int]bool)
		for _, pair := range sketch.Pairs(text) {
			for _, i := range having[pair] {
				met[i] = true
			}
		}
		for i := range met {
			if r := rewrites[i]; counts[r.id] <= most && sketch.Alike(r.after, text) && !sketch.Alike(r.before, text) {
				counts[r.id]++
			}
		}
	}
	return counts
}

// textsAfter counts, for each new text, the pages that have it after the run. It leaves out a
// text that replaces one and the same text on all pages that get it.
func textsAfter(plan Plan, rewrites []rewrite) map[uint64]int {
	having := make(map[uint64]int)
	before := make(map[uint64][]uint64) // by new text: the old texts that it replaces
	for _, r := range rewrites {
		if saying := sketch.SameText(r.after); saying != 0 {
			having[saying] = 0
			before[saying] = append(before[saying], sketch.SameText(r.before))
		}
	}
	for _, c := range plan.Changes {
		if c.After == nil {
			continue
		}
		saying := sketch.SameText(c.After.Sketch)
		if n, wanted := having[saying]; wanted {
			having[saying] = n + 1
		}
	}
	for saying, said := range before {
		one := said[0] != 0 && !slices.ContainsFunc(said, func(s uint64) bool { return s != said[0] })
		if one && len(said) > 1 {
			delete(having, saying)
		}
	}
	return having
}
