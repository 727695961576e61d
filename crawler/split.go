package crawler

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/extract/split"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// Split says which pages become several, and where they are cut. The zero value leaves
// all of them whole.
type Split struct {
	Over  int       // bytes of HTML above which a page is cut at its headings; 0 for never
	At    int       // cuts pages at headings down to this level, whatever their size; 0 for none
	Pages []Pattern // of the URLs of those that At is for; none means all
}

// Of returns the parts of a page in their order, or the page alone where it stays
// whole. The first part is the page itself, with the text before what was cut off; each
// other one is known by the page's external ID with an anchor, has its URL with the
// same anchor as the fragment, and is called "Page › Section". All else they have from
// the page. had reports whether the page had a part with an anchor before: see
// [split.Rules], and docs/adr/0020.
func (s Split) Of(p Page, meter *budget.Meter, had func(anchor string) bool) ([]Page, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", p.URL, err)
	}
	if u.Fragment != "" {
		return []Page{p}, nil // is a part already
	}
	cut := split.Rules{Over: s.Over, Kept: func(anchor string) bool { return had(asFragment(anchor)) }}
	if len(s.Pages) == 0 || anyMatch(s.Pages, u) {
		cut.At = s.At
	}
	sections, err := split.Parts(p.HTML, cut, meter)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", p.URL, err)
	}
	if len(sections) == 0 {
		return []Page{p}, nil
	}
	parts := make([]Page, len(sections))
	for i, section := range sections {
		part := p
		part.HTML, part.Markdown = section.HTML, section.Markdown
		if i > 0 {
			anchor := asFragment(section.Anchor)
			part.ExternalID, part.URL = PartID(p.ExternalID, anchor), PartID(p.URL, anchor)
			part.Title = strings.Join(append([]string{p.Title}, section.Path...), " › ")
		}
		parts[i] = part
	}
	return parts, nil
}
