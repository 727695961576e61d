package htmltree

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Outline sets the levels of the headings in a clean tree. The title is the first level and is sent
// separately, so the body begins with the second. No level is skipped on the way down, because models and
// splitters read the levels as the structure of the text. Panels are sections until then. Outline replaces
// them by their content, with their label as a heading one level below its surroundings. In a list, a
// quote or a table, where a heading would break the structure, the label becomes a strong line.
func Outline(root *html.Node) {
	o := outliner{base: 2}
	o.walk(root, false)
}

type outliner struct {
	base int   // level of the first heading
	open []int // levels on the page of the headings that the next content belongs to
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

// enter returns the new level of a heading that has the level given on the page.
func (o *outliner) enter(given int) int {
	for len(o.open) > 0 && o.open[len(o.open)-1] >= given {
		o.open = o.open[:len(o.open)-1]
	}
	o.open = append(o.open, given)
	return o.base + len(o.open) - 1
}

// panel replaces a section by its label and its content.
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

// unlist replaces a list that contains only panels by the panels.
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
