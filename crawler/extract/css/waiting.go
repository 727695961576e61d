package css

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// isWaiting tells of elements that a script makes appear, as the reader comes to
// them or once the page is there: most of a page is never hidden for good.
func (s *Styles) isWaiting(n *html.Node, by Property) bool {
	if by != opacity && by != Visibility {
		return false
	}
	if htmltree.WordsUpTo(n, 200) == 200 || htmltree.CountOf(n, atom.H1) > 0 || htmltree.CountOf(n, atom.Article) > 0 {
		return true
	}
	named := htmltree.HasAttr(n, "data-w-id") || htmltree.HasAttr(n, "data-aos") || htmltree.HasAttr(n, "data-scroll") || htmltree.HasAttr(n, "data-framer-appear-id") ||
		htmltree.HasWord(htmltree.Attr(n, "class"), "wow")
	return named && s.shown(n, by)
}

// IsOverlay tells of names that things go by which stand above a page, and are no
// part of its text.
func IsOverlay(names string) bool {
	for word := range NameWords(names) {
		switch word {
		case "modal", "popup", "popover", "tooltip", "dropdown", "menu", "submenu", "megamenu", "overlay", "lightbox", "dialog", "toast", "offcanvas",
			"drawer", "nav", "navbar", "cookie", "consent", "search", "honeypot", "skip", "sr", "visually":
			return true
		}
	}
	return false
}

// NameWords yields the words that names such as "faq-answer__text" and
// "faqAnswer" are made of, in lower case.
func NameWords(names string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, prev := 0, ' '
		emit := func(end int) bool { return end <= start || yield(strings.ToLower(names[start:end])) }
		for i, r := range names {
			switch {
			case !unicode.IsLetter(r) && !unicode.IsDigit(r):
				if !emit(i) {
					return
				}
				start = i + len(string(r))
			case unicode.IsUpper(r) && unicode.IsLower(prev):
				if !emit(i) {
					return
				}
				start = i
			}
			prev = r
		}
		emit(len(names))
	}
}
