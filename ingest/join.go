package ingest

import (
	"fmt"
	"iter"

	"github.com/fincrawl/fincrawl/state"
)

// pair is an external ID with its crawled page, its entry, or both.
type pair struct {
	page              state.Staged
	entry             state.Entry
	crawled, recorded bool
}

// join yields a pair for each external ID of two sorted sequences, in order. It ends with the
// first error of either. A sequence out of order is an error, because a page that is passed
// over would look like one that is gone.
func join(pages iter.Seq2[state.Staged, error], entries iter.Seq2[state.Entry, error]) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		pageID := func(p state.Staged) string { return p.ExternalID }
		entryID := func(e state.Entry) string { return e.ExternalID }
		nextPage, stopPages := iter.Pull2(ascending("crawled pages", pages, pageID))
		defer stopPages()
		nextEntry, stopEntries := iter.Pull2(ascending("recorded entries", entries, entryID))
		defer stopEntries()

		page, pageErr, morePages := nextPage()
		entry, entryErr, moreEntries := nextEntry()
		for morePages || moreEntries {
			if pageErr != nil {
				yield(pair{}, fmt.Errorf("read crawled pages: %w", pageErr))
				return
			}
			if entryErr != nil {
				yield(pair{}, fmt.Errorf("read recorded entries: %w", entryErr))
				return
			}
			var p pair
			p.crawled = morePages && (!moreEntries || page.ExternalID <= entry.ExternalID)
			p.recorded = moreEntries && (!morePages || entry.ExternalID <= page.ExternalID)
			if p.crawled {
				p.page = page
				page, pageErr, morePages = nextPage()
			}
			if p.recorded {
				p.entry = entry
				entry, entryErr, moreEntries = nextEntry()
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// ascending yields the elements of seq. It yields an error instead of the first element whose
// key does not come after the one before it.
func ascending[T any](what string, seq iter.Seq2[T, error], key func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		last, first := "", true
		for v, err := range seq {
			if k := key(v); err == nil && !first && k <= last {
				err = fmt.Errorf("%s out of order: %q after %q", what, k, last)
			}
			last, first = key(v), false
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}
