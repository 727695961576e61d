package preset

import (
	"strings"
	"unicode"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// finder finds for an element the few selectors of many that it may match: by the
// ID, class, attribute or name that each wants of it, as browsers find the rules of
// a style sheet. So one pass over a page is enough for all of them, and most
// elements cost no more than looking their classes up.
type finder struct {
	ids, classes, attributes, elements map[string][]rule
	anywhere                           []rule
}

// rule is one selector. Its rank is what it is of: of a preset, or of a preference.
type rule struct {
	rank     int
	selector cascadia.Sel
	text     string
}

// add adds the selectors of a text, which may be several with commas between them.
// What is no selector is left out: the configuration has refused it, or a test.
func (f *finder) add(rank int, text string) {
	group, err := cascadia.ParseGroup(text)
	if err != nil {
		return
	}
	for _, selector := range group {
		r := rule{rank, selector, spell(selector)}
		kind, name := wanted(r.text)
		switch kind {
		case '#':
			put(&f.ids, name, r)
		case '.':
			put(&f.classes, name, r)
		case '[':
			put(&f.attributes, name, r)
		case '<':
			put(&f.elements, name, r)
		default:
			f.anywhere = append(f.anywhere, r)
		}
	}
}

func put(rules *map[string][]rule, name string, r rule) {
	if *rules == nil {
		*rules = map[string][]rule{}
	}
	(*rules)[name] = append((*rules)[name], r)
}

// match returns the rule of the lowest rank, at least from, that an element matches.
func (f *finder) match(n *html.Node, from int) (best rule, ok bool) {
	try := func(rules []rule) {
		for _, r := range rules {
			if r.rank >= from && (!ok || r.rank < best.rank) && r.selector.Match(n) {
				best, ok = r, true
			}
		}
	}
	try(f.elements[n.Data])
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class":
			for class := range words(a.Val) {
				try(f.classes[class])
			}
		case "id":
			try(f.ids[strings.TrimSpace(a.Val)])
		}
		try(f.attributes[a.Key])
	}
	try(f.anywhere)
	return best, ok
}

// words yields the words of an attribute's value, as HTML parts them.
func words(value string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i := 0; i <= len(value); i++ {
			if i == len(value) || value[i] <= ' ' {
				if start < i && !yield(value[start:i]) {
					return
				}
				start = i + 1
			}
		}
	}
}

// spell writes a selector as a person would.
func spell(selector cascadia.Sel) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(selector.String(), `\-`, "-")), " ")
}

// wanted returns the rarest thing that a selector plainly wants of the element
// itself: an ID (#), a class (.), an attribute ([) or a name (<); 0 for none.
func wanted(selector string) (kind byte, name string) {
	own := selector[lastCompound(selector):]
	if strings.ContainsAny(own, `(\`) {
		return 0, "" // a function such as :not() may want the contrary
	}
	bare, _, _ := strings.Cut(own, "[") // what is in brackets may have dots
	for _, kind := range []byte{'#', '.', '[', '<'} {
		rest, found := own, kind == '<'
		switch kind {
		case '#', '.':
			_, rest, found = strings.Cut(bare, string(kind))
		case '[':
			_, rest, found = strings.Cut(own, "[")
		}
		end := strings.IndexFunc(rest, func(r rune) bool {
			return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		if end < 0 {
			end = len(rest)
		}
		if found && end > 0 {
			return kind, rest[:end]
		}
	}
	return 0, ""
}

// lastCompound returns where the part of a selector begins that is about the
// element itself.
func lastCompound(selector string) int {
	inside := 0
	for i := len(selector) - 1; i >= 0; i-- {
		switch selector[i] {
		case ']', ')':
			inside++
		case '[', '(':
			inside--
		case ' ', '>', '+', '~':
			if inside == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// following returns the node after n in the order of the page, within root.
func following(n, root *html.Node) *html.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	return after(n, root)
}

// after returns the node after n and all that is in it.
func after(n, root *html.Node) *html.Node {
	for n != root && n.NextSibling == nil {
		n = n.Parent
	}
	if n == root {
		return nil
	}
	return n.NextSibling
}
