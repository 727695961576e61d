package choose

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// What a thread shows with every post: who wrote it and when, its number, what to do with it.
const (
	often = 3 // times that it recurs
	brief = 8 // words of it, at most
)

// pruneRecurring drops what comes again with the posts of a thread: the same words but for their figures, or
// the same class where that never says more than a few words.
func (l Page) pruneRecurring() {
	kinds := map[string][]int{}
	long := map[string]bool{}
	inText := 0 // the end of what is text, whatever recurs in it
	for i := 1; i < len(l); i++ {
		p := &l[i]
		class := "." + p.node.Data + " " + htmltree.Attr(p.node, "class")
		switch {
		case i < inText || p.words == 0:
			continue
		case p.words > brief:
			long[class] = true
			if htmltree.IsElement(p.node, atom.Pre, atom.Table, atom.P, atom.Blockquote) {
				inText = p.end
			}
			continue
		case htmltree.IsElement(p.node, atom.Pre, atom.Table, atom.P, atom.Blockquote, atom.Code):
			inText = p.end
		}
		if isWordOfText(p.node) {
			continue
		}
		kinds[inShape(htmltree.TextOf(p.node))] = append(kinds[inShape(htmltree.TextOf(p.node))], i)
		if !strings.HasSuffix(class, " ") && p.node.DataAtom != atom.P {
			kinds[class] = append(kinds[class], i)
		}
	}
	var recur []int
	for kind, parts := range kinds {
		told := 0
		for _, i := range parts {
			told += l[i].told()
		}
		if len(parts) >= often && !long[kind] && told*5 < l[0].told() {
			recur = append(recur, parts...)
		}
	}
	slices.Sort(recur)
	for _, i := range recur {
		if l[i].words > 0 {
			l.drop(i, labels)
		}
	}
}

// isWordOfText reports whether n is an element within a line, with words beside it: a mention, a link.
func isWordOfText(n *html.Node) bool {
	if htmltree.IsBlockName(n.DataAtom) || n.Parent == nil {
		return false
	}
	for beside := range n.Parent.ChildNodes() {
		if beside.Type == html.TextNode && !htmltree.IsBlank(beside.Data) {
			return true
		}
	}
	return false
}

// inShape returns a text as it is but for its figures and capitals.
func inShape(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return unicode.ToLower(r)
	}, text)
}
