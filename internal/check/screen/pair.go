package screen

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// evidence is how surely a value belongs to the label that it was found by.
type evidence int

const (
	loose    evidence = iota // it follows, and the sentence goes on
	near                     // it follows
	literal                  // it follows, and is marked as a value: by quotes, or as code
	assigned                 // a sign, a cell, a line or an element gives it to the label
)

// pair is a value beside a label, wherever a layout puts the two.
type pair struct {
	value    span
	evidence evidence
}

// maxValue bounds a value, and maxGap what stands between a label and it, in bytes.
const (
	maxValue = 200
	maxGap   = 120
	maxRows  = 50 // of a column that are looked at
	maxCells = 2000
)

// pairs calls found for each value beside the label from start to end.
//
//	Password: X    password = "X"    <password>X</password>    --password X    the password is X    (password X)
//	Password       | Password | X |    | Password |    user,password
//	X                                  | X        |    admin,X
func (t *text) pairs(start, end int, found func(pair)) {
	if i := t.cellAt(start); i >= 0 && t.isWhole(t.cells[i].span, start, end) {
		t.inTable(i, found)
		return
	}
	if t.onLine(start, end, found) {
		return
	}
	if line := t.lineAt(start); t.isWhole(line, start, end) {
		t.onNextLine(line, found)
		t.inAnswer(line, found)
	} else {
		t.inColumn(line, start, end, found)
	}
}

// lineAt returns the line that a place stands in.
func (t *text) lineAt(at int) span {
	from := strings.LastIndexByte(t.plain[max(0, at-maxLine):at], '\n') + 1
	start := max(0, at-maxLine) + from
	to := strings.IndexByte(t.plain[at:min(len(t.plain), at+maxLine)], '\n')
	if to < 0 {
		return span{start, min(len(t.plain), at+maxLine)}
	}
	return span{start, at + to}
}

const maxLine = 400

// isWhole reports whether a cell or a line has nothing but the label, or a short name that ends with it.
func (t *text) isWhole(in span, start, end int) bool {
	const longest = 40 // of a name, in characters
	before, after := t.plain[in.start:start], t.plain[min(end, in.end):in.end]
	after = strings.TrimFunc(after, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":：*_.)", r) })
	if strings.HasPrefix(after, "(") || strings.HasPrefix(after, "/") {
		after = ""
	}
	return after == "" && utf8.RuneCountInString(before) <= longest && !strings.ContainsAny(before, ".:;=,|\t")
}

// inTable pairs the label in a cell with the next cell of its row, and those under it.
func (t *text) inTable(i int, found func(pair)) {
	label := t.cells[i]
	for j, rows := i+1, 0; j < min(len(t.cells), i+maxCells) && rows < maxRows; j++ {
		t.meter.Spend(1)
		c := t.cells[j]
		beside := c.table == label.table && c.row == label.row && c.column == label.column+1
		below := c.table == label.table && c.row > label.row && c.column == label.column
		if below {
			rows++
		}
		if beside || below {
			t.whole(c.span, assigned, found)
		}
		if c.table == label.table && c.row > label.row && label.row > 0 && !label.heads {
			return // only the first row names the columns, and those that have nothing but names
		}
	}
}

// whole takes what stands in a cell or on a line, where it is one value.
func (t *text) whole(in span, how evidence, found func(pair)) {
	value := t.trim(in)
	t.meter.Spend(1 + (in.end-in.start)/8)
	text := t.plain[value.start:value.end]
	if text == "" || len(text) > maxValue {
		return
	}
	if at := strings.Index(text, " / "); at >= 0 { // a user, and the password
		value.start += at + len(" / ")
		text = t.plain[value.start:value.end]
	}
	if strings.ContainsFunc(text, unicode.IsSpace) {
		how = near
		value = t.token(value.start, value.end)
	}
	found(pair{value, how})
}

// trim returns a span without the spaces and quotes around it.
func (t *text) trim(s span) span {
	isEdge := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`“”„«»", r) }
	text := t.plain[s.start:s.end]
	left := strings.TrimLeftFunc(text, isEdge)
	s.start = s.end - len(left)
	s.end = s.start + len(strings.TrimRightFunc(left, isEdge))
	return s
}

// onNextLine pairs a label on a line of its own with the next line that has text.
func (t *text) onNextLine(line span, found func(pair)) {
	at := t.skipBlank(line.end)
	if at == len(t.plain) || at-line.end > maxGap {
		return
	}
	next := span{at, t.lineAt(at).end}
	if sign := nextSign().FindString(t.plain[at:next.end]); sign != "" {
		next.start += len(sign)
	}
	t.whole(next, assigned, found)
}

// nextSign is a sign at the beginning of the line below a label.
var nextSign = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A(?:[=:]|=>|->)[ \t]+`) })

// skipBlank returns where the next text begins. Lines of a mail that is quoted begin with signs for that.
func (t *text) skipBlank(at int) int {
	for at < len(t.plain) && (strings.IndexByte(" \t\r\n", t.plain[at]) >= 0 || t.plain[at] == '>' && isBlank(t.plain[strings.LastIndexByte(t.plain[:at], '\n')+1:at])) {
		at++
	}
	return at
}

// isBlank reports whether a text has nothing but spaces and the signs of quotations.
func isBlank(s string) bool { return strings.Trim(s, " \t>") == "" }

// The layouts that have the value on the label's line, by what stands between.
var (
	// signed is a sign that gives the label its value.
	signed = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A` + beforeSign + `(?::=|=>|==?|->|[:：＝→]|[–—-][ \x{a0}])` + afterSign)
	})
	// told is a word that does.
	told = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A` + beforeSign + `(?:(?i:` + strings.Join(copulas(), "|") + `)(?:[ \t\x{a0}:：]|\z)|` + unspacedCopulas + `)` + afterSign)
	})
	// far is the same behind a few more words, as in "the password for the router is".
	far = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:(?:[ \x{a0}][\pL\pM\pN'’.@_/&()-]{1,30}){1,6}?(?:\s?[:：=]|[ \x{a0}][–—]|[ \x{a0}](?i:` + strings.Join(copulas(), "|") + `):?)[ \t\x{a0}]{1,4}` + article +
			`|[^\s\x00-\x7f]{1,20}?(?:[：=]|` + unspacedCopulas + `)[ \t\x{a0}]{0,4})`)
	})
	// broken is the same at the end of a line, where the value comes on the next one. YAML writes "|" for that.
	broken = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:[ \x{a0}][\pL\pM\pN'’.@_/&()-]{1,30}){0,6}?["'\x60*_]{0,2}[ \t\x{a0}]{0,4}(?:[:：=→]|(?i:` + strings.Join(copulas(), "|") + `)):?[ \t\x{a0}]?(?:[|>][+-]?)?[ \t\x{a0}]*\n`)
	})
	// argument is what stands between the arguments of a call.
	argument = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A["']\s?,\s?`) })
	// block is what stands between the name of a variable and the setting that gives its value.
	block = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A["']?\)?[ ,]?\{?,?\s{1,20}(?:[\w-]{1,20}\s{0,10}[=:][^\n]{0,60}\n\s{0,20}){0,3}?["']?(?i:default|value|default_value)["']?\s{0,10}[=:]\s{0,4}`)
	})
	// element is the end of a tag, or an attribute for values, behind a label that is an element's or attribute's name.
	element = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A["']?(?:\s+[\w:.-]+\s?=\s?["'][^"'\n<>]{0,60}["']){0,4}?(?:\s+(?i:value|default)\s?=\s?["']|\s?/?>\s{0,8}(?:<[a-zA-Z][^<>\n]{0,40}>\s{0,8})?|</[a-zA-Z][\w:.-]{0,30}>\s{0,8}<[a-zA-Z][^<>\n]{0,40}>)`)
	})
	// otherLetters are words of another script up to what has ours, which is set apart by that.
	otherLetters = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:[ \x{a0}]{0,2}[^\x00-\x7f\s]{1,30}){0,6}[ \x{a0}]{1,2}`)
	})
	// follows is a space, or a call's bracket: the value comes next.
	follows = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:["'\x60*_]{0,3}[ \t\x{a0}]{1,20}(?:[0-9][ \t]|--?[a-z-]{1,20}[ \t])?|["']?\s?\(\s?)`)
	})
)

// onLine pairs the label with what follows on its line, and reports whether a layout gives it a value there.
func (t *text) onLine(start, end int, found func(pair)) bool {
	rest := t.plain[end:min(len(t.plain), end+maxGap)]
	t.meter.Spend(keyword.PerTry)
	if isOption(t.plain[max(0, start-40):start]) && strings.HasPrefix(rest, " ") {
		return t.next(end+1, assigned, found)
	}
	sign := strings.TrimLeft(rest[:min(len(rest), 40)], marksBeforeSign)
	if mayBeSign(sign) {
		if gap := signed().FindString(rest); gap != "" && t.next(end+len(gap), assigned, found) {
			return true
		}
	}
	if strings.HasPrefix(sign, ",") && len(rest) > len(sign) {
		if gap := argument().FindString(rest); gap != "" {
			if _, marked := t.marked(end + len(gap)); marked {
				return t.next(end+len(gap), literal, found)
			}
		}
	}
	line := rest
	if at := strings.IndexByte(rest, '\n'); at >= 0 {
		line = rest[:at]
		if mayBreak(line) && broken().MatchString(rest[:at+1]) {
			t.onNextLine(t.lineAt(start), found)
		}
		if strings.HasSuffix(strings.TrimRight(line, " "), "?") {
			t.inAnswer(t.lineAt(start), found)
		}
		if namesValue(rest[at:]) {
			if gap := block().FindString(rest); gap != "" {
				return t.next(end+len(gap), assigned, found)
			}
		}
	}
	if at := strings.IndexAny(line, `"'`); at >= 0 && at < maxPrompt {
		t.isAnswered(end, rest, found)
	}
	if mayBeTold(line) {
		t.isTold(start, end, line, found)
	}
	t.inFront(start, found)
	if strings.ContainsRune(rest, '>') && isInTag(t.plain[max(0, start-maxGap):start]) {
		if gap := element().FindString(rest); gap != "" {
			return t.inElement(end+len(gap), found)
		}
	}
	if mayHaveValue(line) {
		if gap := far().FindString(line); gap != "" && isCopula(gap, t.plain[start:end]) && t.next(end+len(gap), literal, found) {
			return true
		}
	}
	if first, _ := utf8.DecodeRuneInString(t.plain[start:]); first >= utf8.RuneSelf && !unicode.Is(unicode.Latin, first) {
		if gap := otherLetters().FindString(line); gap != "" {
			return t.next(end+len(gap), literal, found)
		}
	}
	if gap := follows().FindString(line); gap != "" {
		how := near
		if strings.IndexByte(strings.TrimRight(line[len(gap):], " "), ' ') < 0 {
			how = literal // it ends the line
		}
		return t.next(end+len(gap), how, found)
	}
	return false
}

// marksBeforeSign are what may stand between a label and its sign: the end of a quotation, of emphasis, and spaces.
const marksBeforeSign = "\\\"'`])*_”»\u00a0 \t"

// mayBeSign reports whether a text may begin with a sign that gives a value, or with a remark in front of one.
func mayBeSign(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune(":=-–—→：＝(", first)
}

// mayBeTold reports whether a line may begin with a word that gives a value.
func mayBeTold(line string) bool {
	word := strings.TrimLeft(line, marksBeforeSign)
	if end := strings.IndexAny(word, " \t:"); end >= 0 {
		word = word[:end]
	}
	return word != "" && (word[0] == '(' || !isASCII(word) || slices.Contains(copulas(), strings.ToLower(word)))
}

// isTold pairs the label with the value that a word gives it.
func (t *text) isTold(start, end int, line string, found func(pair)) {
	gap := told().FindString(line)
	if gap == "" {
		return
	}
	how := assigned
	if !isCopula(gap, t.plain[start:end]) {
		how = near
	}
	t.next(end+len(gap), how, found)
}

// inFront pairs the label with the value that stands in front of it in quotes or as code, as in "type X as the password".
func (t *text) inFront(label int, found func(pair)) {
	const reach = 40
	before := t.plain[max(0, label-reach):label]
	between := strings.LastIndexAny(before, "\n\"”“.:;=")
	last, ok := slices.BinarySearchFunc(t.codes, label, func(s span, label int) int { return s.end - label })
	if !ok {
		last--
	}
	if last >= 0 {
		code := t.codes[last]
		if code.end > label-len(before)+between+1 && code.end <= label && code.end-code.start <= maxValue &&
			!strings.ContainsFunc(t.plain[code.start:code.end], unicode.IsSpace) {
			found(pair{t.trim(code), literal})
			return
		}
	}
	if between < 0 || before[between] != '"' && !strings.HasPrefix(before[between:], "”") {
		return
	}
	end := label - len(before) + between
	if open := strings.LastIndexAny(t.plain[max(0, end-maxGap):end], "\n \"“"); open >= 0 {
		if value := t.trim(span{max(0, end-maxGap) + open, end}); value.end > value.start {
			found(pair{value, literal})
		}
	}
}

// mayHaveValue reports whether a line has a word that is no word of a language.
func mayHaveValue(line string) bool {
	const least = 4 // of a number for a door
	from, odd, lower := 0, false, false
	for i := range len(line) + 1 {
		if i < len(line) && line[i] != ' ' {
			b := line[i]
			odd = odd || b < 'A' && b != '.' && b != ',' && b != '-' && b != '\'' && b != '/' || lower && 'A' <= b && b <= 'Z'
			lower = 'a' <= b && b <= 'z'
			continue
		}
		if odd && i-from >= least {
			return true
		}
		from, odd, lower = i+1, false, false
	}
	return false
}

const (
	beforeSign = `["'\x60\])*_”»\\]{0,3}(?:\s?\([^()\n]{1,40}\))?["'\x60*_]{0,2}[ \t\x{a0}]{0,20}`
	afterSign  = `(?:[ \t\x{a0}]|\*\*|__){0,20}(?i:now |set to |jetzt |<%= ?|` + article + `)`

	// article stands between a copula and a number, as in "le code est le 4711".
	article = `(?:le |la |el |il |o |)`

	unspacedCopulas = `(?:是|为|為|は、?|이|는|은|คือ)`
)

// copulas are the words that say what something is.
var copulas = sync.OnceValue(func() []string {
	return []string{"is", "was", "lautet", "ist", "war", "est", "es", "é", "è", "er", "är", "on", "jest", "to", "je", "este", "là", "adalah", "είναι", "هي", "هو", "היא", "הוא", "است", "yra", "ir", "és", "ay", "ni", "це", "е", "је"}
})

// isCopula reports whether the words between a label and a value end with one of the label's language: in English, "to"
// and "on" are none.
func isCopula(gap, label string) bool {
	gap = strings.ToLower(strings.TrimSpace(gap))
	if gap != "to" && gap != "on" && !strings.HasSuffix(gap, " to") && !strings.HasSuffix(gap, " on") {
		return true
	}
	return !slices.Contains([]string{"pass", "pw", "pwd", "key", "tok", "sec", "cod", "pin", "log", "cre"}, strings.ToLower(label[:min(len(label), 3)])) && !strings.HasPrefix(strings.ToLower(label), "pass")
}

// mayBreak reports whether a line may end with what gives a value on the next one.
func mayBreak(line string) bool {
	line = strings.TrimRight(line, " \t\r")
	if strings.HasSuffix(line, ":") || strings.HasSuffix(line, "=") || strings.HasSuffix(line, "：") || strings.HasSuffix(line, "→") {
		return true
	}
	word := line[strings.LastIndexByte(line, ' ')+1:]
	return word != "" && (strings.IndexByte("|>", word[0]) >= 0 || slices.Contains(copulas(), strings.ToLower(word)))
}

// namesValue reports whether text has the name of a setting that block wants.
func namesValue(text string) bool {
	return strings.Contains(text, "efault") || strings.Contains(text, "alue")
}

// inAnswer pairs the label in a question with what the next lines say, where that is one word behind who says it.
func (t *text) inAnswer(question span, found func(pair)) {
	const lines = 2
	line := question
	for range lines {
		next := t.skipBlank(line.end)
		if next-line.end > maxGap || next == len(t.plain) {
			return
		}
		line = t.lineAt(next)
		said := line
		if at := strings.LastIndex(t.plain[line.start:line.end], ": "); at >= 0 {
			said.start += at + len(": ")
		}
		if value := t.trim(said); value.end > value.start && value.end-value.start <= maxValue && !strings.ContainsFunc(t.plain[value.start:value.end], unicode.IsSpace) {
			found(pair{value, literal})
		}
	}
}

// isAnswered pairs a label that ends what a program asks for with what a script types then.
//
//	expect "Password:"          child.expect('assword:')
//	send "X\r"                  child.sendline('X')
func (t *text) isAnswered(end int, rest string, found func(pair)) {
	gap := prompted().FindString(rest)
	if gap == "" {
		return
	}
	value := span{end + len(gap), end + len(gap)}
	for value.end < min(len(t.plain), value.start+maxValue) && strings.IndexByte("\"'\n", t.plain[value.end]) < 0 {
		value.end++
	}
	said := t.plain[value.start:value.end]
	for _, end := range []string{`\n`, `\r`} {
		said = strings.TrimSuffix(said, end)
	}
	if value.end = value.start + len(said); said != "" && !strings.ContainsFunc(said, unicode.IsSpace) {
		found(pair{value, assigned})
	}
}

// maxPrompt is how much more a program says behind the label that it asks for.
const maxPrompt = 8

// prompted is what stands between what a program asks for, and what a script types.
var prompted = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A[:?*>.$ \\s]{0,8}["'][)}\];,]{0,3}\s{0,8}[{(]?\s{0,8}[\w.$>-]{0,30}(?i:send|write|type|enter|answer|respond|print)\w{0,12}[ (]\s{0,4}(?:--? ?)?(?:\w=)?[bru]?["']`)
})

// isOption reports whether the text ends as the name of a command's option begins.
func isOption(preceding string) bool {
	word := preceding[strings.LastIndexAny(preceding, " \t\n\"'`(")+1:]
	return strings.HasPrefix(word, "-") || word == "/"
}

// isInTag reports whether the text ends inside of a tag of XML.
func isInTag(preceding string) bool {
	open := strings.LastIndexByte(preceding, '<')
	return open >= 0 && !strings.ContainsAny(preceding[open:], "\n") && (!strings.Contains(preceding[open:], ">") || strings.HasSuffix(preceding, ">"))
}

// inElement takes what stands up to the end of an element or an attribute.
func (t *text) inElement(at int, found func(pair)) bool {
	end := strings.IndexAny(t.plain[at:min(len(t.plain), at+maxValue)], "<\"'\n")
	if end <= 0 {
		return false
	}
	value := t.trim(span{at, at + end})
	if strings.ContainsFunc(t.plain[value.start:value.end], unicode.IsSpace) {
		return false
	}
	found(pair{value, assigned})
	return true
}

// next takes the value that begins at a place, and reports whether one does on that line. Of a user and a password
// beside each other, the password is taken, too.
func (t *text) next(at int, how evidence, found func(pair)) bool {
	value, marked := t.valueAt(at)
	if marked && how == near {
		how = literal
	}
	if !strings.ContainsFunc(t.plain[value.start:max(value.start, value.end)], isLetterOrDigit) {
		return false
	}
	rest := t.plain[value.end:min(len(t.plain), value.end+maxGap)]
	if !marked && goesOn(rest) {
		how = loose
	}
	found(pair{value, how})
	if second := strings.TrimLeft(rest, "\"'`,; \u00a0"); len(rest) > len(second) || strings.HasPrefix(second, "/") {
		for _, sign := range []string{"/ ", "/", "| "} {
			if after, ok := strings.CutPrefix(second, sign); ok && after != "" && (sign != "/" || !strings.HasPrefix(rest, " ")) {
				from := value.end + len(rest) - len(after)
				other, _ := t.valueAt(from)
				found(pair{other, how})
				break
			}
		}
	}
	return true
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// goesOn reports whether a text begins with more words of the sentence, so that what stands before is one of them.
func goesOn(rest string) bool {
	after := strings.TrimLeft(rest, " \t\u00a0")
	if len(after) == len(rest) || after == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLetter(r) && (r < utf8.RuneSelf || unicode.Is(unicode.Latin, r)) && !strings.Contains(after[:min(len(after), 24)], "=") && !strings.HasPrefix(after, "for ") && !strings.HasPrefix(after, "and ")
}

// closingQuote returns what ends the quotation that r begins; "" where it begins none.
func closingQuote(r rune) string {
	switch r {
	case '"', '\'', '`':
		return string(r)
	case '“':
		return "”"
	case '„':
		return "“"
	case '«':
		return "»"
	case '‘':
		return "’"
	case '「':
		return "」"
	}
	return ""
}

// marked returns the value between quotes, or in an element of code, that begins at a place.
func (t *text) marked(at int) (value span, ok bool) {
	if end, apart := t.apartAt(at); apart && end-at <= maxValue {
		value = t.trim(span{at, end})
		return value, !strings.ContainsFunc(t.plain[value.start:value.end], unicode.IsSpace)
	}
	r, size := utf8.DecodeRuneInString(t.plain[at:])
	closing := closingQuote(r)
	if closing == "" {
		return span{}, false
	}
	at += size
	inside := t.plain[at:min(len(t.plain), at+maxValue)]
	end := strings.Index(inside, closing)
	if end <= 0 || strings.ContainsFunc(inside[:end], unicode.IsSpace) {
		return span{}, false
	}
	return span{at, at + end}, true
}

// valueAt returns the value that begins at a place, and whether it is marked as one.
func (t *text) valueAt(at int) (value span, marked bool) {
	if strings.HasPrefix(t.plain[at:], `\"`) { // in a string
		value = t.token(at+len(`\"`), len(t.plain))
		return span{value.start, value.start + len(strings.TrimRight(t.plain[value.start:value.end], `\`))}, true
	}
	if value, marked = t.marked(at); !marked {
		value = t.token(at, len(t.plain))
	}
	return value, marked
}

// token returns the run without spaces that begins at a place, without what follows the value: the next setting of a
// connection, a tag, quotes and full stops.
func (t *text) token(at, limit int) span {
	text := t.plain[at:min(limit, at+maxValue)]
	inner := strings.TrimLeft(text, "'([{")
	at += len(text) - len(inner)
	text = inner
	if end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"`“”«»<>、。，；", r) }); end >= 0 {
		text = text[:end]
	}
	if cut := nextSetting().FindStringIndex(text); cut != nil {
		text = text[:cut[0]]
	}
	return span{at, at + len(closed(strings.TrimRight(text, ".,;:'…")))}
}

// closed returns a text without the brackets at its end that none of it has opened.
func closed(text string) string {
	for text != "" && strings.ContainsRune(")]}", rune(text[len(text)-1])) {
		open := map[byte]string{')': "(", ']': "[", '}': "{"}[text[len(text)-1]]
		if strings.Contains(text, open) {
			break
		}
		text = strings.TrimRight(text[:len(text)-1], ".,;:'")
	}
	return text
}

// nextSetting is the beginning of another setting behind a value.
var nextSetting = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[;&,](?:["']?[A-Za-z_][\w. -]{1,30}["']?\s?[=:]|\z)`)
})

// inColumn pairs a label that is a field of its line with the same field of the lines that follow.
func (t *text) inColumn(line span, start, end int, found func(pair)) {
	header := t.plain[line.start:line.end]
	for _, sign := range []string{",", ";", "\t", "|"} {
		fields := strings.Split(header, sign)
		if len(fields) < 2 {
			continue
		}
		column := strings.Count(t.plain[line.start:start], sign)
		if name := strings.Trim(fields[column], " \"'*\r"); len(name) > end-start+24 || strings.Count(name, " ") > 3 {
			continue
		}
		at := line.end + 1
		for range maxRows {
			if at >= len(t.plain) {
				return
			}
			row := t.lineAt(at)
			t.meter.Spend(1 + (row.end-row.start)/4)
			values := strings.Split(t.plain[row.start:row.end], sign)
			if len(values) != len(fields) {
				return
			}
			from := row.start
			for _, v := range values[:column] {
				from += len(v) + len(sign)
			}
			t.whole(span{from, from + len(values[column])}, assigned, found)
			at = row.end + 1
		}
		return
	}
}
