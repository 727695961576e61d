package web

import (
	"fmt"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/render"
)

// What a page does to itself stands from run to run, so it is no failure. It keeps what was sent.
func TestAPageThatRemovesOrSwellsItselfIsNoFailure(t *testing.T) {
	for err, want := range map[error]crawler.Outcome{
		render.ErrNoPage: crawler.Empty, render.ErrTooLarge: crawler.TooLarge, render.ErrTooMuchMemory: crawler.TooCostly,
	} {
		got, _ := fetch.FailureOf(whyNotShown(fmt.Errorf("show: %w", err)))
		if got != want || got.Failed() || !got.Spares() {
			t.Errorf("%v is %s", err, got)
		}
	}
}
