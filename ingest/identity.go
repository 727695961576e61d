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
	// Text returns the hash of the text that was sent, as state.Staged.Text; "" where it
	// is not known.
	Text func(externalID string) (string, error)
}

// Identify works out which pages of a crawl are known by another external ID than their
// address, and returns that by their address: those that were sent under an address
// they had before. in.Pages are under their addresses still. Pages that have an
// identity of their own (state.Staged.Identity) are not among them.
//
// A page that was sent goes on under its external ID, whatever its address, when the
// old address leads to a page that was never sent, or is gone while such a page says
// the same. A page that turns up at an address whose external ID another page took
// along is new, and gets that address with a number. See docs/adr/0012.
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

	names map[string]string // address → external ID
	taken map[string]bool   // external IDs in names

	moved  []state.Entry // that have another address than their external ID
	absent []state.Entry // that are no page at their address any more, for sure
}

// readEntries finds the entries that there is something to think about. Mostly there
// are none.
func (i *identification) readEntries() error {
	for e, err := range i.in.Entries {
		if err != nil {
			return err
		}
		if _, _, anchor := crawler.CutPart(e.ExternalID, e.URL); anchor != "" || !isAddress(e.ExternalID) {
			continue // a part goes where its page goes
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

// recallMoves finds the pages that are known to have moved in an earlier run. Of a page
// whose text is not known, the URL may also be one that somebody wrote in Intercom: it
// is believed only where no page is left at the address it was sent under.
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

// followAddresses gives entries to the pages that their addresses lead to now.
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

// matchTexts gives entries whose addresses are gone to new pages that say the same.
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

// numberNewcomers names the pages at addresses whose external ID another page has.
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

// name gives the page at an address an external ID, if there is one to give.
func (i *identification) name(address, externalID string) {
	if externalID != "" {
		i.names[address], i.taken[externalID] = externalID, true
	}
}

// eachNew calls do for each page that was never sent and has no name yet, unless there
// is nothing to give it.
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

// hasOwn reports whether the page at an address was sent under that, and has not moved.
func (i *identification) hasOwn(address string) (bool, error) {
	e, ok, err := i.sent.Entry(address)
	return ok && e.URL == address, err
}

func (i *identification) isPageNow(address string) (bool, error) {
	outcome, _, _, err := i.in.Outcome(address)
	return isPage(outcome), err
}

func isPage(o crawler.Outcome) bool { return o == crawler.Paged || o == crawler.NotModified }

// isAddress reports whether an external ID is the address that a page has or had.
func isAddress(externalID string) bool {
	return strings.HasPrefix(externalID, "https://") || strings.HasPrefix(externalID, "http://")
}
