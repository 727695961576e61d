package css

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Of what lies in a box, what is positioned is painted over what is not, whatever comes first (CSS 2.1, appendix E).
// A box of one colour that is as large as the one around it leaves nothing of the text to be seen.

// covers reports whether a look makes an element hide what lies in the same box.
func (l *Look) covers() bool {
	if l.Says[position] != "absolute" || l.moves || l.Says[animated] != "" || strings.HasPrefix(l.Says[zIndex], "-") {
		return false
	}
	for _, p := range [...]Property{opacity, transform, filter, mask, clipPath, clip, blend, Visibility, contentVisibility} {
		if l.Says[p] != "" {
			return false
		}
	}
	spans := func(from, to, size Property) bool {
		return l.isZero(from) && (l.isZero(to) || l.Says[size] == "100%") && (l.Says[size] == "" || l.Says[size] == "100%" || l.Says[size] == "auto")
	}
	if l.Says[Display] == "none" || !spans(top, bottom, height) || !spans(left, right, width) {
		return false
	}
	const opaque = 250
	paper, ok := l.paper()
	return ok && paper[3] >= opaque && (l.Says[background] != "" || l.Says[backgroundImage] != "")
}

func (l *Look) isZero(p Property) bool { return l.Says[p] != "" && isNothing(l.Says[p], 0) }

// changesCover reports whether a look says something by which a box may not cover, or not always.
func (l *Look) changesCover() bool {
	for _, p := range [...]Property{Display, Visibility, opacity, transform, width, height, maxWidth, maxHeight, clipPath, animated, zIndex, content, top, right, bottom, left, background} {
		if l.Says[p] != "" {
			return true
		}
	}
	return l.moves
}

// addCovers adds what a sheet says of pseudo-elements that cover the text of their elements.
func (s *sheet) addCovers(pseudo []pseudoRule) {
	if !slices.ContainsFunc(pseudo, pseudoRule.covers) {
		return
	}
	for _, p := range pseudo {
		mark := Look{}
		switch {
		case p.covers():
			mark.Says[covered] = "all"
		case p.look.changesCover():
			mark.Says[covered] = "some"
		default:
			continue
		}
		s.rules = append(s.rules, declaredAs(&mark, p.in).of(p.base))
	}
}

// pseudoRule is a rule about a pseudo-element.
type pseudoRule struct {
	base string // the selector of its element
	look *Look
	in   block
}

func (p pseudoRule) covers() bool {
	said := p.look.Says[content]
	return said != "" && said != "none" && said != "normal" && p.look.covers()
}

// underCovers returns the elements of a page that lie under a sibling.
func (s *Styles) underCovers(inline bool) (under map[*html.Node]bool) {
	const most = 20 // rules: they are few
	var rules []*rule
	for _, r := range s.rules {
		if !r.when && r.look.covers() && len(rules) < most {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 && !inline {
		return nil
	}
	done := map[*html.Node]bool{} // elements whose children are settled
	for n := range htmltree.Below(s.root) {
		if n.Type != html.ElementNode || n.Parent == nil || n.Parent.Type != html.ElementNode || done[n.Parent] {
			continue
		}
		styled := inline && strings.Contains(htmltree.Attr(n, "style"), "absolute")
		if !styled && !slices.ContainsFunc(rules, func(r *rule) bool { return r.matches(n, s.meter) }) {
			continue
		}
		if c := s.lookOf(n); !c.covers() || c.unsure != [properties]bool{} || htmltree.WordsUpTo(n, 1) > 0 || s.hasPicture(n) || n.FirstChild != nil && n.FirstChild.Type == html.ElementNode {
			continue
		}
		if s.lookOf(n.Parent).Says[position] == "" || s.mayGo(n) {
			continue
		}
		done[n.Parent] = true
		for other := n.Parent.FirstChild; other != nil; other = other.NextSibling {
			s.meter.Spend(1)
			if other != n && other.Type == html.ElementNode && s.lookOf(other).Says[position] == "" {
				if under == nil {
					under = map[*html.Node]bool{}
				}
				under[other] = true
			}
		}
	}
	return under
}

// mayGo reports whether a cover is such as scripts take away: one over much text, or one that is named after that.
func (s *Styles) mayGo(cover *html.Node) bool {
	const much = 100 // words
	return IsOverlay(htmltree.Attr(cover, "class")+" "+htmltree.Attr(cover, "id")) || s.shown(cover, opacity) && htmltree.WordsUpTo(cover.Parent, much) == much
}
