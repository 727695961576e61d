package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// Recorded looks up what was sent.
type Recorded struct {
	Entry func(externalID string) (e state.Entry, ok bool, err error)
	// Text returns the hash of the text that was sent, as in state.Staged.Text, or "" where it
	// is not known.
	Text func(externalID string) (string, error)
}

// Identify finds the pages of a crawl whose external ID is not their URL: those that were
// sent under a URL that they had before. It returns their external IDs by URL. in.Pages still
// have their URLs as external IDs. Pages with an identity of their own
// (state.Staged.Identity) are left out.
//
// A page keeps its external ID when its URL changes. That is recognised where the old URL
// redirects to a page that was never sent, or is gone while such a page has the same text.
// A new page at a URL whose external ID belongs to another page gets that URL with a number.
// See docs/adr/0012.
func Identify(in Inputs, sent Recorded) (map[string]string, error) {
	i := identification{in: in, sent: sent, names: make(map[string]string), taken: make(map[string]bool)}
	for _, step := range []func() error{i.readEntries, i.recallMoves, i.followAddresses, i.matchTexts, i.numberNewcomers} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("tell which pages have moved: %w", err)
		}
	}
	return i.names, nil
}

type identification struct {
	in   Inputs
	sent Recorded

	names  map[string]string // URL → external ID
	taken  map[string]bool   // external IDs in names
	moved  []state.Entry     // whose URL is not their external ID
	absent []state.Entry     // whose URL is certainly no page any more
}

// readEntries collects the entries that may have moved. Mostly there are none.
func (i *identification) readEntries() error {
	for e, err := range i.in.Entries {
		if err != nil {
			return err
		}
		if _, _, anchor := crawler.CutPart(e.ExternalID, e.URL); anchor != "" || !isAddress(e.ExternalID) {
			continue // a part moves with its page
		}
		if e.ExternalID != e.URL {
			i.moved = append(i.moved, e)
		}
		outcome, _, known, err := i.in.Outcome(e.URL)
		if err != nil {
			return err
		}
		if known && outcome != "" && !isPage(outcome) && !outcome.Spares() {
			i.absent = append(i.absent, e)
		}
	}
	return nil
}

// recallMoves finds the pages that moved in an earlier run. Where the text of a page is not
// known, somebody may have written the URL at Intercom. It then counts only if there is no
// page at the URL that is the external ID.
func (i *identification) recallMoves() error {
	claimed := make(map[string]bool, len(i.moved))
	for _, e := range i.moved {
		claimed[e.URL] = true
	}
	for _, e := range i.moved {
		here, err := i.isPageNow(e.URL)
		if err != nil {
			return err
		}
		own, err := i.hasOwn(e.URL)
		if err != nil {
			return err
		}
		if !here || own || i.names[e.URL] != "" {
			continue
		}
		if e.Hash == "" && !claimed[e.ExternalID] {
			atHome, err := i.isPageNow(e.ExternalID)
			if err != nil {
				return err
			}
			if atHome {
				continue
			}
		}
		i.name(e.URL, e.ExternalID)
	}
	return nil
}

// followAddresses names the new pages that old URLs lead to.
func (i *identification) followAddresses() error {
	led := make(map[string]string) // address → external ID
	for _, e := range i.absent {
		to, err := leadsTo(i.in.Outcome, e.URL)
		if err != nil {
			return err
		}
		if to != "" && led[to] == "" && !i.taken[e.ExternalID] {
			led[to] = e.ExternalID
		}
	}
	return i.eachNew(len(led), func(p state.Staged) { i.name(p.URL, led[p.URL]) })
}

// matchTexts names the new pages that have the text of a page whose URL is gone.
func (i *identification) matchTexts() error {
	saying := make(map[string][]string) // text → external IDs
	for _, e := range i.absent {
		if i.taken[e.ExternalID] {
			continue
		}
		text, err := i.sent.Text(e.ExternalID)
		if err != nil {
			return err
		}
		if text != "" {
			saying[text] = append(saying[text], e.ExternalID)
		}
	}
	return i.eachNew(len(saying), func(p state.Staged) {
		if ids := saying[p.Text]; len(ids) > 0 {
			i.name(p.URL, ids[0])
			saying[p.Text] = ids[1:]
		}
	})
}

// numberNewcomers names the pages at URLs whose external ID belongs to another page.
func (i *identification) numberNewcomers() error {
	for _, e := range i.moved {
		here, err := i.isPageNow(e.ExternalID)
		if err != nil {
			return err
		}
		gone := slices.ContainsFunc(i.absent, func(a state.Entry) bool { return a.ExternalID == e.ExternalID })
		if !here || i.names[e.ExternalID] != "" || !i.taken[e.ExternalID] && (gone || e.Hash == "") {
			continue
		}
		for n := 2; ; n++ {
			id := fmt.Sprintf("%s#%d", e.ExternalID, n)
			if _, used, err := i.sent.Entry(id); err != nil {
				return err
			} else if !used && !i.taken[id] {
				i.name(e.ExternalID, id)
				break
			}
		}
	}
	return nil
}

// name gives the page at a URL an external ID, unless that is "".
func (i *identification) name(address, externalID string) {
	if externalID != "" {
		i.names[address], i.taken[externalID] = externalID, true
	}
}

// eachNew calls do for each page that was never sent and has no name yet. It does nothing
// where toGive is 0.
func (i *identification) eachNew(toGive int, do func(state.Staged)) error {
	if toGive == 0 {
		return nil
	}
	for p, err := range i.in.Pages {
		if err != nil {
			return err
		}
		if _, _, anchor := crawler.CutPart(p.ExternalID, p.URL); anchor != "" || p.Identity != "" || i.names[p.URL] != "" {
			continue
		}
		own, err := i.hasOwn(p.URL)
		if err != nil {
			return err
		}
		if !own {
			do(p)
		}
	}
	return nil
}

// hasOwn reports whether the page at a URL was sent with that URL as its external ID and has not moved.
func (i *identification) hasOwn(address string) (bool, error) {
	e, ok, err := i.sent.Entry(address)
	return ok && e.URL == address, err
}

func (i *identification) isPageNow(address string) (bool, error) {
	outcome, _, _, err := i.in.Outcome(address)
	return isPage(outcome), err
}

func isPage(o crawler.Outcome) bool { return o == crawler.Paged || o == crawler.NotModified }

// isAddress reports whether an external ID is a URL.
func isAddress(externalID string) bool {
	return strings.HasPrefix(externalID, "https://") || strings.HasPrefix(externalID, "http://")
}
