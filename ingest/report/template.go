package report

import (
	"fmt"

	"github.com/fincrawl/fincrawl/internal/plural"
)

// Template describes what was removed from the pages of a source because most of them begin or
// end with it.
type Template struct {
	Blocks int `json:"blocks"` // number of blocks removed from all pages together
	Pages  int `json:"pages"`  // number of pages that they were removed from
	Of     int `json:"of"`     // number of pages that were read
	// Whole are pages that have nothing else, so that nothing was removed: the first by URL.
	Whole []string `json:"whole,omitempty"`
}

// template says what was removed.
func template(p *printer, t Template) {
	if t.Pages > 0 {
		p.field("Left out", span{plain, fmt.Sprintf("%s of %d of the %s that were read, which most of them have in common",
			plural.Count(t.Blocks, "block"), t.Pages, plural.Count(t.Of, "page"))})
	}
	if len(t.Whole) > 0 {
		p.field("", span{yellow, "Nothing is left out of " + t.Whole[0] + andMore(len(t.Whole)-1) +
			", where nothing would be left."})
	}
}

// LeftOut is a block that is removed from pages as template.
type LeftOut struct {
	Words string `json:"words"` // the first words
	Place string `json:"place"` // at the beginning, or at the end
	// Pages is the number of pages that have it there, and Of the number of pages that were
	// counted. Both are 0 for links that are removed together with their heading or menu.
	Pages int `json:"pages,omitempty"`
	Of    int `json:"of,omitempty"`
}

// leftOut lists what was removed from the page. Where it was not fetched, it lists what is removed
// from the pages of its source.
func (e Explanation) leftOut(p *printer, o TextOptions) {
	heading, blocks := "Left out, since most pages have it", e.LeftOut
	if e.Seen == nil {
		heading, blocks = "Left out of the pages of its source, since most have it", e.Template
	}
	if e.Whole {
		p.paragraph(2, 4, span{yellow, "!"}, span{plain,
			"All that it says is at the beginning or the end of most pages; so nothing is left out."})
		p.blank()
	}
	if len(blocks) == 0 {
		return
	}
	p.heading(heading)
	shown := blocks
	if !o.Verbose {
		shown = blocks[:min(len(blocks), markdownShown)]
	}
	for _, b := range shown {
		p.paragraph(4, 6, span{plain, fmt.Sprintf("%q", b.Words)}, span{dim, b.where()})
	}
	if more := len(blocks) - len(shown); more > 0 {
		p.paragraph(4, 4, span{dim, fmt.Sprintf("… and %d more; -v shows all", more)})
	}
	p.blank()
}

func (b LeftOut) where() string {
	if b.Of == 0 {
		return b.Place
	}
	return fmt.Sprintf("%s, on %d %% of %s", b.Place, 100*b.Pages/b.Of, plural.Count(b.Of, "page"))
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}
