// Package compare compares the pages of a crawl with each other once all were read: some are the same, some
// only show another page, and most have something in common.
package compare

import (
	"context"
	"errors"

	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Comparison compares the pages of one crawl.
type Comparison struct {
	Frontier *frontier.Frontier
	Scope    *scope.Scope
	Pages    Pages                  // nil: it looks for neither duplicates nor views
	Layout   Layout                 // nil: it learns no template
	Template *template.Template     // what is left out already; nil: it learns no template
	Texts    Texts                  // nil: it does not recognise views by their text
	Own      *secrets.Set           // the source's secrets, which no template may contain
	Unlearn  func(url string) error // makes the next crawl fetch a document that is no page

	words firstWords // of the blocks that were left out
}

// Texts reads the texts of pages.
type Texts interface {
	// Read returns the Markdown that this crawl read at a URL. ok is false if it is not known.
	Read(url string) (markdown string, ok bool, err error)
}

// Run learns what the pages have in common and leaves it out of them. Then it settles again the pages that
// are no pages of their own.
func (c *Comparison) Run(ctx context.Context) error {
	return errors.Join(c.leaveOutTemplate(ctx), c.leaveOutViews(), c.findDuplicates())
}

// LeftOut records the words of what was left out of a page.
func (c *Comparison) LeftOut(left []template.LeftOut) { c.words.note(left, c.Own) }
