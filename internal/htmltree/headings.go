package htmltree

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Outline gives the headings of a clean tree their levels. The title is the page's
// first level and is sent beside the body, so the body begins with the second,
// and no level is left out on the way down: models and splitters take the levels
// for the tree of the text. Panels, which are sections until then, end there:
// their labels become headings one level below what they stand in, or strong
// lines in a list, a quote or a table, where headings would tear them apart.
func Outline(root *html.Node) {
	o := outliner{base: 2}
	o.walk(root, false)
}

type outliner struct {
	base int   // the level of the first heading
	open []int // levels, as the page has them, of the headings that what follows belongs to
}

func (o *outliner) walk(n *html.Node, inside bool) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case child.Type != html.ElementNode:
		case IsHeading(child.DataAtom):
			setLevel(child, o.enter(int(child.Data[1]-'0')))
		case child.DataAtom == atom.Section:
			o.panel(child, inside)
		case !inside && IsElement(child, atom.Ul, atom.Ol) && isListOfPanels(child):
			next = child.FirstChild.FirstChild
			unlist(child)
		default:
			o.walk(child, inside || IsElement(child, atom.Li, atom.Dd, atom.Blockquote, atom.Td, atom.Th, atom.Figure))
		}
		child = next
	}
}

// enter returns the level that a heading gets which the page sets at level given.
func (o *outliner) enter(given int) int {
	for len(o.open) > 0 && o.open[len(o.open)-1] >= given {
		o.open = o.open[:len(o.open)-1]
	}
	o.open = append(o.open, given)
	return o.base + len(o.open) - 1
}

// panel replaces a section by its label and what else stands in it.
func (o *outliner) panel(section *html.Node, inside bool) {
	level := o.base + len(o.open)
	label := section.FirstChild
	if label != nil && IsHeading(label.DataAtom) {
		section.RemoveChild(label)
		if inside {
			line, strong := Element(atom.P), Element(atom.Strong)
			MoveChildren(strong, label)
			line.AppendChild(strong)
			label = line
		} else {
			setLevel(label, level)
			level++
		}
		section.Parent.InsertBefore(label, section)
	}
	inner := outliner{base: level}
	inner.walk(section, inside)
	Unwrap(section)
}

func isListOfPanels(list *html.Node) bool {
	for item := list.FirstChild; item != nil; item = item.NextSibling {
		if item.FirstChild == nil || item.FirstChild != item.LastChild || item.FirstChild.DataAtom != atom.Section {
			return false
		}
	}
	return list.FirstChild != nil
}

// unlist replaces a list of nothing but panels by the panels.
func unlist(list *html.Node) {
	for item := list.FirstChild; item != nil; item = list.FirstChild {
		Unwrap(item)
		panel := list.FirstChild
		list.RemoveChild(panel)
		list.Parent.InsertBefore(panel, list)
	}
	list.Parent.RemoveChild(list)
}

func setLevel(heading *html.Node, level int) {
	heading.DataAtom = [...]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}[min(level, LastLevel)-1]
	heading.Data = heading.DataAtom.String()
}

// LastLevel is the deepest level of a heading.
const LastLevel = 6
