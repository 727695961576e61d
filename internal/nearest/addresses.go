package nearest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Addresses finds the URLs, or other long names, that are most similar to an unknown one. It compares how
// they begin and end.
type Addresses struct {
	Name  string // the unknown name
	found []similar
}

type similar struct {
	name  string
	share float64 // of the longer name that both have in common at their beginning and end
}

const (
	nearEnough = 0.75
	nearNamed  = 3
)

// See compares a known name.
func (n *Addresses) See(name string) {
	prefix, longer := 0, max(len(name), len(n.Name))
	shorter := min(len(name), len(n.Name))
	for prefix < shorter && name[prefix] == n.Name[prefix] {
		prefix++
	}
	suffix := 0
	for suffix < shorter-prefix && name[len(name)-1-suffix] == n.Name[len(n.Name)-1-suffix] {
		suffix++
	}
	s := similar{name, float64(prefix+suffix) / float64(max(longer, 1))}
	if s.share < nearEnough || slices.ContainsFunc(n.found, func(f similar) bool { return f.name == name }) {
		return
	}
	n.found = append(n.found, s)
	best := func(a, b similar) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.name, b.name)) }
	slices.SortFunc(n.found, best)
	n.found = n.found[:min(nearNamed, len(n.found))]
}

// Question asks whether one of the similar names was meant. It is "" where there are none.
func (n *Addresses) Question() string {
	if len(n.found) == 0 {
		return ""
	}
	var names []string
	for _, f := range n.found {
		names = append(names, strings.Trim(fmt.Sprintf("%q", f.name), `"`))
	}
	return ": did you mean " + strings.Join(names, ", or ") + "?"
}
