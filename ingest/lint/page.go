package lint

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler"
)

// seen is what is seen of a page at one reading of its HTML.
type seen struct {
	words     int
	signature uint64
	bare      int    // images without a text in their place
	last      string // the last block of text
	head      string // the beginning and the end of the text, where dates of changes stand
	changed   time.Time
}

const edge = 400 // bytes of text at each end of a page that are looked at for dates

func look(p crawler.Page) seen {
	var s seen
	var text, block strings.Builder
	end := func() {
		if words := strings.Join(strings.Fields(block.String()), " "); words != "" {
			s.last = words
			text.WriteString(words)
			text.WriteByte('\n')
		}
		block.Reset()
	}
	tokens := html.NewTokenizer(strings.NewReader(p.HTML))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		switch kind {
		case html.TextToken:
			block.Write(tokens.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, more := tokens.TagName()
			tag := atom.Lookup(name)
			switch {
			case isBlock(tag):
				end()
			case tag == atom.Img && kind != html.EndTagToken:
				alt := ""
				for more {
					var key, value []byte
					if key, value, more = tokens.TagAttr(); string(key) == "alt" {
						alt = string(value)
					}
				}
				if len(strings.Fields(alt)) < 2 {
					s.bare++
				}
			}
		}
	}
	end()
	plain := text.String()
	words := strings.FieldsFunc(plain, func(r rune) bool { return r == ' ' || r == '\n' })
	s.words, s.signature = len(words), simhash(words)
	s.head = plain[:min(len(plain), edge)] + "\n" + plain[max(0, len(plain)-edge):]
	s.changed = lastChange(s.head)
	return s
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.Dt, atom.Dd, atom.Td, atom.Th, atom.Tr, atom.Table, atom.Pre, atom.Blockquote,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hr, atom.Summary, atom.Details, atom.Figure, atom.Figcaption:
		return true
	}
	return false
}

// judge says what is wrong with a page by itself.
func (l *Linter) judge(p crawler.Page, s seen) []Issue {
	var issues []Issue
	add := func(kind Kind, fix, detail string, values ...any) {
		issues = append(issues, Issue{Kind: kind, URL: p.URL, Title: p.Title, Detail: fmt.Sprintf(detail, values...), Fix: fix})
	}
	c := l.config
	if namesNothing(p.Title, p.URL) {
		add(NoTitle, "Give the page a heading, or set content.title: Fin finds and cites pages by their title.", "its title %q is only its address", p.Title)
	}
	switch {
	case s.bare > 0 && s.words < wordsPerImage*s.bare:
		add(ImagesOnly, "Describe in alt or in the text what the images show: Fin reads no images.", "%s without a text in their place, beside %s", count(s.bare, "image"), count(s.words, "word"))
	case s.words < c.ThinWords:
		add(Thin, "Say more, join it with another page, or exclude it; where the site shows more, see content.body.", "only %s", count(s.words, "word"))
	}
	if c.LongWords > 0 && s.words > c.LongWords {
		add(Long, "Split it by what is asked for: the answer drowns in the rest.", "%s", count(s.words, "word"))
	}
	if age := c.Now.Sub(s.changed); c.StaleAge > 0 && !s.changed.IsZero() && age > c.StaleAge {
		add(Stale, "Look whether it still holds, and renew its date, or exclude it.", "it says that it was last changed on %s", s.changed.Format(time.DateOnly))
	}
	if phrase := contact().FindString(s.last); phrase != "" && s.words > wordsOfContact {
		add(ContactEnding, "Drop the ending or content.remove it: Fin would send customers to the support it is there to relieve.", "it ends with %q", brief(s.last))
	}
	return issues
}

const (
	wordsPerImage  = 25 // fewer beside an image: it carries the content
	wordsOfContact = 40 // with fewer, a page is about getting in touch
)

// namesNothing reports whether a title was made of the address, for want of one.
func namesNothing(title, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	base := path.Base(u.Path)
	title = strings.TrimSpace(title)
	return title == "" || strings.EqualFold(title, "untitled") || title == base && strings.ContainsAny(base, "-_.%0123456789") ||
		title == strings.TrimSuffix(base, path.Ext(base)) && strings.ContainsAny(title, "-_") || title == u.Host || title == address
}

var contact = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:(?:please )?(?:contact|reach out to|get in touch with|write to|email|call|ask)(?: us| our| the| your)*(?: customer| technical| friendly)?(?: support| help ?desk| service| us\b| team)|submit a (?:support )?(?:ticket|request)|open a (?:support )?ticket|still (?:need help|have questions)|need more help|` +
		`(?:kontaktieren|wenden) sie(?: sich)?(?: bitte)?(?: an)?(?: den| das| unseren| unser| uns)*(?: support| kundenservice| kundendienst| team)?|noch fragen|` +
		`contactez(?:-nous| notre| le| l')*(?: support| service| équipe)?|besoin d'aide|` +
		`(?:contacte|contacta|póngase en contacto|ponte en contacto)(?: con)?(?: nuestro| el| nosotros)*(?: soporte| equipo| servicio)?|necesita(?:s)? más ayuda)`)
})

var dated = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:(?:last |page )?(?:updated|modified|changed|reviewed|edited|revised)(?: on| at)?|(?:zuletzt |letzte )?(?:aktualisiert|geändert|änderung|aktualisierung)(?: am)?|(?:dernière )?(?:mise à jour|modification)(?: le)?|(?:última )?(?:actualización|modificación)|stand)\s*[:\-–]?\s*(?:on\s|the\s|am\s|le\s)?` +
		`([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}\.\s?[0-9]{1,2}\.\s?[0-9]{4}|[0-9]{1,2}(?:st|nd|rd|th)?\.? \pL{3,10}\.?,? [0-9]{4}|\pL{3,10}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|\pL{3,10} [0-9]{4})`)
})

// lastChange finds the date that a page says it was last changed on; the latest
// of several, and the zero time for none.
func lastChange(text string) time.Time {
	var latest time.Time
	if !namesYear(text) { // as with most texts; the expression takes a hundred times as long
		return latest
	}
	for _, found := range dated().FindAllStringSubmatch(text, -1) {
		if t, ok := parseDate(found[1]); ok && t.After(latest) {
			latest = t
		}
	}
	return latest
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
		if month, ok := months[strings.ToLower(strings.TrimSuffix(word, "."))]; ok {
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

// months are the names of months in the languages of the phrases above.
var months = map[string]string{
	"january": "Jan", "february": "Feb", "march": "Mar", "april": "Apr", "may": "May", "june": "Jun", "july": "Jul", "august": "Aug",
	"september": "Sep", "october": "Oct", "november": "Nov", "december": "Dec", "sept": "Sep", "jan": "Jan", "feb": "Feb", "mar": "Mar", "apr": "Apr",
	"jun": "Jun", "jul": "Jul", "aug": "Aug", "sep": "Sep", "oct": "Oct", "nov": "Nov", "dec": "Dec",
	"januar": "Jan", "februar": "Feb", "märz": "Mar", "mai": "May", "juni": "Jun", "juli": "Jul", "oktober": "Oct", "dezember": "Dec",
	"janvier": "Jan", "février": "Feb", "mars": "Mar", "avril": "Apr", "juin": "Jun", "juillet": "Jul", "août": "Aug", "septembre": "Sep", "octobre": "Oct", "novembre": "Nov", "décembre": "Dec",
	"enero": "Jan", "febrero": "Feb", "marzo": "Mar", "abril": "Apr", "mayo": "May", "junio": "Jun", "julio": "Jul", "agosto": "Aug", "septiembre": "Sep", "octubre": "Oct", "noviembre": "Nov", "diciembre": "Dec",
}

func brief(text string) string {
	words := strings.Fields(text)
	if len(words) <= 16 {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:16], " ") + " …"
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
