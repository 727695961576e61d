package screen

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Finding is what a rule found on a page. It may be shown: what was found is
// masked.
type Finding struct {
	Rule    string
	Kind    Kind
	Action  Action
	Where   string // for people: under which heading
	Excerpt string // how it begins; of an instruction, all of it
	Count   int    // how often the rule found something there
}

// Kind is what sort of thing was found.
type Kind string

// The kinds.
const (
	Credential Kind = "credential"
	Personal   Kind = "personal"
	Marker     Kind = "marker"
	Injection  Kind = "injection"
	Custom     Kind = "custom"
	Redaction  Kind = "redaction"  // text that the page's file has and does not show
	OwnSecret  Kind = "own-secret" // what gets this program itself in, which a page echoed
)

// secret reports whether what was found must not be shown.
func (k Kind) secret() bool { return k == Credential || k == Personal || k == Custom || k == OwnSecret }

// match is a finding where it stands.
type match struct {
	rule       string
	kind       Kind
	action     Action
	area       area
	start, end int // in the text of its area
	verb       int // of an order, where it stands; 0 for where it begins
}

// maxExcerpt bounds an excerpt, in bytes.
const maxExcerpt = 200

// describe makes findings of matches, one for each rule and place.
func (r *reading) describe(matches []match) []Finding {
	var findings []Finding
	type place struct {
		area    area
		heading int
	}
	type known struct{ rule, where string }
	wheres := make(map[place]string)
	at := make(map[known]int) // in findings
	for _, m := range matches {
		in := place{m.area, r.headingOf(m)}
		where, named := wheres[in]
		if !named {
			where = r.where(m, in.heading, matches)
			wheres[in] = where
		}
		if i, found := at[known{m.rule, where}]; found {
			findings[i].Count++
			continue
		}
		at[known{m.rule, where}] = len(findings)
		findings = append(findings, Finding{Rule: m.rule, Kind: m.kind, Action: m.action, Where: where, Count: 1, Excerpt: r.excerpt(m, matches)})
	}
	return findings
}

// excerpt shows a match as far as that gives nothing away.
func (r *reading) excerpt(m match, all []match) string {
	if m.kind == OwnSecret {
		return "…"
	}
	if m.kind.secret() {
		return mask(r.areas[m.area].plain[m.start:m.end])
	}
	return shorten(r.masked(m.area, m.start, r.areas[m.area].sentenceEnd(m.end), all))
}

// sentenceEnd returns where the sentence ends that goes on at a place.
func (t *text) sentenceEnd(at int) int {
	rest := t.plain[at:min(len(t.plain), at+maxExcerpt)]
	if end := strings.IndexAny(rest, ".!?\n"); end >= 0 {
		return at + end
	}
	return at + len(rest)
}

// headingOf returns the heading that a match stands under, by its place among those of
// its area; -1 for none.
func (r *reading) headingOf(m match) int {
	headings := r.areas[m.area].headings
	after, _ := slices.BinarySearchFunc(headings, m.start+1, func(h heading, start int) int { return h.start - start })
	return after - 1
}

// where says under which heading a match stands.
func (r *reading) where(m match, last int, all []match) string {
	switch m.area {
	case inTitle:
		return "in the title"
	case inAddress:
		return "in the address"
	}
	headings := r.areas[m.area].headings
	place := ""
	if m.area == inAttributes {
		place = "in a link or image "
	}
	if last < 0 {
		return place + "before the first heading"
	}
	h := headings[last]
	in := m.area
	if in == inAttributes {
		in = inBody // headings are kept where they are read
	}
	return place + `under "` + shorten(r.masked(in, h.from, h.to, all)) + `"`
}

// masked returns a part of an area's text with the secrets in it masked.
func (r *reading) masked(in area, start, end int, all []match) string {
	text := r.areas[in].plain
	var secrets []match
	r.areas[in].meter.Spend(len(all))
	for _, m := range all {
		if m.area == in && m.kind.secret() && m.start < end && start < m.end {
			secrets = append(secrets, m)
		}
	}
	slices.SortFunc(secrets, func(a, b match) int { return a.start - b.start })
	var out strings.Builder
	for _, m := range secrets {
		if m.end <= start {
			continue
		}
		out.WriteString(text[start:max(start, m.start)])
		if m.kind != OwnSecret {
			out.WriteString(mask(text[m.start:m.end]))
		} else {
			out.WriteString("…")
		}
		start = min(max(start, m.end), end)
	}
	out.WriteString(text[start:end])
	return out.String()
}

// mask shows how a secret begins: at most a quarter of it, and four characters.
func mask(secret string) string {
	show := min(4, utf8.RuneCountInString(secret)/4)
	for i := range secret {
		if show == 0 {
			secret = secret[:i]
			break
		}
		show--
	}
	return strings.Join(strings.Fields(secret), " ") + "…"
}

// shorten makes one line of text.
func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxExcerpt {
		return text
	}
	cut := maxExcerpt
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
