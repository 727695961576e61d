package reconcile

import (
	"iter"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/state"
)

// StateFrontier adapts a crawl in the state file to the web crawler.
type StateFrontier struct{ *state.Crawl }

// Settle implements [frontier.Store].
func (f StateFrontier) Settle(url string, outcome crawler.Outcome, detail string) error {
	return f.Crawl.Settle(url, string(outcome), detail)
}

// Outcome implements [frontier.Store].
func (f StateFrontier) Outcome(url string) (outcome crawler.Outcome, detail string, known bool, err error) {
	told, detail, known, err := f.Crawl.Outcome(url)
	return crawler.Outcome(told), detail, known, err
}

// Settled implements [frontier.Store].
func (f StateFrontier) Settled() iter.Seq2[frontier.Settlement, error] {
	return func(yield func(frontier.Settlement, error) bool) {
		for v, err := range f.Visits() {
			s := frontier.Settlement{
				URL: v.URL, From: v.From, Outcome: crawler.Outcome(v.Outcome), Detail: v.Detail, Depth: v.Depth,
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// keeper stores a source's session in the state file. For a preview it only reads.
type keeper struct {
	source   string
	store    *state.Store
	readOnly bool
}

func (k keeper) Session() ([]byte, error) { return k.store.Session(k.source) }

func (k keeper) KeepSession(sealed []byte) error {
	if k.readOnly {
		return nil
	}
	return k.store.KeepSession(k.source, sealed)
}
