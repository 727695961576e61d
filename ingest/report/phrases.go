package report

import (
	"strings"

	"github.com/fincrawl/fincrawl/internal/plural"
)

// Phrases are the lines that change on many pages with each run and do not count as changes.
type Phrases struct {
	Phrases []string `json:"phrases"`
	Pages   int      `json:"pages"` // number of pages that differ in nothing else and count as unchanged
}

// phrases says which lines are left out of the comparison.
func phrases(p *printer, said Phrases) {
	p.field("Volatile", span{plain, "These lines change on many pages with each run, which counts as no change: " +
		strings.Join(said.Phrases, ", ") + "."})
	p.field("", span{plain, "Different in nothing else: " + plural.Count(said.Pages, "page") + ". " +
		"What was sent stays until the next change, or until all is verified (fetch.verify_every)."})
}
