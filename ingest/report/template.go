package report

import "fmt"

// Template is what was left out of the pages of a source, since most of them begin or
// end with it.
type Template struct {
	Blocks int `json:"blocks"` // of all pages together
	Pages  int `json:"pages"`  // that they were left out of
	Of     int `json:"of"`     // pages that were read
	// Whole are pages that have nothing else, and were left as they are: the first by
	// address.
	Whole []string `json:"whole,omitempty"`
}

// template says what was left out.
func template(p *printer, t Template) {
	if t.Pages > 0 {
		p.field("Left out", span{plain, fmt.Sprintf("%s of %d of the %s that were read, which most of them have in common", count(t.Blocks, "block"), t.Pages, count(t.Of, "page"))})
	}
	if len(t.Whole) > 0 {
		p.field("", span{yellow, "Nothing is left out of " + t.Whole[0] + andMore(len(t.Whole)-1) + ", where nothing would be left."})
	}
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}
