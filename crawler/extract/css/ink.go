package css

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// PaintsOver tells of text in the colour of the page beneath it. What is beneath
// is known where n or an element around it says so itself, and on pages without
// style sheets elsewhere; text upon a picture has a background of its own.
func (s *Styles) PaintsOver(n *html.Node, styled string) bool {
	said := s.inks[n]
	switch {
	case strings.Contains(styled, "olor"):
		own := InlineLook(styled)
		said = htmltree.FirstOf(own.Says[color], said)
	case n.DataAtom == atom.Font:
		said = htmltree.FirstOf(htmltree.Attr(n, "color"), said)
	}
	ink, ok := colourOf(said)
	if !ok || ink.clear() || IsShownInside(n, color) {
		return false
	}
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		if p != n && !htmltree.IsElement(p, atom.Body, atom.Html) && s.hasPicture(p) {
			return false
		}
		around := s.lookOf(p)
		paper, known := around.paper()
		if around.Says[background] == "" && around.Says[backgroundImage] == "" || known && paper.clear() {
			continue
		}
		return known && ink.like(paper)
	}
	return s.alone && ink.like(white())
}

func white() colour { return colour{255, 255, 255, 255} }

func isLight(said string) bool {
	ink, ok := colourOf(said)
	return ok && ink.like(white())
}

// lookOf returns how n's background looks, by its attributes or by the rules.
func (s *Styles) lookOf(n *html.Node) Look {
	known, ok := s.looks[n]
	if !ok {
		known = s.findLook(n)
		s.looks[n] = known
	}
	return known
}

func (s *Styles) findLook(n *html.Node) Look {
	own := InlineLook(htmltree.Attr(n, "style"))
	if own.Says[background] == "" {
		own.Says[background] = htmltree.Attr(n, "bgcolor")
	}
	if own.Says[background] != "" || own.Says[backgroundImage] != "" {
		return own
	}
	s.meter.Spend(1 + len(s.papers))
	for _, r := range s.papers {
		if r.matches(n, s.meter) {
			own.Says[background], own.Says[backgroundImage] = r.look.Says[background], r.look.Says[backgroundImage]
			if r.when {
				own.Says[background] = "unknown"
			}
		}
	}
	return own
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
