package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// paintsOver tells of text in the colour of the page beneath it. What is beneath
// is known where n or an element around it says so itself, and on pages without
// style sheets elsewhere; text upon a picture has a background of its own.
func (s *sheets) paintsOver(n *html.Node, styled string) bool {
	said := s.inks[n]
	switch {
	case strings.Contains(styled, "olor"):
		own := inlineLook(styled)
		said = firstOf(own.says[color], said)
	case n.DataAtom == atom.Font:
		said = firstOf(attr(n, "color"), said)
	}
	ink, ok := colourOf(said)
	if !ok || ink.clear() || isShownInside(n, color) {
		return false
	}
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		if p != n && !isElement(p, atom.Body, atom.Html) && s.hasPicture(p) {
			return false
		}
		around := s.lookOf(p)
		paper, known := around.paper()
		if around.says[background] == "" && around.says[backgroundImage] == "" || known && paper.clear() {
			continue
		}
		return known && ink.like(paper)
	}
	return s.alone && ink.like(white)
}

var white = colour{255, 255, 255, 255}

func isLight(said string) bool {
	ink, ok := colourOf(said)
	return ok && ink.like(white)
}

// lookOf returns how n's background looks, by its attributes or by the rules.
func (s *sheets) lookOf(n *html.Node) look {
	own := inlineLook(attr(n, "style"))
	if own.says[background] == "" {
		own.says[background] = attr(n, "bgcolor")
	}
	if own.says[background] != "" || own.says[backgroundImage] != "" {
		return own
	}
	s.meter.Spend(1 + len(s.papers))
	for _, r := range s.papers {
		if r.matches(n, s.meter) {
			own.says[background], own.says[backgroundImage] = r.look.says[background], r.look.says[backgroundImage]
			if r.when {
				own.says[background] = "unknown"
			}
		}
	}
	return own
}

func (s *sheets) hasPicture(n *html.Node) bool {
	for d := range below(n) {
		s.meter.Spend(1)
		if isElement(d, atom.Img, atom.Video, atom.Canvas, atom.Picture) {
			return true
		}
	}
	return false
}
