package kinds

import (
	"iter"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/state"
)

// remembered is what the state file knows of the pages of a source that lists them by IDs. The version of a page
// is kept where a website's ETag is.
type remembered struct {
	source string
	ledger *state.Store
	memory web.Memory // nil where nothing is remembered
}

// Sent implements [listing.Memory].
func (r remembered) Sent() iter.Seq2[listing.Sent, error] {
	return func(yield func(listing.Sent, error) bool) {
		for e, err := range r.ledger.Entries(r.source) {
			if err != nil {
				yield(listing.Sent{}, err)
				return
			}
			if _, _, anchor := crawler.CutPart(e.ExternalID, e.URL); anchor != "" {
				continue
			}
			if s, err := r.sent(e); !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// Of implements [listing.Memory].
func (r remembered) Of(id string) (listing.Sent, bool, error) {
	e, ok, err := r.ledger.Entry(r.source, id)
	if err != nil || !ok {
		return listing.Sent{}, false, err
	}
	s, err := r.sent(e)
	return s, true, err
}

// sent returns the page of an entry. It has a version only if the library has it as that version was.
func (r remembered) sent(e state.Entry) (listing.Sent, error) {
	s := listing.Sent{ID: e.ExternalID, URL: e.URL}
	if r.memory == nil {
		return s, nil
	}
	seen, ok, err := r.memory.Recall(e.URL)
	if ok && seen.ExternalID == e.ExternalID {
		s.Version = seen.ETag
	}
	return s, err
}

// Again implements [listing.Memory].
func (r remembered) Again(s listing.Sent) error {
	seen, ok, err := r.memory.Recall(s.URL)
	if err != nil || !ok {
		return err
	}
	return r.memory.Again(seen)
}

// Remember implements [listing.Memory].
func (r remembered) Remember(s listing.Sent) error {
	if r.memory == nil {
		return nil
	}
	return r.memory.Remember(s.URL, web.Remembered{ETag: s.Version, Outcome: crawler.Paged, ExternalID: s.ID})
}
