package ingest_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// history is a site and its library over several runs, made from a seed.
type history struct {
	r    *rand.Rand
	site map[string]string // text by external ID
	lib  *library
	led  *ledger
	sent bool // the first run went through
}

func newHistory(seed uint64) *history {
	return &history{
		r:    rand.New(rand.NewPCG(seed, 1)),
		site: map[string]string{"stays-1": "x", "stays-2": "x"},
		lib:  newLibrary(),
		led:  newLedger(),
	}
}

// step changes the site a little, crawls and syncs it. With faults, some pages
// cannot be read, some are missed without a reason once, and calls fail or the
// run ends early.
func (h *history) step(t *testing.T, faults bool) {
	t.Helper()
	faults = faults && h.sent // so that there is something to lose
	coverage := complete
	ends := map[string]ended{}
	var pages []state.Staged
	if faults {
		h.change()
	}
	overlooks := faults && !h.overlooked()
	for _, id := range slices.Sorted(maps.Keys(h.site)) {
		switch n := h.r.IntN(20); {
		case faults && n == 0:
			ends[address(id)] = ended{crawler.ServerError, "HTTP 503"}
			coverage.Complete = false
		case overlooks && n == 1: // a listing that is half: nothing says that it is there
		default:
			pages = append(pages, page(id, h.site[id]))
		}
	}
	for _, e := range h.led.sorted() {
		if _, there := h.site[e.ExternalID]; !there && h.r.IntN(2) == 0 {
			ends[e.URL] = ended{crawler.Gone, "HTTP 404"}
		}
	}

	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	h.lib.fault = nil
	if faults {
		odds, from := h.r.IntN(4), h.lib.calls
		ends := h.r.IntN(20)
		h.lib.fault = func(call int, id string) error {
			switch {
			case call-from == ends:
				interrupt()
			case odds == 0 && len(id)%2 == 0:
				return outage
			case odds == 1 && len(id)%2 == 1:
				return revoked
			}
			return nil
		}
	}
	plan := mustPlan(t, ingest.Inputs{Source: "wiki", Coverage: coverage, Pages: values(pages...), Entries: h.led.Entries(), Outcome: outcomes(ends)})
	p := ingest.Policy{ConfirmRuns: 2, MaxCount: 100, MaxShare: 1}
	_, err := ingest.Apply(ctx, p.Apply(plan), target(h.lib, h.led, textsOf(pages)))
	if err != nil && !faults {
		t.Fatal(err)
	}
	h.sent = true
}

// overlooked reports whether a page of the site was missed by the run before: a
// site that hides a page twice in a row has lost it as far as anyone can tell.
func (h *history) overlooked() bool {
	return slices.ContainsFunc(h.led.sorted(), func(e state.Entry) bool { return e.Misses > 0 })
}

func (h *history) change() {
	for range h.r.IntN(4) {
		id := fmt.Sprint("page-", h.r.IntN(12))
		if h.r.IntN(3) == 0 {
			delete(h.site, id)
		} else {
			h.site[id] = fmt.Sprint("text ", h.r.IntN(5))
		}
	}
	h.site["stays-1"] = fmt.Sprint("text ", h.r.IntN(5))
}

func (h *history) holdsAll(ids ...string) bool {
	in := h.inLibrary()
	return !slices.ContainsFunc(ids, func(id string) bool { _, ok := in[id]; return !ok })
}

// inLibrary returns the texts of the library by external ID.
func (h *history) inLibrary() map[string]string {
	in := map[string]string{}
	for _, p := range h.lib.pages {
		in[p.ExternalID] = p.HTML[len("<p>") : len(p.HTML)-len("</p>")]
	}
	return in
}
