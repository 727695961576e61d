// Package compare looks over the pages of a crawl once all of them are there: some are the
// same, some only show another one, and most have something in common.
package compare

import (
	"context"
	"errors"

	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Comparison is that of the pages of one crawl.
type Comparison struct {
	Frontier *frontier.Frontier
	Scope    *scope.Scope
	Pages    Pages                  // nil: neither duplicates nor views are looked for
	Layout   Layout                 // nil: no template is learnt
	Template *template.Template     // what is left out already; nil: no template is learnt
	Texts    Texts                  // nil: no view is told by what it says
	Own      *secrets.Set           // our own, which no template has in it
	Unlearn  func(url string) error // makes the next crawl fetch a document that turned out to be no page

	words firstWords // of the blocks that were left out
}

// Texts tells what pages say.
type Texts interface {
	// Read returns the Markdown of the page that this crawl has of a URL; ok is false
	// where it is not known.
	Read(url string) (markdown string, ok bool, err error)
}

// Run learns what the pages have in common and leaves it out of them, and settles anew those
// that are no pages of their own.
func (c *Comparison) Run(ctx context.Context) error {
	return errors.Join(c.leaveOutTemplate(ctx), c.leaveOutViews(), c.findDuplicates())
}

// LeftOut notes the words of what was left out of a page.
func (c *Comparison) LeftOut(left []template.LeftOut) { c.words.note(left, c.Own) }
