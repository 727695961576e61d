package report

import (
	"fmt"
)

// Advice is something about a page that makes it hard to answer from. Its fields are those of
// an issue of internal/check/lint.
type Advice struct {
	Kind   string `json:"kind"`
	URL    string `json:"url"`
	Title  string `json:"title,omitempty"`
	Other  string `json:"other,omitempty"` // another URL that it is about
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

// advice lists the advice by kind. Where whole is set it lists all of it, and otherwise the
// number and one page of each kind.
func advice(p *printer, s Source, whole bool, o TextOptions) {
	if len(s.Advice) == 0 {
		if whole {
			p.paragraph(2, 4, span{green, "Nothing to mend."})
			p.blank()
		}
		return
	}
	if !whole {
		p.heading(fmt.Sprintf("Worth mending on the site (%d): %s shows all", len(s.Advice), p.command("fincrawl lint")))
	}
	for _, group := range byKind(s.Advice) {
		if !whole {
			p.paragraph(2, 4, span{yellow, fmt.Sprintf("%d %s,", len(group), group[0].Kind)},
				span{dim, "such as " + group[0].URL})
			continue
		}
		p.heading(fmt.Sprintf("%s (%d)", group[0].Kind, len(group)))
		listed := group[:min(len(group), o.MaxListed)]
		for _, a := range listed {
			p.paragraph(2, 4, span{yellow, "!"}, span{plain, a.URL})
			p.paragraph(4, 6, span{plain, a.Detail})
		}
		p.more(len(group) - len(listed))
		p.paragraph(2, 4, span{yellow, "→"}, span{plain, group[0].Fix})
		p.blank()
	}
	p.blank()
}

// byKind splits a list that is sorted by kind.
func byKind(list []Advice) [][]Advice {
	var groups [][]Advice
	for i, a := range list {
		if i == 0 || list[i-1].Kind != a.Kind {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], a)
	}
	return groups
}
