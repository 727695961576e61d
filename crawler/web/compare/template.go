package compare

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Layout reads and changes the pages of a crawl, to leave out what most of them have in common.
type Layout interface {
	// Outlines yields the URL and the outline of each page that the sink got in this crawl and that has an
	// outline, sorted by URL. It is called several times.
	Outlines() iter.Seq2[Outlined, error]
	// LeaveOut removes a template from the page at a URL, as if the sink had got it so. ok is false if that
	// is impossible because the text was not kept. Several goroutines call it at once, for different pages.
	LeaveOut(ctx context.Context, url string, t *template.Template) (left []template.LeftOut, ok bool, err error)
	// Learned receives, once, what the pages have in common.
	Learned(Common) error
}

// Outlined is the outline of a page.
type Outlined struct {
	URL     string
	Outline template.Outline
}

// Common is what the pages of a crawl have in common.
type Common struct {
	template.Learned
	Blocks int // number of blocks left out, of all pages
	Pages  int // number of pages that lost blocks
	Of     int // number of pages that were compared
	// Whole are pages that consist of the template only and so were not changed: the first MaxWhole by URL.
	Whole []string
}

// MaxWhole is the largest length of Common.Whole.
const MaxWhole = 20

// leaveOutTemplate learns what the pages of the crawl have in common. It leaves out of them what was not
// known when they were read. It runs before findDuplicates, because pages that differ only in their menus
// are the same. See docs/adr/0017.
func (c *Comparison) leaveOutTemplate(ctx context.Context) error {
	if c.Layout == nil || c.Template == nil {
		return nil
	}
	unread, err := c.unread()
	if err != nil {
		return err
	}
	learned, err := template.Learn(c.Template, outlinesOnly(c.outlines()), unread)
	if err != nil {
		return fmt.Errorf("learn the template: %w", err)
	}
	common := Common{Learned: learned}
	if err := c.leaveOut(ctx, &common); err != nil {
		return err
	}
	common.Now, common.Next = c.words.name(common.Now), c.words.name(common.Next)
	if err := c.Layout.Learned(common); err != nil {
		return fmt.Errorf("keep the template: %w", err)
	}
	return nil
}

// leaveOut removes what is new from the pages, as many at once as there are processors, and counts in common
// what they lose.
func (c *Comparison) leaveOut(ctx context.Context, common *Common) error {
	pool, ctx := errgroup.WithContext(ctx)
	pool.SetLimit(runtime.GOMAXPROCS(0))
	var unread atomic.Bool
	ended := c.compare(ctx, common, func(address string) {
		pool.Go(func() error {
			left, ok, err := c.Layout.LeaveOut(ctx, address, common.Now)
			if err != nil {
				return fmt.Errorf("leave the template out of %s: %w", address, err)
			}
			c.LeftOut(left)
			if !ok {
				unread.Store(true)
			}
			return nil
		})
	})
	if err := pool.Wait(); err != nil {
		return err
	}
	common.Unread = common.Unread || unread.Load()
	return ended
}

// compare counts what is left out of each page, and calls losing with the URLs of those that still contain
// it.
func (c *Comparison) compare(ctx context.Context, common *Common, losing func(address string)) error {
	for page, err := range c.outlines() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if common.note(page) && common.New(page.Outline) {
			losing(page.URL)
		}
		c.Frontier.Compared()
	}
	return nil
}

// note counts what is left out of a page, and reports whether anything is.
func (c *Common) note(page Outlined) bool {
	c.Of++
	blocks, all := c.Now.Covers(page.Outline)
	if c.Blocks += blocks; blocks > 0 {
		c.Pages++
	}
	if all && len(c.Whole) < MaxWhole {
		c.Whole = append(c.Whole, page.URL)
	}
	return blocks > 0
}

// outlines yields the outlines of what is still a page. Some turned out to be walls later.
func (c *Comparison) outlines() iter.Seq2[Outlined, error] {
	return func(yield func(Outlined, error) bool) {
		for page, err := range c.Layout.Outlines() {
			if err == nil {
				var outcome crawler.Outcome
				outcome, _, _, err = c.Frontier.Outcome(page.URL)
				if err == nil && outcome != crawler.Paged {
					continue
				}
			}
			if err != nil {
				err = fmt.Errorf("look over the pages: %w", err)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func outlinesOnly(pages iter.Seq2[Outlined, error]) iter.Seq2[template.Outline, error] {
	return func(yield func(template.Outline, error) bool) {
		for page, err := range pages {
			if !yield(page.Outline, err) {
				return
			}
		}
	}
}

// unread counts the pages that exist, or may exist, and were not read in this crawl.
func (c *Comparison) unread() (n int, err error) {
	for s, err := range c.Frontier.Settled() {
		if err != nil {
			return 0, err
		}
		switch o := s.Outcome; {
		case o == crawler.OverLimit, o == crawler.TooDeep: // no crawl reads these
		case o == "", o.Failed():
			n++
		case o == crawler.NotModified && c.Pages == nil:
			n++
		}
	}
	if c.Pages == nil {
		return n, nil
	}
	err = c.eachPage(anyPage, func(_ Summary, o crawler.Outcome) error {
		if o == crawler.NotModified {
			n++
		}
		return nil
	})
	return n, err
}

// firstWords are the first words of the blocks that were left out, for people. A block is identified by a
// hash of its text. Its words are the same wherever it occurs, unless secrets in them were masked since.
// Then the smallest text counts, so that the order of arrival does not matter.
type firstWords struct {
	mu    sync.Mutex
	words map[uint64]string
}

func (w *firstWords) note(left []template.LeftOut, own *secrets.Set) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range left {
		if words, known := w.words[l.Hash]; known && words <= l.Text || l.Of == 0 {
			continue // a heading's links may differ on each page
		}
		if w.words == nil {
			w.words = make(map[uint64]string)
		}
		w.words[l.Hash] = own.Mask(l.Text)
	}
}

// name returns the template with the words of its blocks.
func (w *firstWords) name(t *template.Template) *template.Template {
	w.mu.Lock()
	defer w.mu.Unlock()
	blocks := t.Blocks()
	for i, b := range blocks {
		if words, known := w.words[b.Hash]; known && b.Words == "" {
			blocks[i].Words = words
		}
	}
	return template.New(blocks)
}
