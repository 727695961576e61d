package report

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
)

// thin says for what reason more was left out than read, and what changes that.
func thin(p *printer, c crawler.Coverage) {
	for _, reason := range ingest.Thin(c) {
		p.field("", span{red, reason + "."})
	}
}
