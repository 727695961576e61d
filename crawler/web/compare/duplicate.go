package compare

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Pages lets a crawl look over the pages it gave, once all of them are there.
type Pages interface {
	// Summaries yields each page that the sink, or Memory.Again, got in this crawl. It
	// is asked for several times.
	Summaries() iter.Seq2[Summary, error]
	// Changed reports whether the page at a URL was sent earlier with another text.
	Changed(url string) (bool, error)
}

// Summary is what tells whether two pages are one.
type Summary struct {
	URL      string
	Identity string // see Page.Identity
	Says     string // stands for all that it says, and to whom; the same for pages that say the same
	Title    string
	Dialogue bool // see Page.Dialogue
}

// findDuplicates settles anew the pages that are the same as another one, by what they
// say identifies them, or else by their title and text: of each group, the one with
// the shortest address, and of these the first in order, is the page. That depends on
// nothing but the pages, so it cannot be decided before all of them are there.
//
// A page that was sent with another text is left out, and stays a page of its own:
// whether many pages may change to one text at once is the policy's to say. By the
// next run it says what it said before, and is a duplicate then. See docs/adr/0012.
func (c *Comparison) findDuplicates() error {
	if c.Pages == nil {
		return nil
	}
	for _, keyOf := range []func(Summary) string{
		func(s Summary) string { return s.Identity },
		func(s Summary) string { return s.Says },
	} {
		if err := c.mergeBy(keyOf); err != nil {
			return err
		}
	}
	return nil
}

// mergeBy leaves one page of those with the same key; "" is none. It holds a number
// for each page, and the addresses of those only that have a key in common.
func (c *Comparison) mergeBy(keyOf func(Summary) string) error {
	count := make(map[uint64]int32)
	hasKey := func(s Summary) bool { return keyOf(s) != "" }
	err := c.eachPage(hasKey, func(s Summary, _ crawler.Outcome) error { count[texthash.Of(keyOf(s))]++; return nil })
	if err != nil {
		return err
	}
	type member struct {
		key     uint64
		address string
		outcome crawler.Outcome
	}
	var shared []member
	first := make(map[uint64]string)
	err = c.eachPage(hasKey, func(s Summary, outcome crawler.Outcome) error {
		key := texthash.Of(keyOf(s))
		if count[key] < 2 {
			return nil
		}
		changed, err := c.Pages.Changed(s.URL)
		if err != nil || changed {
			return err
		}
		shared = append(shared, member{key, s.URL, outcome})
		if before, ok := first[key]; !ok || shorter(s.URL, before) < 0 {
			first[key] = s.URL
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range shared {
		if m.address == first[m.key] {
			continue
		}
		if err := c.settleAnew(m.address, m.outcome, crawler.Duplicate, first[m.key]); err != nil {
			return err
		}
	}
	return nil
}

// settleAnew gives a page that had one outcome another.
func (c *Comparison) settleAnew(address string, before, now crawler.Outcome, detail string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("read an address of the pages: %w", err)
	}
	if before == crawler.Paged {
		c.Frontier.Retract(1)
	} else {
		c.Frontier.Unsettle(1)
	}
	return c.Frontier.Settle(u, now, detail)
}

// eachPage calls do for each page of the crawl that is one still and is wanted.
func (c *Comparison) eachPage(wanted func(Summary) bool, do func(Summary, crawler.Outcome) error) error {
	for s, err := range c.Pages.Summaries() {
		if err != nil {
			return fmt.Errorf("look over the pages: %w", err)
		}
		if !wanted(s) {
			continue
		}
		outcome, _, _, err := c.Frontier.Outcome(s.URL)
		if err != nil {
			return err
		}
		if outcome == crawler.Paged || outcome == crawler.NotModified {
			if err := do(s, outcome); err != nil {
				return err
			}
		}
	}
	return nil
}

func anyPage(Summary) bool { return true }

// shorter orders addresses by their length, and then as text.
func shorter(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
