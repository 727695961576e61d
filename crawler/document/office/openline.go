package office

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// openLine writes the content of a paragraph of an OpenDocument text as one line of HTML.
type openLine struct {
	lineWriter
	text   *openText
	ground wordColour // colour behind the text
	boxes  []*xmlNode // anchored in the paragraph
	unseen int        // number of letters in the colour behind them
}

func (l *openLine) into(to *html.Node, as look, nodes []*xmlNode) {
	for _, n := range nodes {
		l.meter.Spend(5)
		if as.hidden {
			return
		}
		switch n.name {
		case "":
			l.say(to, as, n.data)
		case "s":
			l.say(to, as, strings.Repeat(" ", min(max(n.number("c"), 1), maxRepeated)))
		case "tab":
			l.say(to, as, "\t")
		case "line-break":
			to.AppendChild(draft.Element(atom.Br))
		case "span":
			l.into(to, as.openly(l.text.styles["text "+n.attr("style-name")]), n.children)
		case "a":
			link := draft.With(draft.Element(atom.A), "href", n.attr("href"))
			if l.into(link, as, n.children); link.FirstChild != nil && n.attr("href") != "" {
				to.AppendChild(link)
			}
		case "note":
			to.AppendChild(l.text.notes.mark(n))
		case "frame", "custom-shape", "g":
			if n.name != "frame" || n.child("text-box") != nil {
				l.boxes = append(l.boxes, n)
			} else if said := l.text.inline(n); said != nil {
				to.AppendChild(said)
			}
		case "ruby":
			l.into(to, as, n.child("ruby-base").nodes())
		case "hidden-text":
			if !isOne(n.attr("is-hidden")) {
				l.into(to, as, n.children)
			}
		case "annotation", "page-number", "page-count", "tracked-changes", "hidden-paragraph":
		default: // a field, a mark, an insertion
			l.into(to, as, n.children)
		}
	}
}

// say writes a text, unless it has the colour of what lies behind it.
func (l *openLine) say(to *html.Node, as look, said string) {
	if as.contrast.shade.or(l.ground).hides(as.contrast.text) {
		l.unseen += draft.CountSaid(said)
		return
	}
	l.lineWriter.text(to, as, strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' {
			return ' '
		}
		return c
	}, said))
}
