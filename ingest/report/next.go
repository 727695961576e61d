package report

import (
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
)

// next says what a person can do about what was held, a line for each guard.
func next(p *printer, s Source) {
	if s.Plan == nil {
		return
	}
	held := map[ingest.Guard]int{}
	for _, c := range s.Plan.Changes {
		if c.Action == ingest.Held {
			held[c.Guard]++
		}
	}
	var lines []string
	for _, guard := range []ingest.Guard{
		ingest.GuardCoverage, ingest.GuardZeroPages, ingest.GuardOwnership, ingest.GuardConfirmation,
		ingest.GuardCount, ingest.GuardShare, ingest.GuardSize, ingest.GuardRefused,
	} {
		if n := held[guard]; n > 0 {
			lines = append(lines, approach(guard, n))
		}
		delete(held, guard)
	}
	if len(held) > 0 {
		lines = append(lines, "Some pages are held by a guard of their own: see their reasons above.")
	}
	if len(lines) == 0 {
		return
	}
	p.heading("What next")
	for _, line := range slices.Compact(lines) {
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, line})
	}
	p.blank()
}

// approach says what lets the changes go that a guard holds.
func approach(g ingest.Guard, n int) string {
	pages, are := count(n, "page"), "1 page is"
	if n != 1 {
		are = pages + " are"
	}
	switch g {
	case ingest.GuardCoverage:
		return pages + " stayed in the library because the crawl could not see everything. Mend what was not seen, then run again."
	case ingest.GuardZeroPages:
		return pages + " stayed in the library because the crawl found none. Check the source's url, its login and include."
	case ingest.GuardOwnership:
		return pages + " stayed in the library for want of a recorded ID. Delete by hand in Intercom what should go."
	case ingest.GuardConfirmation:
		return are + " missing for now: a later complete crawl decides (deletes.confirm_runs)."
	case ingest.GuardCount:
		return fmt.Sprintf("%s would be deleted at once. If that is right, set deletes.max_count to at least %d for one run.", pages, n)
	case ingest.GuardShare:
		return pages + " would be deleted at once. If that is right, raise deletes.max_share for one run."
	case ingest.GuardSize:
		return are + " too large to send: split on the site, trim by content.body and content.remove, or raise intercom.max_html."
	default:
		return are + " resting after a refusal: edit on the site, or try again as is: fincrawl retry, then sync."
	}
}
