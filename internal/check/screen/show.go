package screen

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
)

// Shown is a page as people may look at it.
type Shown struct {
	// Markdown is its text, in which each secret that was found is masked; "" where one could
	// not be masked there, which Withheld says.
	Markdown string
	Withheld bool
	Passages []Passage
	// Secrets are what was masked, for what else is shown beside the page to be masked by.
	Secrets Masking
}

// Passage is a place where something was found, with what stands around it.
type Passage struct {
	Rule   string `json:"rule"`
	Before string `json:"before,omitempty"`
	Found  string `json:"found"` // as excerpts have it: masked where it is a secret
	After  string `json:"after,omitempty"`
}

// around is how many bytes of text a passage has on each side.
const around = 160

// Show returns the page as people may look at it: it says where something was found, and not
// what. Its HTML has to say what its Markdown says.
func (s *Screener) Show(p crawler.Page) Shown {
	shown := Shown{Markdown: p.Markdown}
	if len(s.scanners) == 0 {
		return shown
	}
	r := read(p)
	matches := s.ownSecretsElsewhere(p, r, s.matches(r, s.allowed(p.URL), nil))
	shown.Passages = r.passages(matches)
	shown.Secrets.add(r, matches)
	p.HTML = "<pre>" + html.EscapeString(p.Markdown) + "</pre>" // which may show one where the HTML does not
	r = read(p)
	shown.Secrets.add(r, s.matches(r, s.allowed(p.URL), nil))
	shown.Markdown = shown.Secrets.Mask(p.Markdown)
	if shown.Secrets.remainsIn(shown.Markdown) {
		shown.Markdown, shown.Withheld = "", true
	}
	return shown
}

// passages are the places of matches, one for each rule and heading, as [reading.describe] has it.
func (r *reading) passages(matches []match) (list []Passage) {
	type place struct {
		rule    string
		area    area
		heading int
	}
	seen := make(map[place]bool)
	for _, m := range matches {
		at := place{m.rule, m.area, r.headingOf(m)}
		if seen[at] {
			continue
		}
		seen[at] = true
		text := &r.areas[m.area]
		end := m.end
		found := r.masked(m.area, m.start, m.end, matches)
		if !m.kind.secret() {
			end = text.sentenceEnd(m.end)
			found = r.masked(m.area, m.start, end, matches)
		}
		from, to := m.start, end
		if m.area == inBody { // elsewhere what stands beside it is of another place
			from, to = wholeWord(text.plain, max(0, m.start-around), -1), wholeWord(text.plain, min(len(text.plain), end+around), 1)
		}
		list = append(list, Passage{Rule: m.rule, Found: found,
			Before: strings.TrimLeft(tight(r.masked(m.area, from, m.start, matches)), " \n"),
			After:  strings.TrimRight(tight(r.masked(m.area, end, to, matches)), " \n")})
	}
	return list
}

// tight is a text without its empty lines.
func tight(text string) string { return emptyLines.ReplaceAllString(text, "\n") }

var emptyLines = regexp.MustCompile(`[ \t]*\n\s*`)

// wholeWord moves a place in a text to where a character begins, and a word ends if one does soon.
func wholeWord(text string, at, step int) int {
	for range 40 {
		if at <= 0 || at >= len(text) {
			return min(max(at, 0), len(text))
		}
		if text[at] == ' ' || text[at] == '\n' {
			return at
		}
		at += step
	}
	for at > 0 && at < len(text) && text[at]&0xc0 == 0x80 {
		at += step
	}
	return at
}

// Masking masks what was found on a page, wherever else it stands. The zero value masks nothing.
type Masking struct {
	found    []string
	patterns []*regexp.Regexp
	masked   []string
}

func (k *Masking) add(r *reading, matches []match) {
	for _, m := range matches {
		secret := strings.TrimSpace(r.areas[m.area].plain[m.start:m.end])
		if !m.kind.secret() || secret == "" || slices.Contains(k.found, secret) {
			continue
		}
		shows := mask(secret)
		if m.kind == OwnSecret {
			shows = "…"
		}
		at, _ := slices.BinarySearchFunc(k.found, len(secret), func(other string, n int) int { return n - len(other) }) // the longest first
		k.found = slices.Insert(k.found, at, secret)
		k.patterns = slices.Insert(k.patterns, at, patternOf(secret))
		k.masked = slices.Insert(k.masked, at, shows)
	}
}

// All are the secrets.
func (k Masking) All() []string { return k.found }

// Mask returns a text with the secrets masked.
func (k Masking) Mask(text string) string {
	for i, p := range k.patterns {
		text = p.ReplaceAllLiteralString(text, k.masked[i])
	}
	return text
}

// remainsIn reports whether the letters of a secret still stand in a text, as where signs of
// emphasis stand between them.
func (k Masking) remainsIn(text string) bool {
	if len(k.found) == 0 {
		return false
	}
	const least = 4 // fewer stand in any text
	all := letters(text)
	return slices.ContainsFunc(k.found, func(secret string) bool {
		l := letters(secret)
		return len(l) >= least && strings.Contains(all, l)
	})
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

// patternOf finds a secret as Markdown, HTML and addresses write it.
func patternOf(secret string) *regexp.Regexp {
	var p strings.Builder
	space := false
	for _, r := range secret {
		switch {
		case unicode.IsSpace(r):
			if !space {
				p.WriteString(`\s+`)
			}
		case unicode.IsLetter(r), unicode.IsDigit(r):
			p.WriteString(regexp.QuoteMeta(string(r)))
		default:
			p.WriteString(`(?:\\?` + regexp.QuoteMeta(string(r)) + `|` + regexp.QuoteMeta(html.EscapeString(string(r))) + `|(?i:` + regexp.QuoteMeta(url.QueryEscape(string(r))) + `))`)
		}
		space = unicode.IsSpace(r)
	}
	return regexp.MustCompile(p.String())
}
