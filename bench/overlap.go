package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/fincrawl/fincrawl/bench/site"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// overlap syncs two sources one after the other and then together. A polite rate limits the crawls and an allowance
// limits the uploads, as in real use, so that the speed of the machine does not matter. The smaller source uploads while
// the larger one crawls.
func (b *bench) overlap(ctx context.Context) error {
	const rate, allowance = 50, 6000 // per second; per minute
	small, large := site.Shape{Seed: 1, Pages: 300}, site.Shape{Seed: 2, Pages: 600}

	var crawls, alone, together time.Duration
	for _, s := range []site.Shape{small, large} {
		crawl, err := b.overlapOnce(ctx, "preview", rate, allowance, s)
		if err != nil {
			return err
		}
		whole, err := b.overlapOnce(ctx, "sync", rate, allowance, s)
		if err != nil {
			return err
		}
		crawls, alone = crawls+crawl, alone+whole
	}
	together, err := b.overlapOnce(ctx, "sync", rate, allowance, small, large)
	if err != nil {
		return err
	}
	uploads := alone - crawls
	longer := max(crawls, uploads)
	b.results.add("overlap", most(aim{What: "two sources at once", On: fmt.Sprintf("%d and %d pages", small.Pages, large.Pages),
		Aim: "≤ 1.15 × the longer of (sum of crawls, sum of uploads)", Value: together.Seconds() / longer.Seconds(), Unit: "×",
		Note: fmt.Sprintf("crawls %.1f s, uploads %.1f s, together %.1f s, one after the other %.1f s", crawls.Seconds(), uploads.Seconds(), together.Seconds(), alone.Seconds())}, 1.15))
	return nil
}

func (b *bench) overlapOnce(ctx context.Context, command string, rate, allowance int, shapes ...site.Shape) (time.Duration, error) {
	box, err := sandbox.New(sandbox.Config{RateLimit: allowance})
	if err != nil {
		return 0, err
	}
	api, closeAPI, err := serve(box)
	if err != nil {
		return 0, err
	}
	defer closeAPI()
	var sources []source
	for i, shape := range shapes {
		address, closeSite, err := serve(site.New(shape))
		if err != nil {
			return 0, err
		}
		defer closeSite()
		sources = append(sources, source{name: fmt.Sprintf("site-%d", i), url: address + "/", rate: fmt.Sprintf("%d/s", rate)})
	}
	p, err := b.project(api, sources...)
	if err != nil {
		return 0, err
	}
	spent, err := p.run(ctx, command)
	return spent.Wall, err
}

func sizeOf(file string) (int64, error) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
