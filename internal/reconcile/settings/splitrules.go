package settings

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/split"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Split says which pages are split into parts. The zero value splits none.
type Split struct {
	Over  int                  // bytes of HTML above which a page is split at its headings; 0 for never
	At    int                  // splits pages at headings down to this level, whatever their size; 0 for none
	Pages []urlpattern.Pattern // of URLs that At applies to; none for all
}

// Of returns the parts of a page in order, or only the page where it is not split. The first part is
// the page itself with the text before the first cut. Each further part has the external ID and the
// URL of the page with an anchor, the title "Page › Section", and everything else from the page. had
// reports whether the page had a part with an anchor before: see [split.Rules] and docs/adr/0020.
func (s Split) Of(p crawler.Page, meter *budget.Meter, had func(anchor string) bool) ([]crawler.Page, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", p.URL, err)
	}
	if u.Fragment != "" {
		return []crawler.Page{p}, nil // it is a part already
	}
	cut := split.Rules{Over: s.Over, Kept: func(anchor string) bool { return had(crawler.AsFragment(anchor)) }}
	if len(s.Pages) == 0 || urlpattern.Any(s.Pages, u) {
		cut.At = s.At
	}
	sections, err := split.Parts(p.HTML, cut, meter)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", p.URL, err)
	}
	if len(sections) == 0 {
		return []crawler.Page{p}, nil
	}
	parts := make([]crawler.Page, len(sections))
	for i, section := range sections {
		part := p
		part.HTML, part.Markdown = section.HTML, section.Markdown
		if i > 0 {
			anchor := crawler.AsFragment(section.Anchor)
			part.ExternalID, part.URL = crawler.PartID(p.ExternalID, anchor), crawler.PartID(p.URL, anchor)
			part.Title = strings.Join(append([]string{p.Title}, section.Path...), " › ")
		}
		parts[i] = part
	}
	return parts, nil
}

// NewSplit translates the settings of splitting.
func NewSplit(c config.Split) (Split, error) {
	split := Split{Over: int(c.Over), At: c.At}
	for _, text := range c.Pages {
		p, err := urlpattern.Parse(text)
		if err != nil {
			return split, fmt.Errorf("content.split: pattern %q: %w", text, err)
		}
		split.Pages = append(split.Pages, p)
	}
	return split, nil
}
