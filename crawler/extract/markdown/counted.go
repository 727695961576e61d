package markdown

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// counts are the numbers of the items of an ordered list, as its author set them.
type counts struct {
	numbers []int
	kind    string // of marks: "a", "A", "i", "I", or "" for numbers
}

// startOf returns the number that a list begins with by its attribute, or 1.
func startOf(list *html.Node) int {
	if start, err := strconv.Atoi(strings.TrimSpace(htmltree.Attr(list, "start"))); err == nil {
		return start
	}
	return 1
}

func countsOf(list *html.Node) counts {
	var c counts
	switch kind := htmltree.Attr(list, "type"); kind {
	case "a", "A", "i", "I":
		c.kind = kind
	}
	next, step := startOf(list), 1
	if htmltree.HasAttr(list, "reversed") {
		step = -1
		if !htmltree.HasAttr(list, "start") {
			next = 0
			for item := range list.ChildNodes() {
				if item.Type == html.ElementNode {
					next++
				}
			}
		}
	}
	for item := range list.ChildNodes() {
		if item.Type != html.ElementNode {
			continue
		}
		if value, err := strconv.Atoi(strings.TrimSpace(htmltree.Attr(item, "value"))); err == nil {
			next = value
		}
		c.numbers = append(c.numbers, next)
		next += step
	}
	return c
}

// runOn reports whether Markdown counts the items in the same way: numbers that go up one by
// one, and that go on with those of a list right before.
func (c counts) runOn(before *html.Node) bool {
	if c.kind != "" || len(c.numbers) == 0 {
		return c.kind == ""
	}
	if before != nil && htmltree.IsElement(before, atom.Ol) {
		next := startOf(before)
		for item := before.FirstChild; item != nil; item = item.NextSibling {
			next++
		}
		if c.numbers[0] != next {
			return false
		}
	}
	for i, number := range c.numbers {
		if number != c.numbers[0]+i || number < 0 || number >= 1e6 {
			return false
		}
	}
	return true
}

// counted adds a list that Markdown cannot count: each of its items is a point of a list
// without numbers, and begins with its own.
func (b *blocks) counted(n *html.Node, c counts) {
	list := b.dst.LastChild
	if list == nil || !htmltree.IsElement(list, atom.Ul) {
		list = htmltree.Element(atom.Ul)
	}
	i := 0
	for child := range n.ChildNodes() {
		if child.Type != html.ElementNode {
			continue
		}
		number := c.numbers[i]
		i++
		point := htmltree.Element(atom.Li)
		if c.kind == "" && number >= 0 && number < 1e6 {
			inner := htmltree.Element(atom.Ol)
			if number != 1 {
				inner.Attr = []html.Attribute{{Key: "start", Val: strconv.Itoa(number)}}
			}
			items := blocks{scribe: b.scribe, dst: inner, depth: b.depth + 1}
			if items.nested(htmltree.Element(atom.Li), child); inner.FirstChild != nil {
				point.AppendChild(inner)
			}
		} else {
			inside := blocks{scribe: b.scribe, dst: point, depth: b.depth + 1, mark: htmltree.Numeral(c.kind, number) + ". "}
			inside.children(child, span{})
			inside.flush()
		}
		if point.FirstChild != nil {
			list.AppendChild(point)
		}
	}
	if list.FirstChild != nil && list.Parent == nil {
		b.dst.AppendChild(list)
	}
}
