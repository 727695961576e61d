package compare

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Pages reads the pages of a crawl, once all of them are there.
type Pages interface {
	// Summaries yields each page that the sink, or Memory.Again, got in this crawl. It is called several
	// times.
	Summaries() iter.Seq2[Summary, error]
	// Changed reports whether the page at a URL was sent earlier with another text.
	Changed(url string) (bool, error)
}

// Summary is what shows whether two pages are the same.
type Summary struct {
	URL      string
	Identity string // see Page.Identity
	Says     string // a hash of the text and of who may read it
	Title    string
	Dialogue bool // see Page.Dialogue
}

// findDuplicates settles pages again that are the same as another page: those with the same identity, and
// then those with the same title and text. The page of a group is the one with the shortest address, and
// among these the first in order. That depends on nothing but the pages, so it can only be decided when all
// of them are there.
//
// A page that was sent with another text stays a page of its own, because the policy decides whether many
// pages may change to one text at once. By the next run its text has been sent, and it is a duplicate. See
// docs/adr/0012.
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

// mergeBy keeps one page of those with the same key. "" is no key. In memory it holds a number for each
// page, and addresses only for pages that share a key.
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

// settleAnew replaces the outcome of a page.
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

// eachPage calls do for each wanted page that is still a page.
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

// shorter compares addresses by length, and then as text.
func shorter(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
