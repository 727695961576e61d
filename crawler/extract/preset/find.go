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
// elements cost no more than a glance at their names.
type finder struct {
	ids, classes, attributes, elements byName
	anywhere                           []rule
}

// rule is one selector. Its rank is what it is of: of a preset, or of a preference.
type rule struct {
	rank     int
	selector cascadia.Sel
	text     string
}

// byName is the rules that want a name. Most names of a page are none of theirs,
// which their first letter and length tell without looking them up.
type byName struct {
	rules   map[string][]rule
	lengths [256]uint64 // of the names that begin with a byte, as bits
}

func (b *byName) put(name string, r rule) {
	if b.rules == nil {
		b.rules = map[string][]rule{}
	}
	b.rules[name] = append(b.rules[name], r)
	b.lengths[name[0]] |= 1 << (len(name) % 64)
}

func (b *byName) get(name string) []rule {
	if len(name) == 0 || b.lengths[name[0]]&(1<<(len(name)%64)) == 0 {
		return nil
	}
	return b.rules[name]
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
			f.ids.put(name, r)
		case '.':
			f.classes.put(name, r)
		case '[':
			f.attributes.put(name, r)
		case '<':
			f.elements.put(name, r)
		default:
			f.anywhere = append(f.anywhere, r)
		}
	}
}

// match returns the rule of the lowest rank, at most the given one, that an element
// matches; nil for none.
func (f *finder) match(n *html.Node, most int) *rule {
	var best *rule
	lowest := func(rules []rule) {
		for i := range rules {
			r := &rules[i]
			if r.rank <= most && (best == nil || r.rank < best.rank) && r.selector.Match(n) {
				best = r
			}
		}
	}
	lowest(f.anywhere)
	lowest(f.elements.get(n.Data))
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class":
			for rest := a.Val; rest != ""; {
				var class string
				class, rest = cutWord(rest)
				lowest(f.classes.get(class))
			}
		case "id":
			lowest(f.ids.get(strings.TrimSpace(a.Val)))
		}
		lowest(f.attributes.get(a.Key))
	}
	return best
}

// cutWord returns the first word of an attribute's value, as HTML parts them, and
// what follows it.
func cutWord(value string) (word, rest string) {
	start := 0
	for start < len(value) && value[start] <= ' ' {
		start++
	}
	end := start
	for end < len(value) && value[end] > ' ' {
		end++
	}
	return value[start:end], value[end:]
}

// spell writes a selector as a person would.
func spell(selector cascadia.Sel) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(selector.String(), `\-`, "-")), " ")
}

// wanted returns the rarest thing that a selector plainly wants of the element
// itself: an ID (#), a class (.), a name (<) or an attribute ([); 0 for none.
func wanted(selector string) (kind byte, name string) {
	own := LastCompound(selector)
	if strings.ContainsAny(own, `(\`) {
		return 0, "" // a function such as :not() may want the contrary
	}
	bare, _, _ := strings.Cut(own, "[") // what is in brackets may have dots
	for _, kind := range []byte{'#', '.', '<', '['} {
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

// LastCompound returns the part of a selector that is about the element itself
// (Selectors Level 4: the subject), which combinators join to the others.
func LastCompound(selector string) string {
	inside := 0
	for i := len(selector) - 1; i >= 0; i-- {
		switch selector[i] {
		case ']', ')':
			inside++
		case '[', '(':
			inside--
		case ' ', '>', '+', '~':
			if inside == 0 {
				return selector[i+1:]
			}
		}
	}
	return selector
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
