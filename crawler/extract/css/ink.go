package css

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// paintsOver reports whether n's text has no colour, or that of what lies beneath it. Beneath it is
// what n or an element around it says, and a white page where all style sheets are known; text upon a
// picture has a background of its own.
func (s *Styles) paintsOver(n *html.Node, c *computed) bool {
	if c.Says[shadow] != "" && c.Says[shadow] != "none" {
		return false
	}
	said, _ := colourOf(c.Says[color])
	one := c.from[color] == c.from[background] && c.from[backgroundImage] == nil // says both
	if c.Says[color] != "" && c.colourless() && (s.alone || said.clear() || one) {
		return true
	}
	ink, own, ok := s.inkOf(n)
	if !ok || ink.clear() {
		return false
	}
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		around := s.lookOf(p)
		if around.unsure[color] {
			return false
		}
		paper, known := around.paper()
		if around.Says[background] == "" && around.Says[backgroundImage] == "" || known && paper.clear() {
			continue
		}
		// Sheets that are not known may say otherwise, but of what the elements say for themselves.
		sure := s.alone || own && around.from[background] == nil && around.from[backgroundImage] == nil
		return sure && known && ink.like(paper) && !s.isOnPicture(n, p)
	}
	return s.alone && ink.like(white()) && !s.isOnPicture(n, nil)
}

// isOnPicture reports whether a picture stands in what is around n, up to the ground.
func (s *Styles) isOnPicture(n, ground *html.Node) bool {
	for p := n; p != ground; {
		if p = p.Parent; p == nil || p.Type != html.ElementNode || htmltree.IsElement(p, atom.Body, atom.Html) {
			return false
		}
		if s.hasPicture(p) {
			return true
		}
	}
	return false
}

func white() colour { return colour{255, 255, 255, 255} }

// inkOf returns the colour of n's text, and whether an element says it for itself.
func (s *Styles) inkOf(n *html.Node) (ink colour, own, ok bool) {
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		c := s.lookOf(p)
		if c.unsure[color] {
			return colour{}, false, false
		}
		if c.Says[color] != "" {
			ink, ok = colourOf(c.Says[color])
			return ink, c.from[color] == nil, ok
		}
	}
	return colour{3: 255}, false, s.alone
}

// hasPicture reports whether a picture stands in n. It is asked of what stands around each
// coloured text, often of the same elements.
func (s *Styles) hasPicture(n *html.Node) bool {
	has, known := s.pictures[n]
	if known {
		return has
	}
	for d := range htmltree.Below(n) {
		s.meter.Spend(1)
		if htmltree.IsElement(d, atom.Img, atom.Video, atom.Canvas, atom.Picture) {
			has = true
			break
		}
	}
	s.pictures[n] = has
	return has
}

// blendsAway reports whether an element leaves what lies beneath it as it is, because of how it is mixed with it.
func (s *Styles) blendsAway(n *html.Node, mode string) bool {
	keeps := vanishing(mode)
	if keeps == nil {
		return false
	}
	for p := n.Parent; p != nil && p.Type == html.ElementNode; p = p.Parent {
		around := s.lookOf(p)
		paper, known := around.paper()
		if around.unsure[color] {
			return false
		}
		if around.Says[background] == "" && around.Says[backgroundImage] == "" || known && paper.clear() {
			continue
		}
		return known && keeps.like(paper) && !s.isOnPicture(n, p)
	}
	return s.alone && keeps.like(white()) && !s.isOnPicture(n, nil)
}

// vanishing returns the ground upon which nothing is seen that is mixed with it in a way; nil for none.
func vanishing(mode string) *colour {
	switch mode {
	case "screen", "lighten", "color-dodge", "plus-lighter":
		return &colour{255, 255, 255, 255}
	case "multiply", "darken", "color-burn":
		return &colour{3: 255}
	}
	return nil
}
