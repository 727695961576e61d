package office

import (
	"fmt"
	"path"

	"golang.org/x/net/html/atom"
)

// slideMaster is what a slide inherits from its layout and its master about bullets. Nil has no bullets.
type slideMaster struct {
	layout, master []*xmlNode // their placeholders
	styles         *xmlNode   // of the master's text
}

// masterOf reads a layout and its master, once.
func (r *slideReader) masterOf(layout string) (*slideMaster, error) {
	if known := r.masters[layout]; known != nil {
		return known, nil
	}
	m := new(slideMaster)
	r.masters[layout] = m
	root, err := r.pack.part(layout)
	if err != nil {
		return nil, err
	}
	m.layout = placeholdersOf(root)
	for _, rel := range r.pack.relations(layout) {
		if path.Base(rel.kind) == "slideMaster" {
			if root, err = r.pack.part(rel.target); err != nil {
				return nil, err
			}
			m.master, m.styles = placeholdersOf(root), root.child("txStyles")
		}
	}
	return m, nil
}

func placeholdersOf(root *xmlNode) (found []*xmlNode) {
	for _, shape := range root.child("cSld").child("spTree").all("sp") {
		if shape.placeholder() != nil {
			found = append(found, shape)
		}
	}
	return found
}

// bullet returns the kind of list that a paragraph is an item of, or 0. The nearest of these decides: the
// paragraph, its shape, the placeholder of the layout that the shape fills, that of the master, and the
// master's text style.
func (m *slideMaster) bullet(shape, placeholder, p *xmlNode, level int) atom.Atom {
	name := fmt.Sprintf("lvl%dpPr", level+1)
	said := []*xmlNode{p.child("pPr"), shape.child("txBody").child("lstStyle").child(name)}
	if m != nil && placeholder != nil {
		kind := placeholder.attr("type")
		isSame := func(at *xmlNode) bool { return at.attr("idx") == placeholder.attr("idx") && at.attr("type") == kind }
		for _, place := range fits(m.layout, isSame) {
			said = append(said, place.child("txBody").child("lstStyle").child(name))
		}
		if kind == "" || kind == "obj" {
			kind = "body"
		}
		for _, place := range fits(m.master, func(at *xmlNode) bool { return at.attr("type") == kind }) {
			said = append(said, place.child("txBody").child("lstStyle").child(name))
		}
		if kind == "body" {
			said = append(said, m.styles.child("bodyStyle").child(name))
		}
	}
	for _, properties := range said {
		for _, c := range properties.nodes() {
			switch c.name {
			case "buNone":
				return 0
			case "buAutoNum":
				return atom.Ol
			case "buChar", "buBlip":
				return atom.Ul
			}
		}
	}
	return 0
}

// fits returns the first shape with the wanted placeholder.
func fits(places []*xmlNode, is func(*xmlNode) bool) []*xmlNode {
	for _, place := range places {
		if is(place.placeholder()) {
			return []*xmlNode{place}
		}
	}
	return nil
}
