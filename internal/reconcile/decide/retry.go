package decide

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// Retry forgets that Intercom refused pages of a source, so that the next run sends them again. It
// returns their URLs. page limits it to one page with all its parts; "" for all pages.
func Retry(store *state.Store, source, page string) (urls []string, err error) {
	var cleared []state.Entry
	for e, err := range store.Entries(source) {
		if err != nil {
			return nil, err
		}
		if e.Refused != nil && (page == "" || page == e.URL || page == crawler.Address(e.URL) || page == e.ExternalID) {
			cleared = append(cleared, e)
		}
	}
	for _, e := range cleared {
		e.Refused = nil
		if err := store.PutEntry(source, e); err != nil {
			return urls, err
		}
		urls = append(urls, e.URL)
	}
	return urls, store.Flush()
}
