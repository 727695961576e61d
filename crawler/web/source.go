package web

import (
	"context"

	"github.com/fincrawl/fincrawl/crawler"
)

// New returns a website as a source. Its surroundings keep what a reading that was cut off
// needs to be gone on with.
func New(src Source, sur Surroundings) crawler.Source { return website{src, sur} }

type website struct {
	source       Source
	surroundings Surroundings
}

func (w website) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	sur := w.surroundings
	sur.Pages, sur.Only, sur.Known, sur.Progress = r.Sink, r.Only, r.Known, r.Progress
	return Crawl(ctx, w.source, sur)
}
