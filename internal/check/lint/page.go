package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// seen is what one reading of a page's HTML found.
type seen struct {
	words     int
	signature uint64
	bare      int    // number of images without alternative text
	text      []byte // the words with a space between them, and a line for each block
	last      int    // start of the last line in text
}

const edge = 400 // bytes of text at each end of a page that are searched for dates and for contacts

func look(p crawler.Page) seen {
	s := seen{text: make([]byte, 0, len(p.HTML)/2)}
	var block []byte
	var words simhash
	end := func() {
		from := len(s.text)
		for word := range bytes.FieldsSeq(block) {
			s.words++
			words.add(word)
			s.text = append(append(s.text, word...), ' ')
		}
		if len(s.text) > from {
			s.text[len(s.text)-1], s.last = '\n', from
		}
		block = block[:0]
	}
	for token := range cleanhtml.Tokens(p.HTML) {
		switch {
		case token.Kind == html.TextToken:
			block = token.Append(block)
		case isBlock(token.Tag):
			end()
		case token.Tag == atom.Img && token.Kind != html.EndTagToken:
			alt := ""
			for key, value := range token.Attrs() {
				if key == "alt" {
					alt = value
				}
			}
			if len(strings.Fields(alt)) < 2 {
				s.bare++
			}
		}
	}
	end()
	s.signature = words.sum()
	return s
}

// edges returns the beginning and the end of the text, where the date of the last change is.
func (s seen) edges() string {
	return string(s.text[:min(len(s.text), edge)]) + "\n" + string(s.text[max(0, len(s.text)-edge):])
}

// ending returns the last block of text, or the end of it where it is long.
func (s seen) ending() string {
	return strings.TrimSuffix(string(s.text[max(s.last, len(s.text)-edge):]), "\n")
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Dt, atom.Dd, atom.Td, atom.Th, atom.Tr, atom.Table, atom.Pre, atom.Blockquote,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Summary, atom.Details, atom.Figure, atom.Figcaption:
		return true
	}
	return false
}

// judge returns the issues of a page by itself.
func (l *Linter) judge(p crawler.Page, s seen) []Issue {
	var issues []Issue
	add := func(kind Kind, fix, detail string, values ...any) {
		issues = append(issues, Issue{Kind: kind, URL: p.URL, Title: p.Title, Detail: fmt.Sprintf(detail, values...), Fix: fix})
	}
	c := l.config
	if p.Untitled {
		add(NoTitle, "Give the page a heading, or set content.title: Fin finds and cites pages by their title.",
			"its title %q is only its address", p.Title)
	}
	switch {
	case s.bare > 0 && s.words < wordsPerImage*s.bare:
		add(ImagesOnly, "Describe in alt or in the text what the images show: Fin reads no images.",
			"%s without a text in their place, beside %s", plural.Count(s.bare, "image"), plural.Count(s.words, "word"))
	case s.words < c.ThinWords:
		add(Thin, "Say more, join it with another page, or exclude it; where the site shows more, see content.body.",
			"only %s", plural.Count(s.words, "word"))
	}
	if c.LongWords > 0 && s.words > c.LongWords {
		add(Long, "Split it by what is asked for: the answer drowns in the rest.", "%s", plural.Count(s.words, "word"))
	}
	if c.StaleAge > 0 {
		if changed := lastChange(s.edges()); !changed.IsZero() && c.Now.Sub(changed) > c.StaleAge {
			add(Stale, "Look whether it still holds, and renew its date, or exclude it.",
				"it says that it was last changed on %s", changed.Format(time.DateOnly))
		}
	}
	if ending := s.ending(); s.words > wordsOfContact && sendsToSupport(ending) {
		add(ContactEnding, "Drop the ending or content.remove it: "+
			"Fin would send customers to the support it is there to relieve.", "it ends with %q", brief(ending))
	}
	return issues
}

const (
	wordsPerImage  = 25 // with fewer words beside each image, the images have the content
	wordsOfContact = 40 // a page with fewer words is itself about contacting support
)

var contact = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:(?:please )?(?:contact|reach out to|get in touch with|write to|email|call|ask)(?: us| our| the| your)*(?: customer| technical| friendly)?(?: support| help ?desk| service| us\b| team)|submit a (?:support )?(?:ticket|request)|open a (?:support )?ticket|` +
		`(?:kontaktieren|wenden) sie(?: sich)?(?: bitte)?(?: an)?(?: den| das| unseren| unser)*(?: uns\b| support| kundenservice| kundendienst| team)|` +
		`contactez(?:-nous|(?: notre| le| l')*(?: support| service| équipe))|` +
		`(?:contacte|contacta|póngase en contacto|ponte en contacto)(?: con)?(?: nosotros|(?: nuestro| el)*(?: soporte| equipo| servicio)))`)
})

// contactOpenings are the beginnings of the phrases in contact.
func contactOpenings() []string {
	return []string{
		"contact", "reach out", "get in touch", "write to ", "email ", "call ", "ask ", "submit a", "open a", "kontaktieren", "wenden", "póngase", "ponte",
	}
}

// sendsToSupport reports whether a text tells the reader to contact somebody. Most texts do not, and a
// search for the openings finds that out a hundred times as fast as the expression.
func sendsToSupport(text string) bool {
	lower := folded(text)
	begins := func(opening string) bool { return strings.Contains(lower, opening) }
	return slices.ContainsFunc(contactOpenings(), begins) && contact().MatchString(text)
}

// folded returns a text in lower case. It also replaces the letter that an expression without case takes
// for an s.
func folded(text string) string { return strings.ReplaceAll(strings.ToLower(text), "ſ", "s") }

var dated = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:(?:last |page )?(?:updated|modified|changed|reviewed|edited|revised)(?: on| at)?|(?:zuletzt |letzte )?(?:aktualisiert|geändert|änderung|aktualisierung)(?: am)?|(?:dernière )?(?:mise à jour|modification)(?: le)?|(?:última )?(?:actualización|modificación)|stand)\s*[:\-–]?\s*(?:on\s|the\s|am\s|le\s)?` +
		`([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}\.\s?[0-9]{1,2}\.\s?[0-9]{4}|[0-9]{1,2}(?:st|nd|rd|th)?\.? \pL{3,10}\.?,? [0-9]{4}|\pL{3,10}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|\pL{3,10} [0-9]{4})`)
})

// changeWords are the words before the date of a change.
func changeWords() []string {
	return []string{
		"updated", "modified", "changed", "reviewed", "edited", "revised", "aktualisiert", "geändert", "änderung", "aktualisierung",
		"mise à jour", "modification", "actualización", "modificación", "stand",
	}
}

// farthestYear is how far behind such a word the year of its date may be, in bytes, as in "updated on –
// the 30th. September., 2020".
const farthestYear = 48

// lastChange returns the date of the last change that a page names, the latest of several, or the zero
// time.
func lastChange(text string) time.Time {
	var latest time.Time
	if !namesYear(text) || !mayBeDated(folded(text)) {
		return latest
	}
	for _, found := range dated().FindAllStringSubmatch(text, -1) {
		if t, ok := parseDate(found[1]); ok && t.After(latest) {
			latest = t
		}
	}
	return latest
}

// mayBeDated reports whether a year follows a word for a change. Few texts have that, and the expression
// takes a hundred times as long.
func mayBeDated(lower string) bool {
	for _, word := range changeWords() {
		for _, rest, found := strings.Cut(lower, word); found; _, rest, found = strings.Cut(rest, word) {
			date, _, _ := strings.Cut(rest[:min(len(rest), farthestYear)], "(") // "standard (ISO 2011)" has none
			if namesYear(date) {
				return true
			}
		}
	}
	return false
}

// namesYear reports whether a text has four digits in a row.
func namesYear(text string) bool {
	digits := 0
	for i := range len(text) {
		if c := text[i]; c < '0' || c > '9' {
			digits = 0
		} else if digits++; digits == 4 {
			return true
		}
	}
	return false
}

var ordinal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([0-9])(?:st|nd|rd|th)\b`) })

func parseDate(text string) (time.Time, bool) {
	text = ordinal().ReplaceAllString(text, "$1")
	words := strings.Fields(strings.NewReplacer(",", " ", ". ", " ").Replace(text))
	for i, word := range words {
		if month, ok := months()[strings.ToLower(strings.TrimSuffix(word, "."))]; ok {
			words[i] = month
		}
	}
	plain := strings.Join(words, " ")
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2.1.2006", "2 1 2006", "2 Jan 2006", "Jan 2 2006", "Jan 2006"} {
		if t, err := time.Parse(layout, plain); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// months are names of months in the languages of the phrases above.
var months = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"january": "Jan", "february": "Feb", "march": "Mar", "april": "Apr", "may": "May", "june": "Jun", "july": "Jul", "august": "Aug",
		"september": "Sep", "october": "Oct", "november": "Nov", "december": "Dec", "sept": "Sep", "jan": "Jan", "feb": "Feb", "mar": "Mar", "apr": "Apr",
		"jun": "Jun", "jul": "Jul", "aug": "Aug", "sep": "Sep", "oct": "Oct", "nov": "Nov", "dec": "Dec",
		"januar": "Jan", "februar": "Feb", "märz": "Mar", "mai": "May", "juni": "Jun", "juli": "Jul", "oktober": "Oct", "dezember": "Dec",
		"janvier": "Jan", "février": "Feb", "mars": "Mar", "avril": "Apr", "juin": "Jun", "juillet": "Jul", "août": "Aug", "septembre": "Sep", "octobre": "Oct", "novembre": "Nov", "décembre": "Dec",
		"enero": "Jan", "febrero": "Feb", "marzo": "Mar", "abril": "Apr", "mayo": "May", "junio": "Jun", "julio": "Jul", "agosto": "Aug", "septiembre": "Sep", "octubre": "Oct", "noviembre": "Nov", "diciembre": "Dec",
	}
})

func brief(text string) string {
	words := strings.Fields(text)
	if len(words) <= 16 {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:16], " ") + " …"
}
