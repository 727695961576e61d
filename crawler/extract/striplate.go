package extract

import (
	"fmt"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// Strip takes a template off an article that was extracted before the template was known,
// as Extract would have done. ok is false where that cannot be, since the article is not
// what its outline is of.
func Strip(l template.Late, t *template.Template) (a Article, ok bool, err error) {
	l.Meter.Spend(len(l.HTML) / budget.BytesPerStep)
	body, err := cleanhtml.Parse(l.HTML)
	if err != nil {
		return Article{}, false, err
	}
	a.Title = l.Title
	if a.LeftOut, ok = l.TakeOff(t, body); !ok {
		return Article{}, false, nil
	}
	a.closeGaps(body)
	if err := a.write(body, l.Meter); err != nil {
		return Article{}, false, fmt.Errorf("leave the template out of %s: %w", l.Address, err)
	}
	return a, true, nil
}

// closeGaps removes what stands at the ends of an article since its template was left out.
func (a *Article) closeGaps(body *html.Node) {
	if len(a.LeftOut) > 0 {
		dropRules(body)
		dropHeading(body, a.Title)
	}
}
