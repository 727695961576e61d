package markdown

import (
	"bytes"
	"iter"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// span is a piece of running text and how it is marked. Markdown's text is a row
// of spans, so that <b><i>x</i></b> and <i><b>x</b></i> are one and the same.
type span struct {
	text  string
	href  string // of the link it stands in
	image string // address of the image it is; text is its alternative
	mark
	breaks bool // it ends a line
}

type mark struct{ strong, em, struck, code bool }

// inline adds n to run if it is an element without content of its own.
func (as span) inline(n *html.Node, run *[]span) bool {
	switch n.DataAtom {
	case atom.Br:
		if as.href != "" {
			as.text = " " // a link stands on one line
			break
		}
		as = span{breaks: true}
	case atom.Img:
		as.text, as.image, as.code = htmltree.Attr(n, "alt"), canonicalAddress(htmltree.Attr(n, "src")), false
	default:
		return false
	}
	*run = append(*run, as)
	return true
}

// within returns how text inside n is marked, where what surrounds n is as.
func (as span) within(n *html.Node) span {
	switch n.DataAtom {
	case atom.Strong, atom.B:
		as.strong = true
	case atom.Em, atom.I, atom.Cite, atom.Dfn, atom.Var:
		as.em = true
	case atom.S, atom.Del:
		as.struck = true
	case atom.Code, atom.Kbd, atom.Samp:
		as.code = true
	case atom.A:
		as.href = canonicalAddress(htmltree.Attr(n, "href"))
	}
	return as
}

// paragraphs yields the parts of spans between which two line breaks follow each other.
func paragraphs(spans []span) iter.Seq[[]span] {
	return func(yield func([]span) bool) {
		start, broken := 0, false
		for i, s := range spans {
			switch {
			case s.breaks && broken:
				if !yield(spans[start:i]) {
					return
				}
				start = i + 1
			case s.breaks:
				broken = true
			case broken && (s.image != "" || !htmltree.IsBlank(s.text)):
				broken = false
			}
		}
		yield(spans[start:])
	}
}

// scribe writes running text as Markdown. It has one place for all that it writes.
type scribe struct {
	meter *budget.Meter // may be nil

	run  []span // gathered, to be written
	tidy []span
	out  []byte
}

// written returns one paragraph's spans as Markdown. lineStart tells that the text
// begins a line, and not a heading or a cell.
func (sc *scribe) written(spans []span, lineStart bool) string {
	sc.meter.Spend(4 * len(spans))
	sc.tidy = tidy(sc.tidy[:0], spans)
	spans = sc.tidy
	dropSelfLinks(spans)
	for linked := range groups(spans, sameLink) {
		clearMarks(linked, marks())
	}
	spans = joined(spans)
	escapeAll(spans, lineStart)
	spaceCode(spans)
	out := sc.out[:0]
	for linked := range groups(spans, sameLink) {
		href := linked[0].href
		if href == "" {
			out = write(out, linked, marks())
			continue
		}
		out = write(append(out, '['), linked, marks())
		out = append(append(append(out, "]("...), writtenAddress(href)...), ')')
	}
	sc.out = out
	return string(out)
}

// tidy makes one space of all white space, takes it out of the ends of code, marks
// and links and away from the ends of lines, and joins spans that are marked alike. They
// are appended to out, which is empty.
func tidy(out, spans []span) []span {
	gap, inCode := false, true // white space since the last of out, and all of it in code
	for _, s := range spans {
		onLine := len(out) > 0 && !out[len(out)-1].breaks
		if s.breaks {
			if onLine {
				out = append(out, s)
			}
			gap, inCode = false, true
			continue
		}
		words, before, after := trimmed(s.text)
		if s.image != "" {
			before, after = false, false
		}
		if before {
			gap, inCode = true, inCode && s.code
		}
		if words == "" && s.image == "" {
			continue
		}
		if onLine && gap {
			out = append(out, between(out[len(out)-1], s, inCode))
		}
		if s.text = words; onLine && !gap && s.code && out[len(out)-1].joins(&s) {
			s.mark = out[len(out)-1].mark
		}
		gap, inCode = after, s.code || !after
		out = append(out, s)
	}
	for len(out) > 0 && out[len(out)-1].breaks {
		out = out[:len(out)-1]
	}
	return joined(out)
}

// trimmed returns the words of s a space apart, and whether white space stands
// before and after them.
func trimmed(s string) (words string, before, after bool) {
	if s == "" {
		return "", false, false
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	before, after = unicode.IsSpace(first), unicode.IsSpace(last)
	words = strings.TrimSpace(s)
	for i := range len(words) {
		b := words[i]
		if b > ' ' && b < utf8.RuneSelf || b == ' ' && words[i+1] != ' ' {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(words[i:]); unicode.IsSpace(r) {
			return strings.Join(strings.Fields(words), " "), before, after
		}
	}
	return words, before, after
}

// between returns the space between two spans, marked as both of them are. It is
// code only if it was: two words of code are not one.
func between(a, b span, inCode bool) span {
	space := span{text: " "}
	if a.href == b.href {
		space.href = a.href
	}
	space.strong = a.strong && b.strong
	space.em = a.em && b.em
	space.struck = a.struck && b.struck
	space.code = inCode && a.code && a.mark == b.mark && a.href == b.href
	return space
}

// joins tells whether b is part of the span a: if it is marked alike, or if both
// are code, which cannot stand side by side.
func (as *span) joins(b *span) bool {
	plain := !as.breaks && !b.breaks && as.image == "" && b.image == ""
	return plain && as.href == b.href && (as.mark == b.mark || as.code && b.code)
}

// joined joins the spans that are marked alike.
func joined(spans []span) []span {
	out := spans[:0]
	for alike := range groups(spans, (*span).joins) {
		whole := alike[0]
		if len(alike) > 1 {
			var words strings.Builder
			for _, s := range alike {
				words.WriteString(s.text)
			}
			whole.text = words.String()
		}
		out = append(out, whole)
	}
	return out
}

// dropSelfLinks removes links that say nothing but their own address, as
// renderers make them of plain addresses.
func dropSelfLinks(spans []span) {
	for linked := range groups(spans, sameLink) {
		href := linked[0].href
		if href == "" {
			continue
		}
		shown, empty := "", true
		for _, s := range linked {
			shown += s.text
			empty = empty && s.image == "" && s.text == ""
		}
		if empty || saysAddress(shown, href) {
			for i := range linked {
				linked[i].href = ""
			}
		}
	}
}

// saysAddress tells whether text says a canonical address, with or without its scheme.
func saysAddress(text, address string) bool {
	for _, scheme := range [...]string{"", "http://", "mailto:"} {
		rest, ok := strings.CutPrefix(address, scheme)
		if ok && mayBegin(text, rest) && canonicalAddress(text) == rest {
			return true
		}
	}
	return false
}

// mayBegin tells whether the canonical address that text says may be address, of which
// the first character tells mostly: a letter or digit stays, or becomes a small letter.
func mayBegin(text, address string) bool {
	if text == "" || address == "" {
		return true
	}
	first := text[0] | 0x20
	return !(first >= 'a' && first <= 'z' || first >= '0' && first <= '9') || first == address[0]|0x20
}

// groups parts spans into maximal rows of neighbours that are alike. What of them
// was yielded may be changed meanwhile.
func groups(spans []span, alike func(a, b *span) bool) iter.Seq[[]span] {
	return func(yield func([]span) bool) {
		for start := 0; start < len(spans); {
			end := start + 1
			for end < len(spans) && alike(&spans[start], &spans[end]) {
				end++
			}
			if !yield(spans[start:end]) {
				return
			}
			start = end
		}
	}
}

func sameLink(a, b *span) bool { return a.href == b.href }

// spaceCode sets text apart from code that is strong or emphasised, as the converter
// has it: some renderers don't see the delimiter of what is no letter.
func spaceCode(spans []span) {
	for i := range spans {
		code := &spans[i]
		if !code.code || code.struck || !code.strong && !code.em {
			continue
		}
		if i > 0 && code.standsApart(&spans[i-1]) && !strings.HasSuffix(spans[i-1].text, " ") {
			spans[i-1].text += " "
		}
		if i+1 < len(spans) && code.standsApart(&spans[i+1]) && !strings.HasPrefix(spans[i+1].text, " ") {
			spans[i+1].text = " " + spans[i+1].text
		}
	}
}

// standsApart tells whether the last of a span's marks begins or ends beside text, which
// stands in nothing that the span doesn't stand in.
func (as *span) standsApart(beside *span) bool {
	if beside.breaks || beside.image != "" || beside.code || beside.struck {
		return false
	}
	if beside.href != as.href {
		return beside.href == "" && !beside.strong && !beside.em
	}
	if beside.strong != as.strong {
		return as.strong && !beside.em
	}
	return as.em && !beside.em
}

// wrapper is a mark by its delimiter, in the order in which they nest.
type wrapper struct {
	delimiter string
	of        func(*span) *bool
}

// marks are made once, since every paragraph asks for them.
var marks = sync.OnceValue(func() []wrapper {
	return []wrapper{
		{"**", func(s *span) *bool { return &s.strong }},
		{"*", func(s *span) *bool { return &s.em }},
		{"~~", func(s *span) *bool { return &s.struck }},
	}
})

// clearMarks removes the marks that Markdown could not show: their delimiters
// would touch a letter or another delimiter.
func clearMarks(spans []span, outer []wrapper) {
	if len(outer) == 0 {
		return
	}
	of := outer[0].of
	alike := func(a, b *span) bool { return *of(a) == *of(b) }
	at := 0
	for group := range groups(spans, alike) {
		end := at + len(group)
		free := (at == 0 || yields(spans[at-1], false)) && (end == len(spans) || yields(spans[end], true))
		for i := range group {
			*of(&group[i]) = *of(&group[i]) && free
		}
		at = end
	}
	for group := range groups(spans, alike) {
		clearMarks(group, outer[1:])
	}
}

// yields tells whether a delimiter may touch s, at its beginning or its end.
func yields(s span, begins bool) bool {
	switch {
	case s.breaks:
		return true
	case s.image != "" || s.code || s.strong || s.em || s.struck:
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(s.text)
	if begins {
		r, _ = utf8.DecodeRuneInString(s.text)
	}
	return r == ' ' || r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// write appends spans to out, the marks outermost first, with white space outside of them.
func write(out []byte, spans []span, outer []wrapper) []byte {
	if len(outer) == 0 {
		for i := range spans {
			out = spans[i].write(out)
		}
		return out
	}
	of, delimiter := outer[0].of, []byte(outer[0].delimiter)
	for group := range groups(spans, func(a, b *span) bool { return *of(a) == *of(b) }) {
		start := len(out)
		out = write(out, group, outer[1:])
		if !*of(&group[0]) {
			continue
		}
		if words := bytes.TrimLeft(out[start:], " "); len(words) > 0 {
			out = slices.Insert(out, len(out)-len(words), delimiter...)
			out = slices.Insert(out, len(bytes.TrimRight(out, " ")), delimiter...)
		}
	}
	return out
}

func (as *span) write(out []byte) []byte {
	switch {
	case as.breaks:
		return append(out, "  \n"...)
	case as.image != "":
		out = append(append(append(out, "!["...), as.text...), "]("...)
		return append(append(out, writtenAddress(as.image)...), ')')
	case as.code:
		return writeCode(out, as.text)
	}
	return writeText(out, as.text)
}

// writeText appends escaped text, its angle brackets as entities.
func writeText(out []byte, escaped string) []byte {
	for {
		at := strings.IndexAny(escaped, "<>")
		if at < 0 {
			return append(out, escaped...)
		}
		out = append(out, escaped[:at]...)
		if escaped[at] == '<' {
			out = append(out, "&lt;"...)
		} else {
			out = append(out, "&gt;"...)
		}
		escaped = escaped[at+1:]
	}
}

// writeCode appends words of code. A backtick at either end is padded at both, since
// renderers take a space at one side only for the code's own.
func writeCode(out []byte, code string) []byte {
	fence, pad := strings.Repeat("`", longestRun(code, '`')+1), ""
	if strings.HasPrefix(code, "`") || strings.HasSuffix(code, "`") {
		pad = " "
	}
	for _, part := range [...]string{fence, pad, code, pad, fence} {
		out = append(out, part...)
	}
	return out
}

// writtenAddress returns a canonical address with its query in one form.
func writtenAddress(address string) string {
	if !strings.Contains(address, "?") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		key, value, ok := strings.Cut(part, "=")
		if parts[i] = reEscaped(key); ok {
			parts[i] += "=" + reEscaped(value)
		}
	}
	u.RawQuery = strings.ReplaceAll(strings.Join(parts, "&"), "+", "%20")
	return u.String()
}

// reEscaped is a part of a query in which what must be is escaped, and nothing else.
func reEscaped(part string) string {
	plain, err := url.QueryUnescape(part)
	if err != nil {
		return part
	}
	return url.QueryEscape(plain)
}

// tableText makes spans fit for a table's cell, where a bar would end the cell
// even in code.
func tableText(spans []span) {
	for i := range spans {
		if strings.Contains(spans[i].text, "|") {
			spans[i].code = false
		}
	}
}

// canonicalAddress returns an address in the one form that Markdown's renderers
// leave alone, without parameters that sign or time a request and so differ
// from one rendering to the next.
func canonicalAddress(address string) string {
	if cleanhtml.IsPlainAddress(address) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if u.RawQuery != "" {
		var stay []string
		for part := range strings.SplitSeq(u.RawQuery, "&") {
			name, _, _ := strings.Cut(part, "=")
			if part != "" && !isPassing(strings.ToLower(name)) {
				stay = append(stay, part)
			}
		}
		u.RawQuery = strings.Join(stay, "&")
		u.ForceQuery = false
	}
	written := u.String()
	odd := 0
	for i := range len(written) {
		if !staysInAddress(written[i]) {
			odd++
		}
	}
	if odd == 0 {
		return cleanhtml.EscapeStrayPercents(written)
	}
	var out strings.Builder
	out.Grow(len(written) + 2*odd)
	for i := range len(written) {
		b := written[i]
		if staysInAddress(b) {
			out.WriteByte(b)
			continue
		}
		out.WriteByte('%')
		out.WriteByte("0123456789ABCDEF"[b>>4])
		out.WriteByte("0123456789ABCDEF"[b&15])
	}
	return cleanhtml.EscapeStrayPercents(out.String())
}

func staysInAddress(b byte) bool {
	switch b {
	case '(', ')', '[', ']', '<', '>', '`', '\\', '"', '\'', '|', ';', '{', '}', '^':
		return false
	}
	return b > ' ' && b < 0x7f
}

// isPassing tells of parameters that hold for one request or session.
func isPassing(name string) bool {
	switch name {
	case "expires", "signature", "sig", "policy", "key-pair-id", "awsaccesskeyid", "googleaccessid",
		"nonce", "csrf_token", "authenticity_token", "sectok", "phpsessid", "jsessionid":
		return true
	}
	return strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "x-goog-")
}
