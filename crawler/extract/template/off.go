package template

import (
	"net/url"
	"slices"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// Late is an article that was extracted before its template was known.
type Late struct {
	Address *url.URL
	Title   string
	HTML    string    // which may have been redacted since
	Outline Outline   // as it was extracted
	Before  *Template // that was left out of it then
	Meter   *budget.Meter
}

// TakeOff removes the blocks of a template from the article's clean tree. ok is false
// where the tree is not what the outline is of.
func (l Late) TakeOff(t *Template, body *html.Node) (left []LeftOut, ok bool) {
	units, ok := l.units(body)
	if !ok {
		return nil, false
	}
	return t.takeOff(body, units, l.Meter), true
}

// units returns the blocks of the outline with the nodes that they are now; those that
// are gone have none.
func (l Late) units(body *html.Node) (was []unit, ok bool) {
	gone := l.Before.marks(l.Outline)
	if !slices.Contains(gone, 0) {
		clear(gone)
	}
	first := slices.Index(gone, 0)
	now := gather(nil, body)
	if first > 0 && l.Outline[first].Hash == hashText(l.Title) && len(now) > 0 && wordsOf(now[0].node) != l.Title {
		gone[first] = AtStart // the heading that says the title had become the first
	}
	left := make([]*unit, 0, len(now)) // before the blocks that the outline left out, and after them
	was = make([]unit, len(l.Outline))
	after := -1
	for i, b := range l.Outline {
		was[i].Block = b
		switch {
		case b.is(gap):
			after = len(left)
		case gone[i] == 0:
			left = append(left, &was[i])
		}
	}
	if after < 0 && len(left) != len(now) || len(left) > len(now) {
		return nil, false
	}
	for i, u := range left {
		if after >= 0 && i >= after {
			i += len(now) - len(left)
		}
		u.node = now[i].node
	}
	return was, true
}

// LeaveOut removes the blocks of a template from the clean tree of an article with a
// title, on a site with a host. It returns the outline of the tree as it was, and what was
// removed. The meter may be nil.
func (t *Template) LeaveOut(body *html.Node, host, title string, meter *budget.Meter) (Outline, []LeftOut) {
	units := unitsOf(body, host, title)
	return outlineOf(units), t.takeOff(body, units, meter)
}

// takeOff removes the blocks of a template from a clean tree, unless there are no others.
func (t *Template) takeOff(body *html.Node, units []unit, meter *budget.Meter) (left []LeftOut) {
	meter.Spend(4 * len(units))
	marked := t.marks(outlineOf(units))
	if !slices.Contains(marked, 0) {
		return nil
	}
	for i, place := range marked {
		if place != 0 && units[i].node != nil {
			left = append(left, t.leftOut(units[i], place))
			removeWithParents(body, units[i].node, meter)
		}
	}
	return left
}
