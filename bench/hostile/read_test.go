package main

import (
	"context"
	"errors"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/hostile"
)

// Each kind of hostile file is read, or refused as a file that is broken or costs too much,
// and the work that is counted grows no faster than the file. The whole size is measured by
// the benchmark.
func TestTheWorkOnAHostileFileGrowsLikeTheFile(t *testing.T) {
	const part, least = 1000, 20 // of the full size
	for _, c := range hostile.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if c.Uncounted {
				work(t, c, c.Make(max(c.Full/part, 1)))
				return
			}
			size := max(c.Full/part, least)
			few, refused := work(t, c, c.Make(size))
			if refused {
				return
			}
			many, refused := work(t, c, c.Make(4*size))
			if c.Multiplies || refused {
				return
			}
			if grown := float64(len(c.Make(4*size))) / float64(len(c.Make(size))); float64(many) > 2*max(grown, 4)*float64(few)+20_000 {
				t.Errorf("%d steps for the file, and %d for one of %.1f times its size", few, many, grown)
			}
		})
	}
}

// work reads a file, and returns the work that was counted.
func work(t *testing.T, c hostile.Case, body []byte) (spent int64, refused bool) {
	t.Helper()
	var steps string
	err := budget.Run(t.Context(), budget.Page, func(ctx context.Context) error {
		defer func() { spent = budget.From(ctx).Spent() }()
		return read(ctx, c, body, &steps)
	})
	var costly *budget.Exceeded
	var problem *document.Problem
	if err != nil && !errors.As(err, &costly) && !errors.As(err, &problem) && c.Name != "misnested formatting" {
		t.Errorf("%v (%s)", err, steps)
	}
	return spent, err != nil
}
