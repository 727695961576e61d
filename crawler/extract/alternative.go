package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// showAlternatives shows what a script would show one of: the ways of saying something on each operating
// system, in each version, for each program, all of which are hidden as the page is served. Each has its
// label before it.
//
//	Choose <span><span hidden class="MAC" id="MAC_1">Preferences</span><span hidden id="other_1">Options</span></span>.
func showAlternatives(root *html.Node) {
	var alone []*html.Node
	places := map[string]bool{} // classes of what alternatives stand in
	for n := range htmltree.Below(root) {
		if n.Type != html.ElementNode || inHead(n) {
			continue
		}
		all := alternatives(n)
		if len(all) == 1 {
			alone = append(alone, all[0])
		}
		if len(all) < 2 {
			continue
		}
		labels := labelsOf(all)
		if labels == nil {
			continue
		}
		places[htmltree.Attr(n, "class")] = true
		for i, one := range all {
			showAs(one, labels[i], i > 0)
		}
	}
	for _, one := range alone {
		label := htmltree.Attr(one, "class")
		if label != "" && (strings.HasPrefix(htmltree.Attr(one, "id"), label) || places[htmltree.Attr(one.Parent, "class")]) {
			showAs(one, label, false)
		}
	}
}

// alternatives returns the elements in n, where all that stands in it are elements with the attribute "hidden"
// and no parts of the page's own use.
func alternatives(n *html.Node) (all []*html.Node) {
	if htmltree.IsElement(n, atom.Body, atom.Main, atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Form, atom.Dialog, atom.Ul) {
		return nil
	}
	for child := range n.ChildNodes() {
		switch {
		case child.Type == html.TextNode && !htmltree.IsBlank(child.Data):
			return nil
		case child.Type != html.ElementNode:
		case !htmltree.HasAttr(child, "hidden") || htmltree.HasAttr(child, "role") || htmltree.HasAttr(child, "style") ||
			css.IsOverlay(htmltree.Attr(child, "class")+" "+htmltree.Attr(child, "id")):
			return nil
		default:
			all = append(all, child)
		}
	}
	if len(all) > 0 && htmltree.Ancestor(n, func(p *html.Node) bool {
		return htmltree.IsElement(p, atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Form, atom.Dialog)
	}) != nil {
		return nil
	}
	return all
}

// labelsOf returns what the IDs of alternatives differ by, for each; nil where they have no ending in common, as those
// have that were made for one place.
func labelsOf(all []*html.Node) (labels []string) {
	common := htmltree.Attr(all[0], "id")
	for _, n := range all[1:] {
		id := htmltree.Attr(n, "id")
		for !strings.HasSuffix(id, common) {
			common = common[1:]
		}
	}
	if common == "" {
		return nil
	}
	for _, n := range all {
		label := strings.Trim(strings.TrimSuffix(htmltree.Attr(n, "id"), common), "-_:.")
		if label == "" {
			return nil
		}
		labels = append(labels, label)
	}
	return labels
}

// showAs shows an alternative with its label before it.
func showAs(n *html.Node, label string, follows bool) {
	show(n)
	name := htmltree.Element(atom.B)
	name.AppendChild(htmltree.Text(label + ":"))
	if htmltree.HasBlock(n) {
		line := htmltree.Element(atom.P)
		line.AppendChild(name)
		n.InsertBefore(line, n.FirstChild)
		return
	}
	n.InsertBefore(htmltree.Text(" "), n.FirstChild)
	n.InsertBefore(name, n.FirstChild)
	if follows {
		n.InsertBefore(htmltree.Text(" / "), n.FirstChild)
	}
}
