package report

import (
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// next says what a person can do about held changes, one line for each guard.
func next(p *printer, s Source) {
	if s.Plan == nil {
		return
	}
	held := map[ingest.Guard]int{}
	for _, c := range s.Plan.Changes {
		if c.Action == ingest.Held && c.Decided == nil {
			held[c.Guard]++
		}
	}
	var lines []string
	for _, guard := range ingest.Guards() {
		if n := held[guard.Name]; n > 0 {
			lines = append(lines, Approach(s.Name, guard.Name, n))
		}
		delete(held, guard.Name)
	}
	if len(held) > 0 {
		lines = append(lines, "Some pages are held by a guard of their own: see their reasons above.")
	}
	if len(lines) == 0 {
		return
	}
	p.heading("What next")
	for _, line := range slices.Compact(lines) {
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, p.sentence(line)})
	}
	if commands := releases(s); len(commands) > 0 {
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, "To approve them as they are:"})
		for _, command := range commands {
			p.paragraph(6, 8, span{plain, p.command(command)})
		}
		p.paragraph(4, 4, span{dim, "To keep what was sent instead, write fincrawl reject in place of fincrawl approve."})
	}
	p.blank()
}

// Approach says how a person can release the changes of a source that a guard holds.
func Approach(source string, g ingest.Guard, n int) string {
	pages, are := plural.Count(n, "page"), "1 page is"
	if n != 1 {
		are = pages + " are"
	}
	switch g {
	case ingest.GuardOwnSecret:
		return are + " held because the site shows there a secret that fincrawl itself uses: " +
			"have the site take it out, or exclude the page. It cannot be allowed."
	case ingest.GuardSecret:
		return are + " held for a credential: take it off the site and change it there; " +
			"or, where it is none, approve the page, or allow it by screen.allow, with a reason."
	case ingest.GuardInjection:
		return are + " held for text that is meant for a model: take it off the site, " +
			"or, where the page is only about such text, allow it by screen.allow."
	case ingest.GuardRedaction:
		return are + " held for text that a document has and does not show, as under a black box: " +
			"whoever downloads it can read that. Have the text taken out at the site; " +
			"or, where nothing is wrong with it, approve the page, or allow it by screen.allow."
	case ingest.GuardPersonal, ingest.GuardMarker, ingest.GuardRule:
		return are + " held by the source's own screen settings: change the page, exclude it, or allow it by screen.allow."
	case ingest.GuardShrunk:
		return are + " held because much of the text is gone: see whether the site or content.body broke. " +
			"The reasons say which pages the next run sends by itself; approve the others where that is right."
	case ingest.GuardCoverage:
		return pages + " stayed in the library because the crawl could not see everything. " +
			"Mend what was not seen, then run again."
	case ingest.GuardZeroPages:
		return pages + " stayed in the library because the crawl found none. " +
			"Check the source's url, its login and include."
	case ingest.GuardOwnership:
		return pages + " stayed in the library because nothing proves that fincrawl sent it. " +
			"Delete what should go by hand in Intercom, or approve it."
	case ingest.GuardForeign:
		return are + " not sent, as a page in the import source has the same external ID, " +
			"and this state file does not know it. If it is fincrawl's own, as where the state file is an old copy, " +
			"take it over: `fincrawl adopt " + Quoted(source) + "`. " +
			"If it is somebody else's, rename or delete it in Intercom."
	case ingest.GuardConfirmation:
		return are + " missing for now: a later complete crawl decides (deletes.confirm_runs)."
	case ingest.GuardCount:
		return pages + " would be deleted at once, more than deletes.max_count. If that is right, approve it."
	case ingest.GuardShare:
		return pages + " would be deleted at once, more than deletes.max_share. If that is right, approve it."
	case ingest.GuardSameText:
		return pages + " would say the same as others, and said something else: " +
			"see whether the site shows an error or a notice there. If it is right, approve it."
	case ingest.GuardWhole:
		return are + " held because text may move from there to pages that are held: what releases those, releases these too."
	case ingest.GuardApproval:
		return are + " held because the approved plan does not have them so: " +
			"save and approve a new one (preview --out)."
	case ingest.GuardSize:
		return are + " too large to send, and cannot be split (or content.split.over is never): " +
			"trim by content.body and content.remove, or raise intercom.max_html."
	case ingest.GuardHint:
		return pages + " stayed in the library because only a hint says that it should go: open it in a browser. " +
			"If the site is mistaken, have it mended there; if the page is to go, approve it."
	case ingest.GuardRefused:
		return are + " not sent again after a refusal: edit on the site, or try again as it is: `fincrawl retry`, then sync."
	default:
		return are + " held by the guard " + string(g) + ": see the reasons above."
	}
}
