package report

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
)

// thin says why more was left out than read, and how to change that.
func thin(p *printer, c crawler.Coverage) {
	for _, reason := range ingest.Thin(c) {
		p.field("", span{red, reason + "."})
	}
}
