package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// maxGapsListed is how many gaps a text lists. JSON has up to crawler.MaxGaps.
const maxGapsListed = 10

// crawl says what was seen of a source, and whether that was everything.
func crawl(p *printer, c crawler.Coverage) {
	seen := plural.Count(c.Discovered, "URL")
	if outcomes := outcomesInWords(c.Outcomes); outcomes != "" {
		seen += ": " + outcomes
	}
	defer fromInside(p, c)
	defer mayAct(p, c)
	defer badSitemaps(p, c)
	defer tooLarge(p, c)
	defer thin(p, c)
	if c.Complete {
		p.field("Crawl", span{plain, seen + " ·"}, span{green, "complete"})
		return
	}
	if c.SawAll() {
		p.field("Crawl", span{plain, seen + " ·"}, span{green, "only what was asked for"})
		return
	}
	p.field("Crawl", span{plain, seen})
	p.field("", span{red, "NOT COMPLETE: no page is deleted for being absent"})
	if c.Ended != "" {
		p.field("", span{plain, "It ended before it was through: " + c.Ended + "."})
	}
}

// tooLarge says how to read pages that are too large. They do not make the crawl incomplete.
func tooLarge(p *printer, c crawler.Coverage) {
	if n := c.Outcomes[crawler.TooLarge]; n > 0 {
		p.field("", span{plain, plural.Count(n, "URL") + " too large to be read: raise fetch.max_body, or exclude them. " +
			"What was sent of them stays as it is."})
	}
}

// badSitemaps lists the sitemaps that could not be read to their end.
func badSitemaps(p *printer, c crawler.Coverage) {
	for _, g := range c.BadSitemaps[:min(len(c.BadSitemaps), maxProofsListed)] {
		p.field("", span{red, "A sitemap could not be read to its end, so that new pages may be missing:"},
			span{plain, g.URL}, span{dim, g.Detail})
		p.field("", span{plain, "Have it mended, or leave it out of discover.sitemaps."})
	}
}

// mayAct lists the URLs that were not fetched because a request for them may do something.
func mayAct(p *printer, c crawler.Coverage) {
	if c.MayActInAll == 0 {
		return
	}
	p.field("", span{plain, fmt.Sprintf("Not fetched, because they may do something rather than show an article: %s. "+
		"Name the articles among them in discover.allow:", plural.Count(c.MayActInAll, "URL"))})
	shown := c.MayAct[:min(len(c.MayAct), maxGapsListed)]
	for _, g := range shown {
		p.field("", span{plain, g.URL}, span{dim, g.Detail})
	}
	if more := c.MayActInAll - len(shown); more > 0 {
		p.field("", span{plain, fmt.Sprintf("… and %d more", more)})
	}
}

// maxProofsListed is how many proofs a text lists. JSON has up to crawler.MaxGaps.
const maxProofsListed = 3

// fromInside lists the pages whose answer was confirmed while the login was proved to work.
func fromInside(p *printer, c crawler.Coverage) {
	if c.ProvedInAll == 0 {
		return
	}
	p.field("", span{plain, fmt.Sprintf("Fetched again while the login was seen to work, with the same answer: %s.",
		plural.Count(c.ProvedInAll, "page"))})
	for _, proof := range c.Proved[:min(len(c.Proved), maxProofsListed)] {
		p.field("", span{plain, proof.URL}, span{dim, string(proof.Outcome)})
	}
	if more := c.ProvedInAll - maxProofsListed; more > 0 {
		p.field("", span{plain, fmt.Sprintf("… and %d more", more)})
	}
}

// gaps lists what a crawl could not see, with advice. Where the source failed as a whole, its
// error has the advice.
func gaps(p *printer, c crawler.Coverage, failed bool) {
	if len(c.Gaps) == 0 {
		return
	}
	p.heading(fmt.Sprintf("Not seen (%d)", max(c.GapsInAll, len(c.Gaps))))
	shown := c.Gaps[:min(len(c.Gaps), maxGapsListed)]
	for _, g := range shown {
		p.paragraph(2, 4, span{red, "!"}, span{plain, g.URL})
		p.paragraph(4, 4, span{dim, join(" · ", string(g.Outcome), g.Detail)})
	}
	p.more(max(c.GapsInAll, len(c.Gaps)) - len(shown))
	for _, advice := range AdviceOnGaps(c, failed) {
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, p.sentence(advice)})
	}
	p.blank()
}

// outcomesInWords lists the number of URLs by outcome: first what was read, last what failed.
func outcomesInWords(of map[crawler.Outcome]int) string {
	rank := func(o crawler.Outcome) int {
		switch {
		case o == crawler.Paged:
			return 0
		case o == crawler.Listing, o == crawler.NotModified:
			return 1
		case !o.Failed():
			return 2
		}
		return 3
	}
	sorted := slices.SortedFunc(maps.Keys(of), func(a, b crawler.Outcome) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	var parts []string
	for _, o := range sorted {
		switch n := of[o]; {
		case n == 0:
		case rank(o) < 2 && o != crawler.NotModified:
			parts = append(parts, plural.Count(n, string(o)))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return strings.Join(parts, ", ")
}
