package css

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// hiding is a way in which elements on a path may be hidden.
type hiding struct {
	by     Property
	passes bool    // it hides in some state only
	states []state // in which it may be taken back
	last   string  // the part of its selector that is about the element itself
}

// state is a rule about elements that a click or a script changed.
type state struct {
	*rule
	byReader bool // no script is needed
}

func (c *cascade) findStates() (states []state) {
	for _, r := range c.rules {
		if changed.MatchString(r.selector) {
			states = append(states, state{r, operatedByReader.MatchString(r.selector)})
		}
	}
	return states
}

// isNext reports whether the state is one of what the selector of a rule ends with.
func (s state) isNext(last string) bool {
	_, after, ok := strings.Cut(s.last, last)
	return ok && strings.ContainsAny(last, ".#[") && (after == "" || !isNameByte(after[0]))
}

// waysToHide returns the ways in which n may be hidden.
func (s *Styles) waysToHide(n *html.Node) (ways []hiding) {
	c := s.lookOf(n)
	for p := range properties {
		if (c.Says[p] != "" || p == color && c.Says[background] != "") && !c.unsure[p] && s.hidesBy(n, c, p) {
			ways = append(ways, s.wayBy(c.from[p], n, p))
		}
	}
	return ways
}

// wayBy returns how a rule, nil for n's own style, hides n by a property.
func (s *Styles) wayBy(r *rule, n *html.Node, by Property) hiding {
	way := hiding{by: by}
	if r == nil || IsOverlay(r.selector) {
		return way
	}
	before, inside, ok := strings.Cut(r.selector, ":not(")
	// A click on what is checked, or is not, shows it.
	way.passes = ok && changed.MatchString(inside) && before != "" || strings.Contains(r.selector, ":checked")
	way.last = r.last
	states := s.states()
	s.meter.Spend(len(states))
	for _, other := range states {
		if other.declared == r.declared || !other.reveals(by) {
			continue
		}
		if calm := other.calm(); other.isNext(r.last) || calm != nil && calm.mayMatch(n, s.meter) {
			way.states = append(way.states, other)
		}
	}
	return way
}

// waits reports whether what hides n is taken back in some state.
func (s *Styles) waits(n *html.Node, way hiding) bool {
	for _, other := range way.states {
		if !other.byReader && !s.shown(n, way.by) {
			continue
		}
		if calm := other.calm(); calm != nil && calm.match(n, s.meter) || other.isNext(way.last) && s.hasAll(other.needs) {
			return true
		}
	}
	return way.passes
}

// isWaiting tells of elements that a script makes appear, as the reader comes to
// them or once the page is there: most of a page is never hidden for good.
func (s *Styles) isWaiting(n *html.Node, by Property) bool {
	if by != opacity && by != Visibility {
		return false
	}
	if htmltree.WordsUpTo(n, 200) == 200 || htmltree.CountOf(n, atom.H1) > 0 || htmltree.CountOf(n, atom.Article) > 0 {
		return true
	}
	named := htmltree.HasAttr(n, "data-w-id") || htmltree.HasAttr(n, "data-aos") || htmltree.HasAttr(n, "data-scroll") || htmltree.HasAttr(n, "data-framer-appear-id") ||
		htmltree.HasWord(htmltree.Attr(n, "class"), "wow")
	return named && s.shown(n, by)
}

// IsOverlay tells of names that things go by which stand above a page, and are no
// part of its text.
func IsOverlay(names string) bool {
	for word := range NameWords(names) {
		switch word {
		case "modal", "popup", "popover", "tooltip", "dropdown", "menu", "submenu", "megamenu", "overlay", "lightbox", "dialog", "toast", "offcanvas",
			"drawer", "nav", "navbar", "cookie", "consent", "search", "honeypot", "skip", "sr", "visually":
			return true
		}
	}
	return false
}

// NameWords yields the words that names such as "faq-answer__text" and
// "faqAnswer" are made of, in lower case.
func NameWords(names string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, prev := 0, ' '
		emit := func(end int) bool { return end <= start || yield(strings.ToLower(names[start:end])) }
		for i, r := range names {
			switch {
			case !unicode.IsLetter(r) && !unicode.IsDigit(r):
				if !emit(i) {
					return
				}
				start = i + len(string(r))
			case unicode.IsUpper(r) && unicode.IsLower(prev):
				if !emit(i) {
					return
				}
				start = i
			}
			prev = r
		}
		emit(len(names))
	}
}
