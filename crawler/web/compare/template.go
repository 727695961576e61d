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

// Layout lets a crawl leave out of its pages what most of them have in common.
type Layout interface {
	// Outlines yields the URL and the outline of each page that the sink got in this
	// crawl and that has one, sorted by URL. It is asked for several times.
	Outlines() iter.Seq2[Outlined, error]
	// LeaveOut takes a template off the page at a URL, as if it had been put into the
	// sink without it. ok is false where that cannot be, since its text was not kept.
	// It is called by several goroutines at once, for different pages.
	LeaveOut(ctx context.Context, url string, t *template.Template) (left []template.LeftOut, ok bool, err error)
	// Learned is told, once, what the pages have in common.
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
	Blocks int // that were left out, of all pages together
	Pages  int // that they were left out of
	Of     int // pages that were looked at
	// Whole are pages that have nothing else, and so were left as they are: the first
	// MaxWhole by URL.
	Whole []string
}

// MaxWhole bounds Common.Whole.
const MaxWhole = 20

// leaveOutTemplate learns what the pages of the crawl have in common, and leaves out of
// them what was not known when they were read. It comes before duplicates are looked
// for: pages that differ in their menu alone are the same. See docs/adr/0017.
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

// leaveOut leaves out of the pages what is new, of as many at once as there are
// processors, and notes in common what all together lose.
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

// compare notes what is left out of each page, and calls losing with the URLs of those
// that it has not been left out of yet.
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

// outlines yields those of what is a page still: some prove to be walls later.
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

// unread counts the pages that are there, or may be, and were not read in this crawl.
func (c *Comparison) unread() (n int, err error) {
	for s, err := range c.Frontier.Settled() {
		if err != nil {
			return 0, err
		}
		switch o := s.Outcome; {
		case o == crawler.OverLimit, o == crawler.TooDeep: // which no crawl reads
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

// firstWords are those of the blocks that were left out, for people. A block is known by
// a hash of its text, so that it has the same words wherever it is met, but for what was
// redacted since; of those that differ the first in order are taken, whichever is met first.
type firstWords struct {
	mu    sync.Mutex
	words map[uint64]string
}

func (w *firstWords) note(left []template.LeftOut, own *secrets.Set) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range left {
		if words, known := w.words[l.Hash]; known && words <= l.Text || l.Of == 0 {
			continue // links below a heading may be others on each page
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
