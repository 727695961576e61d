// Package panel finds what clicks show on a page, with the labels that are there to be clicked.
package panel

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Panels are what clicks show on a page: the panels of tabs, the answers of
// accordions. Each is named by the label that is there to be clicked.
type Panels struct {
	Opened map[*html.Node]bool // panels, whether they have a label or not
	pairs  []labelled
	spent  []*html.Node // labels that say nothing beside their panels
	byID   map[string]*html.Node
}

type labelled struct{ label, panel *html.Node }

// Find finds the panels below root by what the page says of them: by ARIA's
// roles, by the attributes of the common frameworks, by labels of radio buttons,
// and by lists of links to places in the page that are called tabs.
func Find(root *html.Node) *Panels {
	p := &Panels{Opened: map[*html.Node]bool{}}
	var tabs, bodies, toggles, fields, lists []*html.Node
	for n := range htmltree.Below(root) {
		if n.Type != html.ElementNode {
			continue
		}
		var role string
		var expands, controls, collapses bool
		for _, a := range n.Attr {
			switch a.Key {
			case "role":
				role = a.Val
			case "aria-expanded":
				expands = true
			case "aria-controls":
				controls = true
			case "data-toggle", "data-bs-toggle":
				collapses = collapses || isCollapse(a.Val)
			}
		}
		switch {
		case role == "tab":
			tabs = append(tabs, n)
		case role == "tabpanel":
			bodies = append(bodies, n)
			p.Opened[n] = true
		case expands && controls, collapses:
			toggles = append(toggles, n)
		case n.DataAtom == atom.Label && (len(fields) == 0 || fields[len(fields)-1] != n.Parent) && isFieldSet(n.Parent):
			fields = append(fields, n.Parent)
		case isTabList(n):
			lists = append(lists, n)
		}
	}
	if len(tabs)+len(toggles)+len(fields)+len(lists) == 0 {
		return p
	}
	p.byID = idsBelow(root)
	p.tabs(tabs, bodies)
	for _, n := range toggles {
		p.toggle(n)
	}
	for _, n := range fields {
		p.fields(n)
	}
	for _, n := range lists {
		p.list(n)
	}
	return p
}

func idsBelow(root *html.Node) map[string]*html.Node {
	ids := map[string]*html.Node{}
	for n := range htmltree.Below(root) {
		if id := htmltree.Attr(n, "id"); id != "" && ids[id] == nil {
			ids[id] = n
		}
	}
	return ids
}

// add takes label for the name of panel, unless one of them is taken already.
func (p *Panels) add(label, panel *html.Node) bool {
	if panel == nil || htmltree.Holds(panel, label) || htmltree.Holds(label, panel) {
		return false
	}
	for _, pair := range p.pairs {
		if pair.panel == panel || pair.label == label {
			return false
		}
	}
	p.Opened[panel] = true
	p.pairs = append(p.pairs, labelled{label, panel})
	return true
}

// tabs pairs tabs with panels: by their IDs, else by their order.
func (p *Panels) tabs(tabs, bodies []*html.Node) {
	labelled := map[string]*html.Node{}
	for _, panel := range bodies {
		for id := range strings.FieldsSeq(htmltree.Attr(panel, "aria-labelledby")) {
			labelled[id] = panel
		}
	}
	var open []*html.Node
	for _, tab := range tabs {
		panel := p.target(tab)
		if id := htmltree.Attr(tab, "id"); panel == nil && id != "" {
			panel = labelled[id]
		}
		if !p.add(tab, panel) {
			open = append(open, tab)
		}
	}
	for len(open) > 0 {
		list := tabListOf(open[0])
		var group []*html.Node
		rest := open[:0:0]
		for _, tab := range open {
			if tabListOf(tab) == list {
				group = append(group, tab)
			} else {
				rest = append(rest, tab)
			}
		}
		p.inOrder(list, group, p.unnamed(bodies))
		open = rest
	}
}

func tabListOf(tab *html.Node) *html.Node {
	if list := htmltree.Ancestor(tab, func(n *html.Node) bool { return htmltree.Attr(n, "role") == "tablist" }); list != nil {
		return list
	}
	return tab.Parent
}

func (p *Panels) unnamed(bodies []*html.Node) []*html.Node {
	var open []*html.Node
	for _, panel := range bodies {
		named := false
		for _, pair := range p.pairs {
			named = named || pair.panel == panel
		}
		if !named {
			open = append(open, panel)
		}
	}
	return open
}

// inOrder pairs the tabs of a list with the panels nearest to it. Where a page
// holds but the panel that is open, that is the chosen tab's, and the others
// lead nowhere.
func (p *Panels) inOrder(list *html.Node, tabs, bodies []*html.Node) {
	for around, up := list.Parent, 0; around != nil && up < 4; around, up = around.Parent, up+1 {
		var near []*html.Node
		for _, panel := range bodies {
			if htmltree.Holds(around, panel) && (len(near) == 0 || !htmltree.Holds(near[len(near)-1], panel)) {
				near = append(near, panel)
			}
		}
		switch {
		case len(near) == 0:
			continue
		case len(near) == len(tabs):
			for i, tab := range tabs {
				p.add(tab, near[i])
			}
		case len(near) == 1:
			for _, tab := range tabs {
				if !isChosen(tab) || !p.add(tab, near[0]) {
					p.spent = append(p.spent, tab)
				}
			}
		}
		return
	}
}

func isChosen(tab *html.Node) bool {
	if htmltree.Attr(tab, "aria-selected") == "true" || htmltree.HasWord(htmltree.Attr(tab, "class"), "active") {
		return true
	}
	return htmltree.Attr(tab, "data-state") == "active"
}

// target returns the element that n says it shows, or nil.
func (p *Panels) target(n *html.Node) *html.Node {
	for id := range strings.FieldsSeq(htmltree.Attr(n, "aria-controls")) {
		return p.byID[id]
	}
	for _, key := range []string{"data-bs-target", "data-target", "href"} {
		if id, ok := strings.CutPrefix(strings.TrimSpace(htmltree.Attr(n, key)), "#"); ok && id != "" {
			return p.byID[id]
		}
	}
	if link := htmltree.OnlyLink(n); link != nil {
		return p.target(link)
	}
	return nil
}

// IsToggle reports whether a click on n opens or closes a panel.
func IsToggle(n *html.Node) bool {
	return isCollapse(htmltree.Attr(n, "data-toggle")) || isCollapse(htmltree.Attr(n, "data-bs-toggle"))
}

func isCollapse(toggle string) bool {
	return toggle == "collapse" || toggle == "tab" || toggle == "pill"
}

// toggle takes n for the label of what it shows, unless that is the page's menu. A
// heading around n is the label already.
func (p *Panels) toggle(n *html.Node) {
	panel := p.target(n)
	if panel == nil || htmltree.HasAttr(n, "aria-haspopup") && htmltree.Attr(n, "aria-haspopup") != "false" || isMenu(n) || isMenu(panel) || htmltree.Holds(panel, n) {
		return
	}
	p.Opened[panel] = true
	if htmltree.Ancestor(n, func(a *html.Node) bool {
		return htmltree.IsHeading(a.DataAtom) || htmltree.Attr(a, "role") == "heading" || htmltree.IsElement(a, atom.Dt, atom.Summary, atom.P)
	}) != nil {
		if saysMore(n) {
			p.spent = append(p.spent, n)
		}
		return
	}
	switch label := htmltree.RawText(n, 300); {
	case saysMore(n):
		p.spent = append(p.spent, n)
	case label != "" && len(label) <= 240:
		p.add(n, panel)
	}
}

// isMenu tells of what leads around a site, and what stands in it.
func isMenu(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if htmltree.IsElement(p, atom.Nav, atom.Footer) || htmltree.Attr(p, "role") == "navigation" || htmltree.Attr(p, "role") == "menu" ||
			p.DataAtom == atom.Header && p.Parent != nil && p.Parent.DataAtom == atom.Body {
			return true
		}
	}
	return css.IsOverlay(htmltree.Attr(n, "class") + " " + htmltree.Attr(n, "id"))
}

// saysMore tells of the labels that say only that there is more to see.
func saysMore(n *html.Node) bool {
	switch strings.Trim(strings.ToLower(htmltree.RawText(n, 40)), " .…+-▼▾›»") {
	case "more", "less", "show more", "show less", "read more", "read less", "see more", "view more", "show all", "expand", "expand all", "collapse",
		"collapse all", "toggle", "open", "close", "show", "hide":
		return true
	}
	return false
}

// isFieldSet tells of elements with radio buttons or checkboxes and their labels
// as children, outside of forms: tabs and accordions that work without scripts.
func isFieldSet(n *html.Node) bool {
	if htmltree.IsElement(n, atom.Li, atom.P, atom.Td) && !hasBox(n) {
		return false
	}
	field := hasField(n) || n.Parent != nil && hasField(n.Parent)
	return field && htmltree.Ancestor(n, func(p *html.Node) bool { return p.DataAtom == atom.Form }) == nil
}

// hasBox tells of elements that hold others with lines of their own.
func hasBox(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if htmltree.IsElement(child, atom.Div, atom.Section) {
			return true
		}
	}
	return false
}

func hasField(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.DataAtom == atom.Input && (htmltree.Attr(child, "type") == "radio" || htmltree.Attr(child, "type") == "checkbox") {
			return true
		}
	}
	return false
}

// fields pairs the labels that are n's children with the panel that follows each
// of them, or with the panels that follow all of them, in order.
func (p *Panels) fields(n *html.Node) {
	var labels []*html.Node
	paired := false
	for child := range n.ChildNodes() {
		if child.DataAtom != atom.Label {
			continue
		}
		labels = append(labels, child)
		if next := htmltree.NextElement(child); next != nil && htmltree.IsElement(next, atom.Div, atom.Section, atom.Article, atom.P, atom.Ul, atom.Ol, atom.Pre, atom.Table) {
			paired = p.add(child, next) || paired
		}
	}
	if paired || len(labels) < 2 {
		return
	}
	if box := htmltree.NextElement(n); box != nil {
		p.pairAll(labels, htmltree.ElementsIn(box))
	}
}

// isTabList tells of elements that are called tabs and hold labels and panels, or
// links to panels, without further ado.
func isTabList(n *html.Node) bool {
	if !htmltree.IsElement(n, atom.Ul, atom.Ol, atom.Div) || htmltree.Attr(n, "role") == "tablist" {
		return false
	}
	called := htmltree.Attr(n, "class")
	if n.DataAtom != atom.Div && n.Parent != nil {
		called += " " + htmltree.Attr(n.Parent, "class") + " " + htmltree.Attr(n.Parent, "id")
	}
	if called == "" || !strings.Contains(strings.ToLower(called), "tab") {
		return false
	}
	for word := range css.NameWords(called) {
		switch word {
		case "tab", "tabs", "tabset", "tabbed":
			return true
		}
	}
	return false
}

// list pairs the items of a list of tabs with the panels that they link to, or
// that follow in the same number.
func (p *Panels) list(n *html.Node) {
	if n.DataAtom == atom.Div {
		children := htmltree.ElementsIn(n)
		if len(children) == 2 {
			labels := htmltree.ElementsIn(children[0])
			if len(labels) == 1 {
				labels = htmltree.ElementsIn(labels[0])
			}
			if len(labels) > 1 && areShort(labels) {
				p.pairAll(labels, htmltree.ElementsIn(children[1]))
			}
		}
		return
	}
	var labels, bodies []*html.Node
	for _, item := range htmltree.ElementsIn(n) {
		link := htmltree.OnlyLink(item)
		if link == nil {
			return
		}
		panel := p.target(link)
		if panel == nil || panel.Parent == nil || !htmltree.Holds(n.Parent, panel) && !htmltree.Holds(n.Parent.Parent, panel) || htmltree.Holds(n, panel) {
			return
		}
		labels, bodies = append(labels, item), append(bodies, panel)
	}
	p.pairAll(labels, bodies)
}

func areShort(labels []*html.Node) bool {
	for _, label := range labels {
		text := htmltree.RawText(label, 80)
		if text == "" || len(text) > 80 || htmltree.HasBlock(label) {
			return false
		}
	}
	return true
}

// pairAll pairs labels and panels in order, if there are as many.
func (p *Panels) pairAll(labels, bodies []*html.Node) {
	if len(labels) != len(bodies) {
		return
	}
	for i := range labels {
		p.add(labels[i], bodies[i])
	}
}

// Fold wraps every panel with a label in a details element that has the label for
// its summary.
func (p *Panels) Fold() {
	for _, pair := range p.pairs {
		label, panel := pair.label, pair.panel
		if panel.Parent == nil || label.Parent == nil {
			continue
		}
		details, summary := htmltree.Element(atom.Details), htmltree.Element(atom.Summary)
		for _, inner := range []*html.Node{label, htmltree.OnlyLink(label)} {
			if inner != nil && inner.FirstChild != nil && htmltree.OnlyLink(inner) == nil {
				htmltree.MoveChildren(summary, inner)
			}
		}
		label.Parent.RemoveChild(label)
		details.AppendChild(summary)
		if htmltree.IsElement(panel, atom.Li, atom.Dd, atom.Td) {
			htmltree.MoveChildren(details, panel)
			panel.AppendChild(details)
			continue
		}
		panel.Parent.InsertBefore(details, panel)
		panel.Parent.RemoveChild(panel)
		details.AppendChild(panel)
	}
	for _, label := range p.spent {
		if label.Parent != nil {
			label.Parent.RemoveChild(label)
		}
	}
}
