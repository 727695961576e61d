package report

import (
	"strings"

	"github.com/fincrawl/fincrawl/internal/plural"
)

// Phrases are what changes on many pages with each run, and is no change by itself.
type Phrases struct {
	Phrases []string `json:"phrases"`
	Pages   int      `json:"pages"` // that differ in nothing else, and count as unchanged
}

// phrases says what is left out of the comparison.
func phrases(p *printer, said Phrases) {
	p.field("Volatile", span{plain, "What changes on many pages with each run is no change: " + strings.Join(said.Phrases, ", ") + "."})
	p.field("", span{plain, "Different in nothing else: " + plural.Count(said.Pages, "page") + ". What was sent stays until the next change, or until all is verified (fetch.verify_every)."})
}
